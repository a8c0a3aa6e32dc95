// Lines and angles drawn by hand on one picture, with a pointer or with the keys alone.

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const [root, control] = begin(parentElement);
  const on = { signal: control.signal };
  const needed = { line: 2, angle: 3 };
  const [width, height] = data.size;
  const em = Math.min(width, 0.75 * height) / 24;
  // What is not saved yet outlasts a page that is drawn again around it.
  const before = root.unsaved && root.unsaved.picture === data.name ? root.unsaved : null;
  const state = root.unsaved = before || {
    picture: data.name, marks: structuredClone(data.marks), tool: "angle", open: [],
  };
  const inside = ([px, py]) => [
    Math.min(Math.max(px, 0), width), Math.min(Math.max(py, 0), height),
  ].map((v) => Math.round(10 * v) / 10);
  let cross = inside([width / 2, height / 2]);
  let keys = false;
  let held = null;

  const row = make(root, "div", { class: "row", role: "group", "aria-label": "Draw" });
  const tools = make(row, "span", { class: "group", role: "group", "aria-label": "What to draw" });
  const choice = {};
  for (const [tool, words] of [["angle", "Angle"], ["line", "Line"]]) {
    choice[tool] = button(tools, words, `Draw a${tool === "angle" ? "n" : ""} ${tool}`, () => {
      state.tool = tool;
      state.open = [];
    });
  }
  const back = button(row, "Undo", "Take back the last point or mark", () => {
    if (state.open.length) state.open.pop();
    else state.marks.pop();
  });
  const clear = button(row, "Clear", "Take all marks away", () => {
    state.marks = [];
    state.open = [];
  });
  const save = button(row, "Save", "Keep these marks with the run", () => {
    state.open = [];
    setTriggerValue("saved", state.marks);
  });
  const says = make(root, "output", { class: "says", "aria-live": "polite" });
  const svg = make(root, "svg", {
    class: "canvas", viewBox: `0 0 ${width} ${height}`, tabindex: "0", role: "application",
    "aria-label": `${data.alt} Arrow keys move the cross, Enter sets a point, Escape ends.`,
  });
  make(svg, "image", { href: data.jpeg, width, height });
  const layer = make(svg, "g");

  function button(parent, words, explained, act) {
    const made = make(parent, "button", { type: "button", title: explained }, words);
    made.addEventListener("click", () => { act(); redraw(); }, on);
    return made;
  }

  function where(event) {
    const at = new DOMPoint(event.clientX, event.clientY);
    const { x, y } = at.matrixTransform(svg.getScreenCTM().inverse());
    return inside([x, y]);
  }

  function put(point) {
    const last = state.open[state.open.length - 1];
    if (last && last[0] === point[0] && last[1] === point[1]) return;
    state.open.push(point);
    if (state.open.length === needed[state.tool]) {
      state.marks.push({ kind: state.tool, points: state.open });
      state.open = [];
    }
  }

  svg.addEventListener("pointerdown", (event) => {
    keys = false;
    const at = where(event);
    const reach = 14 / svg.getScreenCTM().a;
    const near = (p) => Math.hypot(p[0] - at[0], p[1] - at[1]) < reach;
    held = null;
    for (const mark of state.marks) {
      const i = mark.points.findIndex(near);
      if (i >= 0) held = [mark, i];
    }
    if (held) svg.setPointerCapture(event.pointerId);
    else put(at);
    cross = at;
    redraw();
  }, on);
  svg.addEventListener("pointermove", (event) => {
    cross = where(event);
    if (held && event.buttons) held[0].points[held[1]] = cross;
    if (held || state.open.length) redraw();
  }, on);
  svg.addEventListener("pointerup", () => { held = null; }, on);
  svg.addEventListener("keydown", (event) => {
    const far = width * (event.shiftKey ? 0.002 : 0.01);
    const moves = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] };
    if (moves[event.key]) {
      cross = inside([cross[0] + moves[event.key][0], cross[1] + moves[event.key][1]]);
    } else if (event.key === "Enter" || event.key === " ") put(cross);
    else if (event.key === "Escape") state.open = [];
    else return;
    keys = true;
    event.preventDefault();
    redraw();
  }, on);
  svg.addEventListener("blur", () => { keys = false; redraw(); }, on);

  function said({ kind, points: [a, b, c] }) {
    if (kind === "angle") {
      const [one, other] = [[a[0] - b[0], a[1] - b[1]], [c[0] - b[0], c[1] - b[1]]];
      const turned = Math.atan2(
        one[0] * other[1] - one[1] * other[0], one[0] * other[0] + one[1] * other[1]);
      return [`${Math.abs((turned * 180) / Math.PI).toFixed(0)}°`, b];
    }
    const level = (Math.atan2(Math.abs(b[1] - a[1]), Math.abs(b[0] - a[0])) * 180) / Math.PI;
    const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    return level <= 45 ? [`${level.toFixed(0)}° from level`, middle]
      : [`${(90 - level).toFixed(0)}° from upright`, middle];
  }

  function draw(points) {
    for (const kind of ["edge", "ink"]) {
      make(layer, "path", {
        class: kind, d: `M${points.map((p) => p.join(" ")).join("L")}`,
        "stroke-width": kind === "edge" ? em / 4 : em / 8,
      });
    }
    for (const [cx, cy] of points) make(layer, "circle", { class: "point", cx, cy, r: em / 4 });
  }

  function redraw() {
    layer.replaceChildren();
    const all = state.marks.map(said);
    state.marks.forEach((mark) => draw(mark.points));
    all.forEach(([words, at]) => {
      make(layer, "text", {
        class: "value", x: at[0] + em / 2, y: at[1] - em / 2, "font-size": em,
        "stroke-width": em / 5,
      }, words);
    });
    if (state.open.length) draw([...state.open, cross]);
    if (keys) {
      const [x, y] = cross;
      make(layer, "path", {
        class: "cross", d: `M${x - em} ${y}H${x + em}M${x} ${y - em}V${y + em}`,
        "stroke-width": em / 10,
      });
    }
    for (const tool of ["angle", "line"]) choice[tool].setAttribute("aria-pressed", state.tool === tool);
    const left = needed[state.tool] - state.open.length;
    const changed = JSON.stringify(state.marks) !== JSON.stringify(data.marks);
    back.disabled = !state.open.length && !state.marks.length;
    clear.disabled = back.disabled;
    save.disabled = !changed;
    const list = all.map(([words]) => words).join(", ");
    says.textContent = [
      list && `Drawn: ${list}.`,
      state.open.length ? `${left} more point${left > 1 ? "s" : ""}.`
        : state.tool === "angle" ? "Set one end, the corner, the other end." : "Set both ends.",
      changed ? "Not saved yet." : "",
    ].filter(Boolean).join(" ");
  }

  redraw();
  root.end = () => control.abort();
  return root.end;
}
