// Where networks looked, one column each: one time axis, one cursor, one scale. Drag over a signal to mark a stretch.
const kept = new WeakMap();

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  const root = parentElement.querySelector("#evidence_board");
  const state = kept.get(parentElement) || { cursor: null };
  kept.set(parentElement, state);
  state.brush = data.brush;
  const times = data.times;
  const count = times.length;
  const tied = []; // every canvas over time: {frame, line, marked}
  const crossed = []; // every picture of time by time
  const ink = css(root, "--st-text-color", "#333");
  const later = []; // what is drawn once everything has its size
  const colours = ({ signed }) => ramp(signed ? data.signs : data.amounts);

  const columns = data.columns.map((column) => {
    const card = make("section", { class: "card", "aria-label": column.alt });
    card.append(
      make("h4", {}, make("i", { style: `background:${column.colour}` }), make("span", { text: column.title })),
      make("p", { class: "says", text: column.says }),
    );
    card.append(timed("signal", (canvas) => drawLine(canvas, floats(data.signal), css(root, "--st-text-color", "#888"), data.low, data.high), true));
    column.cells.forEach((cell, row) => {
      const { top } = data.rows[row];
      const block = make("div", { class: "cell", style: `min-height:${data.rows[row].bands * 70}px` });
      for (const band of cell) {
        const one = make("div", { class: "one" });
        block.append(one);
        one.append(make("span", { class: "what", text: band.title, title: band.about }));
        if (band.values) {
          const values = floats(band.values);
          one.append(timed("band", (canvas) => drawBand(canvas, values, colours(band), band.signed, top, ink)));
          band.read = values;
        } else one.append(make("p", { class: "none", text: band.why }));
      }
      card.append(block);
    });
    card.append(axis());
    for (const picture of column.pictures) card.append(shown(picture));
    return card;
  });

  function axis() {
    const moment = (t) => (data.unit === "samples" ? Math.round(t) : short(t));
    const places = [0, Math.floor((count - 1) / 2), count - 1];
    const words = places.map((k) => make("span", { text: moment(times[k]) }));
    words[2].textContent += ` ${data.unit}`;
    return make("div", { class: "axis", "aria-hidden": "true" }, ...words);
  }

  function timed(kind, draw, brushes = false) {
    const canvas = make("canvas", { class: kind, "aria-hidden": "true" });
    const line = make("div", { class: "cursor" });
    const marked = make("div", { class: "marked" });
    const frame = make("div", { class: `frame ${kind}` }, canvas, marked, line);
    tied.push({ frame, line, marked });
    later.push(() => draw(canvas));
    frame.addEventListener("pointermove", (event) => point(at(frame, event)));
    frame.addEventListener("pointerleave", () => point(null));
    if (brushes) brush(frame);
    return frame;
  }

  function shown(picture) {
    const canvas = make("canvas", { class: "picture", role: "img", "aria-label": picture.alt });
    const down = make("div", { class: "cursor" });
    const across = make("div", { class: "cursor flat" });
    const frame = make("div", { class: "frame square" }, canvas, down, across);
    const view = { w: picture.vw, h: picture.vh, z: bytes(picture.view) };
    const values = { w: picture.w, h: picture.h, z: floats(picture.values) };
    const { top } = data.rows[picture.row];
    later.push(() => drawPicture(canvas, view, values, colours(picture), picture.signed, top));
    if (picture.timed) {
      crossed.push({ down, across });
      frame.addEventListener("pointermove", (event) => point(at(frame, event)));
      frame.addEventListener("pointerleave", () => point(null));
    }
    return make("figure", {}, frame, make("figcaption", { text: picture.title }));
  }

  const at = (frame, event) => {
    const box = frame.getBoundingClientRect();
    return clamp(Math.floor(((event.clientX - box.left) / box.width) * count), 0, count - 1);
  };

  function brush(frame) {
    frame.classList.add("brush");
    frame.addEventListener("pointerdown", (event) => {
      const start = at(frame, event);
      frame.setPointerCapture(event.pointerId);
      const move = (e) => mark([Math.min(start, at(frame, e)), Math.max(start, at(frame, e)) + 1]);
      const done = (e) => {
        frame.removeEventListener("pointermove", move);
        frame.removeEventListener("pointerup", done);
        frame.removeEventListener("pointercancel", done);
        if (!state.brush || Math.abs(at(frame, e) - start) < 2) mark(null);
        setStateValue("brush", state.brush);
      };
      frame.addEventListener("pointermove", move);
      frame.addEventListener("pointerup", done);
      frame.addEventListener("pointercancel", done);
    });
  }

  function mark(range) {
    state.brush = range;
    for (const { marked } of tied) {
      marked.style.display = range ? "block" : "none";
      if (range) {
        marked.style.left = `${(100 * range[0]) / count}%`;
        marked.style.width = `${(100 * (range[1] - range[0])) / count}%`;
      }
    }
  }

  const readout = make("p", { class: "readout", "aria-live": "polite" });
  function point(k) {
    state.cursor = k;
    const where = k === null ? null : `${(100 * (k + 0.5)) / count}%`;
    for (const { line } of tied) Object.assign(line.style, { display: where ? "block" : "none", left: where });
    for (const { down, across } of crossed) {
      Object.assign(down.style, { display: where ? "block" : "none", left: where });
      Object.assign(across.style, { display: where ? "block" : "none", top: where });
    }
    readout.textContent = k === null ? data.hint : told(k);
  }
  function told(k) {
    const each = data.columns.flatMap((c) => c.cells[0].filter((b) => b.read).map((b) => `${c.title} ${short(b.read[k])}`));
    return `${short(times[k])} ${data.unit}: ${each.join(" · ")}`;
  }

  const grid = make("div", { class: "grid", tabindex: "0", role: "group", "aria-label": data.alt }, ...columns);
  grid.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") return point(null);
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const from = state.cursor === null ? (by > 0 ? -1 : count) : state.cursor;
    point(clamp(from + by * (event.shiftKey ? 10 : 1), 0, count - 1));
  });
  root.replaceChildren(grid, readout, ...legend());

  function legend() {
    return data.rows.flatMap((row) => row.kinds.map((signed) => {
      const bar = make("canvas", { class: "ramp", "aria-hidden": "true" });
      const steps = Float32Array.from({ length: 64 }, (_, k) => (signed ? (k / 63) * 2 - 1 : k / 63));
      later.push(() => drawBand(bar, steps, colours({ signed }), signed, 1, ink));
      const low = signed ? short(-row.top) : "0";
      return make("div", { class: "legend" }, make("span", { text: `${row.title}: ${low}` }), bar, make("span", { text: `${short(row.top)} ${row.scale}` }));
    }));
  }

  const draw = () => later.forEach((each) => each());
  const watch = new ResizeObserver(draw);
  watch.observe(root);
  draw();
  mark(state.brush);
  point(state.cursor !== null && state.cursor < count ? state.cursor : null);
  return () => watch.disconnect();
}
