// Small maps side by side. They wrap; what is pointed at is read out; few values are written into their cells too.
export default function ({ parentElement, data }) {
  const root = parentElement.querySelector("#tiles");
  const ink = css(root, "--st-text-color", "#333");
  const colours = ramp(data.ramp);
  const said = make("p", { class: "read", "aria-live": "polite", text: data.hint });
  const later = [];
  const share = (one, v) => (v - one.range[0]) / (one.range[1] - one.range[0] || 1);

  const cards = data.tiles.map((one) => {
    const z = floats(one.z);
    const [h, w] = one.shape.length === 2 ? one.shape : [1, one.shape[0]];
    const head = make("h5", { text: one.title });
    const card = make("figure", { class: one.shape.length === 2 ? "" : "wide" }, head, one.written ? cells(one, z, h, w) : picture(one, z, h, w));
    return card;
  });

  function cells(one, z, h, w) {
    const table = make("table", { "aria-label": one.alt });
    const top = make("tr", {}, make("td", { class: "corner" }), ...Array.from({ length: w }, (_, k) => make("th", { scope: "col", text: k + 1 })));
    table.append(top);
    for (let row = 0; row < h; row++) {
      const line = make("tr", {}, make("th", { scope: "row", text: row + 1 }));
      for (let column = 0; column < w; column++) {
        const v = z[row * w + column];
        const [r, g, b] = colours(share(one, v));
        const dark = 0.299 * r + 0.587 * g + 0.114 * b < 128;
        const cell = make("td", { style: `background:rgb(${r},${g},${b});color:${dark ? "#fff" : "#111"}`, text: Number.isFinite(v) ? v.toFixed(2) : "–" });
        line.append(cell);
      }
      table.append(line);
    }
    return make("div", {}, table, make("figcaption", { text: `down: ${one.rows}; across: ${one.columns}` }));
  }

  function picture(one, z, h, w) {
    const canvas = make("canvas", { class: h > 1 ? "picture" : "line", role: "img", "aria-label": one.alt });
    later.push(() => {
      if (h === 1) return drawLine(canvas, z, ink, ...one.range);
      const { pen, width, height } = surface(canvas);
      pen.imageSmoothingEnabled = false;
      pen.drawImage(plane(w, h, (p) => [...colours(share(one, z[p])), 255]), 0, 0, width, height);
    });
    canvas.addEventListener("pointermove", (event) => {
      const box = canvas.getBoundingClientRect();
      const column = clamp(Math.floor(((event.clientX - box.left) / box.width) * w), 0, w - 1);
      const row = clamp(Math.floor(((event.clientY - box.top) / box.height) * h), 0, h - 1);
      const where = h > 1 ? `${one.rows} ${row + 1}, ${one.columns} ${column + 1}` : `${one.columns} ${column + 1}`;
      said.textContent = `${one.title}, ${where}: ${short(z[row * w + column])}`;
    });
    canvas.addEventListener("pointerleave", () => (said.textContent = data.hint));
    return canvas;
  }

  const parts = [make("div", { class: "grid", style: data.across ? `max-width:${data.across * 214}px` : "" }, ...cards)];
  if (data.shared) {
    const bar = make("canvas", { class: "ramp", "aria-hidden": "true" });
    later.push(() => {
      const { pen, width, height } = surface(bar);
      pen.drawImage(plane(64, 1, (p) => [...colours(p / 63), 255]), 0, 0, width, height);
    });
    const [low, high] = data.shared;
    parts.push(make("div", { class: "legend" }, make("span", { text: short(low) }), bar, make("span", { text: short(high) })));
  }
  if (data.tiles.some((one) => !one.written)) parts.push(said);
  root.replaceChildren(...parts);
  const draw = () => later.forEach((each) => each());
  const watch = new ResizeObserver(draw);
  watch.observe(root);
  draw();
  return () => watch.disconnect();
}
