export default function (component) {
  const { data, parentElement } = component;
  const [root, control] = begin(parentElement);
  const on = { signal: control.signal };
  const { times, strides, curves, series } = data;
  const [width, height, left, right, top, bottom] = [320, 150, 30, 6, 8, 20];
  const x = (phase) => left + ((width - left - right) * phase) / 100;
  let foot = root.dataset.foot || data.near;

  const choice = make(root, "div", { class: "row", role: "group", "aria-label": "Stride of" });
  make(choice, "span", {}, "Cursor in the stride of the");
  const feet = {};
  for (const side of SIDES) {
    feet[side] = make(choice, "button", { type: "button", class: side },
      side === "left" ? "Left foot" : "Right foot");
    feet[side].addEventListener("click", () => {
      foot = root.dataset.foot = side;
      redraw(theVideo() ? theVideo().currentTime : 0);
    }, on);
  }
  const grid = make(root, "div", { class: "grid" });
  const drawn = curves.map(plot);

  function plot(curve) {
    const figure = make(grid, "figure");
    const caption = make(figure, "figcaption", {}, curve.name);
    const reading = make(caption, "output", { class: "clock" });
    const svg = make(figure, "svg", {
      viewBox: `0 0 ${width} ${height}`, role: "img", tabindex: "0",
      "aria-label": `${curve.name} over the stride; click to go to that moment`,
    });
    const [low, high] = curve.span;
    const y = (v) => top + ((height - top - bottom) * (high - v)) / (high - low);
    for (const box of curve.usual) {
      make(svg, "rect", {
        class: "usual", x: x(box.start), width: Math.max(x(box.stop) - x(box.start), 3),
        y: y(Math.min(box.high ?? high, high)),
        height: y(Math.max(box.low ?? low, low)) - y(Math.min(box.high ?? high, high)),
      });
    }
    for (const v of curve.ticks) {
      make(svg, "line", { class: "grid-line", x1: left, x2: width - right, y1: y(v), y2: y(v) });
      make(svg, "text", { x: left - 4, y: y(v) + 3, "text-anchor": "end" }, `${v}°`);
    }
    for (const phase of [0, 25, 50, 75, 100]) {
      make(svg, "text", { x: x(phase), y: height - 6, "text-anchor": phase === 100 ? "end" : "middle" },
        `${phase} %`);
    }
    for (const side of SIDES) {
      const own = curve[side];
      if (!own) continue;
      const up = own.mean.map((m, i) => (m === null ? null : m + (own.sd[i] ?? 0)));
      const down = own.mean.map((m, i) => (m === null ? null : m - (own.sd[i] ?? 0)));
      make(svg, "path", { class: `sd ${side}`, d: closed(up, down, y) });
      make(svg, "path", { class: `mean ${side}`, d: path(own.mean, y) });
      make(svg, "line", { class: `off ${side}`, x1: x(own.off), x2: x(own.off), y1: top,
        y2: height - bottom });
    }
    const now = make(svg, "path", { class: "now" });
    const cursor = make(svg, "line", { class: "cursor", y1: top, y2: height - bottom });
    const dot = make(svg, "circle", { r: 3.5 });
    function go(event) {
      const box = svg.getBoundingClientRect();
      const at = ((event.clientX - box.left) / box.width) * width;
      const phase = Math.min(Math.max((100 * (at - left)) / (width - left - right), 0), 100);
      const video = theVideo();
      const stride = video && (strideAt(video.currentTime) || closest(video.currentTime));
      if (!stride) return;
      video.pause();
      seek(times, stride.on + (phase / 100) * (stride.next - stride.on));
    }
    svg.addEventListener("pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      go(event);
    }, on);
    svg.addEventListener("pointermove", (event) => { if (event.buttons) go(event); }, on);
    return { curve, y, now, cursor, dot, reading };
  }

  function path(values, y, phases = null) {
    let pen = "M";
    return values.map((v, i) => {
      if (v === null) { pen = "M"; return ""; }
      const point = `${pen}${x(phases ? phases[i] : i).toFixed(1)} ${y(v).toFixed(1)}`;
      pen = "L";
      return point;
    }).join("");
  }

  function closed(up, down, y) {
    const seen = up.map((v, i) => i).filter((i) => up[i] !== null);
    const there = seen.map((i) => `${x(i).toFixed(1)} ${y(up[i]).toFixed(1)}`);
    const back = seen.reverse().map((i) => `${x(i).toFixed(1)} ${y(down[i]).toFixed(1)}`);
    return there.length ? `M${[...there, ...back].join("L")}Z` : "";
  }

  function strideAt(at) {
    return strides[foot].find((s) => s.on <= at + 1e-4 && at < s.next);
  }

  function closest(at) {
    const far = (s) => Math.abs((s.on + s.next) / 2 - at);
    return strides[foot].reduce((a, s) => (a === null || far(s) < far(a) ? s : a), null);
  }

  function redraw(at) {
    for (const side of SIDES) feet[side].setAttribute("aria-pressed", side === foot);
    const stride = strideAt(at);
    const phase = stride ? (100 * (at - stride.on)) / (stride.next - stride.on) : null;
    root.dataset.phase = phase === null ? "" : phase.toFixed(1);
    const i = nearest(times, at);
    for (const { curve, y, now, cursor, dot, reading } of drawn) {
      const own = (series[curve.id] || {})[foot];
      const value = own && stride ? own[i] : null;
      const shown = value !== null && value !== undefined;
      for (const part of [now, cursor, dot]) part.style.display = stride ? "" : "none";
      dot.style.display = shown ? "" : "none";
      reading.textContent = shown ? ` ${Math.round(value)}°` : "";
      if (!stride) continue;
      cursor.setAttribute("x1", x(phase));
      cursor.setAttribute("x2", x(phase));
      cursor.setAttribute("class", `cursor ${foot}`);
      dot.setAttribute("class", `dot ${foot}`);
      if (shown) {
        dot.setAttribute("cx", x(phase));
        dot.setAttribute("cy", y(value));
      }
      if (own && now.dataset.stride !== `${foot}${stride.on}`) {
        const [phases, values] = [[], []];
        const until = curve.standing ? stride.off : stride.next;
        times.forEach((t, k) => {
          if (t < stride.on || t > until) return;
          phases.push((100 * (t - stride.on)) / (stride.next - stride.on));
          values.push(own[k]);
        });
        now.setAttribute("d", path(values, y, phases));
        now.dataset.stride = `${foot}${stride.on}`;
      }
    }
  }

  const stop = follow(redraw);
  redraw(theVideo() ? theVideo().currentTime : 0);
  root.end = () => { stop(); control.abort(); };
  return root.end;
}
