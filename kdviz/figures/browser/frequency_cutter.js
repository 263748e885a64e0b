// A cut through frequencies that can be dragged: spectra above, and what is left of each map below, made here.
const held = new WeakMap();

/** The discrete Fourier transform of interleaved complex numbers along one axis; sizes are small, so it is plain. */
function fourier(real, imaginary, count, stride, start, inverse) {
  const sign = inverse ? 1 : -1;
  const [re, im] = [new Float64Array(count), new Float64Array(count)];
  for (let k = 0; k < count; k++) {
    let [a, b] = [0, 0];
    for (let t = 0; t < count; t++) {
      const turn = (sign * 2 * Math.PI * ((k * t) % count)) / count;
      const [c, s] = [Math.cos(turn), Math.sin(turn)];
      const place = start + t * stride;
      a += real[place] * c - imaginary[place] * s;
      b += real[place] * s + imaginary[place] * c;
    }
    re[k] = a;
    im[k] = b;
  }
  const scale = inverse ? 1 / count : 1;
  for (let k = 0; k < count; k++) {
    real[start + k * stride] = re[k] * scale;
    imaginary[start + k * stride] = im[k] * scale;
  }
}

function transform(real, imaginary, shape, inverse) {
  const [h, w] = shape.length === 2 ? shape : [1, shape[0]];
  for (let row = 0; row < h; row++) fourier(real, imaginary, w, 1, row * w, inverse);
  if (h > 1) for (let column = 0; column < w; column++) fourier(real, imaginary, h, w, column, inverse);
}

/** Half the side of the block of low frequencies that a cut removes, as FAM's mask has it. */
const radius = (side, cut) => Math.min(Math.floor(cut * Math.floor(side / 2) + 1e-9), Math.floor(side / 2));

/** Whether frequency k of `side` lies in the block c - r .. c + r - 1 around zero. */
const inside = (k, side, r) => {
  const away = k < Math.ceil(side / 2) ? k : k - side;
  return away >= -r && away < r;
};

function filtered(spectrum, shape, cut, keepLow) {
  const [h, w] = shape.length === 2 ? shape : [1, shape[0]];
  const real = spectrum.real.slice();
  const imaginary = spectrum.imaginary.slice();
  const [ry, rx] = [radius(h, cut), radius(w, cut)];
  for (let k = 0; k < h * w; k++) {
    const low = inside(k % w, w, rx) && (h === 1 || inside(Math.floor(k / w), h, ry));
    if (low !== keepLow) real[k] = imaginary[k] = 0;
  }
  transform(real, imaginary, shape, true);
  return Float32Array.from(real);
}

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  const root = parentElement.querySelector("#frequency_cutter");
  const ink = css(root, "--st-text-color", "#333");
  const state = held.get(parentElement) || { cut: data.cut, keepLow: false };
  held.set(parentElement, state);
  if (data.cut !== state.told) state.cut = data.cut;
  state.told = data.cut;
  const colours = ramp(data.signs);

  const maps = data.maps.map((one) => {
    const z = floats(one.z);
    const spectrum = { real: Float64Array.from(z), imaginary: new Float64Array(z.length) };
    transform(spectrum.real, spectrum.imaginary, one.shape, false);
    return { ...one, z, spectrum, top: Math.max(...z.map(Math.abs)) || 1 };
  });

  const chart = make("canvas", { class: "chart", role: "img" });
  const slider = make("input", { type: "range", min: 0, max: 1, step: 0.01, id: "cut", "aria-label": "Cut, as a share of the highest frequency" });
  const told = make("p", { class: "told", "aria-live": "polite" });
  const kept = ["high", "low"].map((name) => {
    const input = make("input", { type: "radio", name: "kept", id: `kept-${name}`, onchange: () => ((state.keepLow = name === "low"), draw()) });
    input.checked = (name === "low") === state.keepLow;
    return make("label", {}, input, make("span", { text: `keep the ${name} frequencies` }));
  });
  const cards = maps.map((one) => {
    const canvases = one.shape.length === 2 ? ["before", "after"] : ["both"];
    const drawn = canvases.map((name) => make("canvas", { class: one.shape.length === 2 ? "picture" : "line", role: "img", "aria-label": `${one.title}, ${name}` }));
    const head = make("h4", {}, make("i", { style: `background:${one.colour}` }), make("span", { text: one.title }));
    const note = make("p", { class: "note" });
    return { one, drawn, note, card: make("section", { class: "card" }, head, make("div", { class: "pair" }, ...drawn), note) };
  });
  root.replaceChildren(chart, slider, make("div", { class: "bar" }, ...kept), told, make("div", { class: "grid" }, ...cards.map((c) => c.card)));

  slider.addEventListener("input", () => ((state.cut = +slider.value), draw()));
  slider.addEventListener("change", tell);
  root.onkeydown = (event) => event.key.startsWith("Arrow") && event.stopPropagation();
  chart.addEventListener("pointerdown", (event) => {
    chart.setPointerCapture(event.pointerId);
    const move = (e) => {
      const box = chart.getBoundingClientRect();
      state.cut = Math.round(clamp((e.clientX - box.left) / box.width, 0, 1) * 100) / 100;
      draw();
    };
    const done = () => {
      chart.removeEventListener("pointermove", move);
      chart.removeEventListener("pointerup", done);
      chart.removeEventListener("pointercancel", done);
      tell();
    };
    move(event);
    chart.addEventListener("pointermove", move);
    chart.addEventListener("pointerup", done);
    chart.addEventListener("pointercancel", done);
  });
  function tell() {
    state.told = state.cut;
    setStateValue("cut", state.cut);
  }

  function drawChart() {
    const { pen, width, height } = surface(chart);
    const logs = maps.map((one) => one.energy.map((e) => Math.log10(Math.max(e, 1e-8))));
    const low = Math.max(Math.min(...logs.flat()), -8);
    const high = Math.max(...logs.flat());
    const y = (v) => 6 + (1 - (v - low) / (high - low || 1)) * (height - 12);
    pen.fillStyle = ink;
    pen.globalAlpha = 0.14;
    if (state.keepLow) pen.fillRect(state.cut * width, 0, width, height);
    else pen.fillRect(0, 0, state.cut * width, height);
    pen.globalAlpha = 1;
    maps.forEach((one, k) => {
      pen.strokeStyle = one.colour;
      pen.setLineDash([[], [7, 3], [2, 2], [7, 2, 2, 2]][k % 4]);
      pen.lineWidth = 2;
      pen.beginPath();
      logs[k].forEach((v, j) => {
        const x = one.shares[j] * width;
        j ? pen.lineTo(x, y(v)) : pen.moveTo(x, y(v));
      });
      pen.stroke();
    });
    pen.setLineDash([]);
    pen.strokeStyle = ink;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(state.cut * width, 0);
    pen.lineTo(state.cut * width, height);
    pen.stroke();
    chart.setAttribute("aria-label", `Energy by frequency, logarithmic; cut at ${Math.round(100 * state.cut)} % of the highest frequency.`);
  }

  function draw() {
    slider.value = state.cut;
    const where = data.hertz ? ` (${short(state.cut * data.hertz)} Hz in the signal)` : ` (${(state.cut / 2).toFixed(3)} cycles per sample)`;
    told.textContent = `Cut at ${Math.round(100 * state.cut)} % of the highest frequency${where}. Shaded: taken away.`;
    drawChart();
    for (const { one, drawn, note } of cards) {
      const left = filtered(one.spectrum, one.shape, state.cut, state.keepLow);
      const r = radius(one.shape[one.shape.length - 1], state.cut);
      const share = left.reduce((a, v) => a + v * v, 0) / (one.z.reduce((a, v) => a + v * v, 0) || 1);
      note.textContent = `radius ${r} of ${Math.floor(one.shape[one.shape.length - 1] / 2)}; ${Math.round(100 * share)} % of its energy is left`;
      if (one.shape.length === 2) {
        [one.z, left].forEach((z, k) => {
          const { pen, width, height } = surface(drawn[k]);
          pen.imageSmoothingEnabled = false;
          const image = plane(one.shape[1], one.shape[0], (p) => [...colours((clamp(z[p] / one.top, -1, 1) + 1) / 2), 255]);
          pen.drawImage(image, 0, 0, width, height);
        });
      } else overlaid(drawn[0], one, left);
    }
  }

  function overlaid(canvas, one, left) {
    const low = Math.min(...one.z, ...left), high = Math.max(...one.z, ...left);
    drawLine(canvas, one.z, "rgba(140,140,140,0.8)", low, high);
    const pen = canvas.getContext("2d");
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    pen.strokeStyle = one.colour;
    pen.lineWidth = 2;
    pen.beginPath();
    left.forEach((v, k) => {
      const x = ((k + 0.5) / left.length) * width;
      const y = height - 4 - ((v - low) / (high - low || 1)) * (height - 8);
      k ? pen.lineTo(x, y) : pen.moveTo(x, y);
    });
    pen.stroke();
  }

  const watch = new ResizeObserver(draw);
  watch.observe(root);
  draw();
  return () => watch.disconnect();
}
