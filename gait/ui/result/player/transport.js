export default function (component) {
  const { data, parentElement } = component;
  const [root, control] = begin(parentElement);
  const on = { signal: control.signal };
  const { times, contacts, lasts_s } = data;
  let foot = root.dataset.foot || data.near;
  const feet = {};

  let rate = Number(root.dataset.rate || 1);
  let place = 0;
  let shown = theVideo() && theVideo().readyState > 1 ? theVideo() : null; // whose place counts

  // The drawn video takes the place of the plain one as soon as there is one. A video that is
  // exchanged begins at its start and at full speed: what was chosen is chosen for it, too.
  function prepare() {
    const it = theVideo();
    if (!it) return;
    it.controls = false; // the browser's bar would cover the contacts of the feet
    it.defaultPlaybackRate = it.playbackRate = rate;
  }
  function leave(event) {
    if (event.target !== theVideo()) return;
    shown = null;
    prepare();
  }
  function comeBack(event) {
    if (event.target !== theVideo()) return;
    if (place) event.target.currentTime = place;
    shown = event.target;
  }
  const first = { ...on, capture: true }; // what happens to a video is told to nobody above it
  document.addEventListener("loadstart", leave, first);
  document.addEventListener("loadeddata", comeBack, first); // after Streamlit went to the start
  document.addEventListener("click", (event) => { if (event.target === theVideo()) play(); }, on);
  prepare();

  const row = make(root, "div", { class: "row", role: "group", "aria-label": "Video" });
  const playing = button(row, "▶ Play", "Play or pause (space)", play);
  button(row, "◀ Frame", "One frame back (arrow left)", () => step(-1));
  button(row, "Frame ▶", "One frame on (arrow right)", () => step(1));
  const speeds = make(row, "span", { class: "group", role: "group", "aria-label": "Speed" });
  for (const [factor, words] of [[1, "1 ×"], [0.5, "½ ×"], [0.25, "¼ ×"]]) {
    const own = button(speeds, words, `Speed ${factor}`, () => {
      rate = root.dataset.rate = factor;
      prepare();
      for (const other of speeds.children) other.setAttribute("aria-pressed", other === own);
    });
    own.setAttribute("aria-pressed", rate === factor);
  }
  const clock = make(row, "output", { class: "clock" });

  const jumps = make(root, "div", { class: "row", role: "group", "aria-label": "Jump to" });
  const sides = make(jumps, "span", { class: "group", role: "group", "aria-label": "Foot" });
  for (const side of SIDES) {
    feet[side] = button(sides, side === "left" ? "Left" : "Right", `The ${side} foot`, () => {
      foot = root.dataset.foot = side;
      update();
    });
    feet[side].classList.add(side);
  }
  const moments = {};
  for (const [key, words] of [["on", "Initial contact"], ["mid", "Mid-stance"], ["off", "Toe-off"]]) {
    moments[key] = button(jumps, words, `${words} of this stride`, () => {
      const contact = current();
      if (contact) seek(times, contact[key]);
    });
  }
  button(jumps, "◀ Stride", "The stride before", () => stride(-1));
  button(jumps, "Stride ▶", "The next stride", () => stride(1));
  const where = make(jumps, "output", { class: "clock" });

  // Contacts of both feet over the whole video.
  const width = 1000;
  const strip = make(root, "svg", {
    class: "strip", viewBox: `0 0 ${width} 46`, preserveAspectRatio: "none", role: "img",
    "aria-label": "When each foot is on the ground; click to go there",
  });
  const x = (at) => (width * at) / lasts_s;
  SIDES.forEach((side, lane) => {
    for (const contact of contacts[side]) {
      const from = contact.on ?? Math.max(0, contact.off - 0.05);
      const to = contact.off ?? Math.min(lasts_s, contact.on + 0.05);
      make(strip, "rect", {
        class: side + (contact.measured ? "" : " pale"),
        x: x(from), width: Math.max(x(to) - x(from), 1), y: 4 + 21 * lane, height: 17, rx: 2,
      });
    }
  });
  const cursor = make(strip, "line", { class: "cursor", y1: 0, y2: 46 });
  strip.addEventListener("pointerdown", (event) => {
    const box = strip.getBoundingClientRect();
    seek(times, (lasts_s * (event.clientX - box.left)) / box.width);
  }, on);

  function button(parent, words, explained, act) {
    const made = make(parent, "button", { type: "button", title: explained }, words);
    made.addEventListener("click", act, on);
    return made;
  }

  function play() {
    const it = theVideo();
    if (it) it.paused ? it.play() : it.pause();
  }

  function step(by) {
    const it = theVideo();
    if (!it) return;
    it.pause();
    let i = 0;
    while (i + 1 < times.length && times[i + 1] <= it.currentTime + 1e-4) i++;
    seek(times, times[Math.min(Math.max(i + by, 0), times.length - 1)]);
  }

  // The contact of the chosen foot that is under way or was last; before the first it is the first.
  function index() {
    const own = contacts[foot];
    const at = theVideo() ? theVideo().currentTime : 0;
    let found = 0;
    own.forEach((contact, i) => { if ((contact.on ?? contact.off) <= at + 0.02) found = i; });
    return found;
  }

  function current() { return contacts[foot][index()]; }

  function stride(by) {
    const own = contacts[foot];
    const to = own[Math.min(Math.max(index() + by, 0), own.length - 1)];
    if (to) seek(times, to.on ?? to.off);
  }

  function update() {
    const it = theVideo();
    const at = it ? it.currentTime : 0;
    if (at || (it && it === shown && it.readyState > 1)) place = at; // one that just came is at 0
    clock.textContent = `${(at / data.time_scale).toFixed(2)} s`;
    cursor.setAttribute("x1", x(at));
    cursor.setAttribute("x2", x(at));
    for (const side of SIDES) feet[side].setAttribute("aria-pressed", side === foot);
    const contact = current();
    for (const key of ["on", "mid", "off"]) {
      moments[key].disabled = !contact || contact[key] === null;
    }
    where.textContent = contact ? `${index() + 1} of ${contacts[foot].length}` : "";
    playing.textContent = it && !it.paused ? "❚❚ Pause" : "▶ Play";
  }

  document.addEventListener("keydown", (event) => {
    const own = event.composedPath()[0];
    const busy = "input, textarea, select, [role=slider], [role=radiogroup] *, [contenteditable]";
    if (event.altKey || event.ctrlKey || event.metaKey || (own.matches && own.matches(busy))) return;
    if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
    else if (event.key === " " && !(own.matches && own.matches("button, a, summary"))) play();
    else return;
    event.preventDefault();
  }, on);
  for (const name of ["play", "pause"]) document.addEventListener(name, update, first);

  const stop = follow(update);
  update();
  root.end = () => { stop(); control.abort(); };
  return root.end;
}
