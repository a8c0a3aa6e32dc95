// What both parts of the player share. The video itself belongs to the page; it is the only thing
// that they have in common, so that each follows the other through it.

const SIDES = ["left", "right"];
const SVG = "http://www.w3.org/2000/svg";

const theVideo = () => document.querySelector(".st-key-player video");

function make(parent, tag, attributes = {}, text = null) {
  const svg = ["svg", "line", "path", "rect", "circle", "text", "g", "image"].includes(tag);
  const element = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== null) element.textContent = text;
  parent.appendChild(element);
  return element;
}

function nearest(times, at) {
  let best = 0;
  for (let i = 1; i < times.length; i++) {
    if (Math.abs(times[i] - at) < Math.abs(times[best] - at)) best = i;
  }
  return best;
}

// A little into the frame: at its very beginning some browsers still show the one before.
function seek(times, at) {
  const video = theVideo();
  if (!video || !times.length) return;
  const i = nearest(times, at);
  const length = i + 1 < times.length ? times[i + 1] - times[i] : 0.02;
  video.currentTime = times[i] + length / 4;
}

// Calls `draw(time)` whenever the video shows another moment; returns how to stop.
function follow(draw) {
  let shown = null;
  let going = true;
  function look() {
    if (!going) return;
    const video = theVideo();
    const at = video ? video.currentTime : null;
    if (at !== null && at !== shown) {
      shown = at;
      draw(at, video);
    }
    requestAnimationFrame(look);
  }
  look();
  return () => { going = false; };
}

// The root of this part, emptied, and a signal that ends the listeners of the last time.
function begin(parentElement) {
  const root = parentElement.querySelector(".root");
  if (root.end) root.end();
  root.replaceChildren();
  const control = new AbortController();
  return [root, control];
}
