// Where each network looks at one series, as its last epoch said; drawn anew whenever an epoch ends.
export default function ({ parentElement, data }) {
  const root = parentElement.querySelector("#live_look");
  const ink = css(root, "--st-text-color", "#333");
  const { colour } = paints(root);
  const signal = make("canvas", { class: "signal", "aria-hidden": "true" });
  const bands = data.rows.map((row) => ({ row, canvas: make("canvas", { class: "band", "aria-hidden": "true" }) }));
  const stack = make("div", { class: "stack", role: "img", "aria-label": data.alt }, make("span", { class: "who", text: data.series }), signal);
  for (const { row, canvas } of bands) {
    const words = make("span", { text: row.name }, make("small", { text: row.epoch }));
    stack.append(make("span", { class: "who" }, make("i", { style: `background:${row.colour}` }), words), canvas);
  }
  root.replaceChildren(stack);
  const draw = () => {
    drawLine(signal, data.signal, ink, Math.min(...data.signal), Math.max(...data.signal));
    for (const { row, canvas } of bands) drawBand(canvas, row.values, colour, true, data.full, ink);
  };
  const watch = new ResizeObserver(draw);
  watch.observe(root);
  draw();
  return () => watch.disconnect();
}
