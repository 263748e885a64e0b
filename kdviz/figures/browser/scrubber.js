// Where the student looked, epoch by epoch. Everything is here already: moving asks nobody; letting go tells the epoch.
const remembered = new WeakMap();
const KINDS = { "|i1": Int8Array, "|u1": Uint8Array, "<i2": Int16Array, "<f4": Float32Array };

function opened(data) {
  const all = data instanceof Uint8Array ? data : new Uint8Array(data);
  const size = new DataView(all.buffer, all.byteOffset).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(all.subarray(4, 4 + size)));
  let place = 4 + size;
  for (const { name, shape, dtype } of head.parts) {
    const kind = KINDS[dtype];
    const count = shape.reduce((a, b) => a * b, 1);
    const span = count * kind.BYTES_PER_ELEMENT;
    head[name] = { shape, z: new kind(all.slice(place, place + span).buffer) };
    place += Math.ceil(span / 8) * 8;
  }
  return head;
}

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  const root = parentElement.querySelector("#scrubber");
  const all = opened(data);
  const ink = css(root, "--st-text-color", "#333");
  const [n, epochs, bins] = [all.series.length, all.epochs, all.bins];
  const begin = remembered.get(parentElement) || {
    at: Math.max(epochs.indexOf(all.start.epoch === null ? all.answer : all.start.epoch), 0),
    who: Math.max(all.series.indexOf(all.start.series), 0),
    together: false,
  };
  const fresh = !remembered.has(parentElement);
  const state = { ...begin, playing: null };
  if (all.start.series !== begin.asked && all.series.includes(all.start.series)) state.who = all.series.indexOf(all.start.series);
  state.asked = all.start.series;
  remembered.set(parentElement, state);
  const branch = (who) => (all[who].includes(all.against) ? all.against : all[who][0]);
  const title = (role) => all.titles[role] || role;
  const view = (m) => all.titles[`view.${m}`] || m;
  const { colour } = paints(root);
  /** Where a map is strongest, on the axis of time. */
  const moment = (values) => {
    const place = (values.indexOf(Math.max(...values)) + 0.5) / values.length;
    return all.seconds ? `${short(place * all.length * all.seconds)} s` : `sample ${Math.round(place * all.length)}`;
  };
  const lower = (name) => (/^[A-Z]{2}/.test(name) ? name : name[0].toLowerCase() + name.slice(1));

  // values of one map, over its own peak or over the largest of all epochs
  const moving = (who, m, at) => {
    const start = (state.who * epochs.length + at) * bins;
    const scales = all[`${who}/${m}/scale`].z.subarray(state.who * epochs.length, (state.who + 1) * epochs.length);
    const share = state.together ? scales[at] / (Math.max(...scales) || 1) : scales[at] > 0 ? 1 : 0;
    return Float32Array.from(all[`${who}/${m}`].z.subarray(start, start + bins), (v) => (v / 127) * share);
  };
  const still = (t) => Float32Array.from(all[`teacher/${t}`].z.subarray(state.who * bins, (state.who + 1) * bins), (v) => v / 127);
  const teacherHas = (t) => all[`teacher/${t}`] !== undefined;

  const rows = [];
  for (const t of all.teachers) if (teacherHas(t)) rows.push({ name: title(`teacher.${t}`), colour: all.colours[t], read: () => still(t) });
  for (const m of all.student) rows.push({ name: all.student.length > 1 ? `Student, ${view(m)}` : "Student", colour: all.colours.student, read: () => moving("student", m, state.at) });
  if (all.student.length && teacherHas(all.against) && !all.start.brief) {
    const less = () => {
      const theirs = still(all.against);
      return moving("student", branch("student"), state.at).map((v, k) => v - theirs[k]);
    };
    rows.push({ name: `Student − ${title(`teacher.${all.against}`)}`, colour: "#CC79A7", read: less, signed: true });
  }
  for (const m of all.control) rows.push({ name: all.control.length > 1 ? `Control, ${view(m)}` : title("control"), colour: all.colours.control, read: () => moving("control", m, state.at) });

  const signal = make("canvas", { class: "signal", "aria-hidden": "true" });
  const bands = rows.map((row) => ({ row, canvas: make("canvas", { class: "band", "aria-hidden": "true" }) }));
  const stack = make("div", { class: all.start.brief ? "stack brief" : "stack", role: "img" }, make("span"), signal);
  for (const { row, canvas } of bands) {
    stack.append(make("span", { class: "who" }, make("i", { style: `background:${row.colour}` }), make("span", { text: row.name })), canvas);
  }
  const end = all.seconds ? all.length * all.seconds : all.length;
  const marks = [0, end / 2, end].map((t) => make("span", { text: all.seconds ? short(t) : Math.round(t) }));
  marks[2].textContent += all.seconds ? " s" : " samples";
  stack.append(make("span"), make("div", { class: "axis", "aria-hidden": "true" }, ...marks));
  const chart = make("canvas", { class: "chart", role: "img" });
  const live = make("p", { class: all.start.brief ? "told brief" : "told", "aria-live": "polite" });
  const slider = make("input", { type: "range", min: 0, max: epochs.length - 1, step: 1, "aria-label": "Epoch", id: "epoch" });
  const now = make("output", { for: "epoch" });
  const play = make("button", { type: "button", class: "play", onclick: () => (state.playing ? stop(true) : start()) });
  const ticks = make("div", { class: "ticks", "aria-hidden": "true" });
  for (const [name, end] of all.stages.slice(0, -1)) {
    const place = epochs.findIndex((e) => e > end);
    if (place > 0) ticks.append(make("span", { style: `left:${(100 * (place - 0.5)) / Math.max(epochs.length - 1, 1)}%`, text: `${name} ends`, title: `Stage ${name} ends after epoch ${end}` }));
  }
  const chosen = epochs.indexOf(all.answer);
  if (chosen >= 0 && chosen < epochs.length - 1)
    ticks.append(make("span", { class: chosen > 0.7 * epochs.length ? "answer left" : "answer", style: `left:${(100 * chosen) / Math.max(epochs.length - 1, 1)}%`, text: "the answer", title: `The student answers with its weights of epoch ${all.answer}` }));
  const back = make("button", { type: "button", text: "‹", "aria-label": "Series before", onclick: () => other(-1) });
  const on = make("button", { type: "button", text: "›", "aria-label": "Series after", onclick: () => other(1) });
  const which = make("span", { class: "which" });
  const together = make("input", { type: "checkbox", id: "together", onchange: (e) => ((state.together = e.target.checked), draw()) });
  together.checked = state.together;

  const film = make("div", { class: "bar" }, play, make("div", { class: "slide" }, slider, ticks), now);
  const scale = make("label", { class: "one" }, together, make("span", { text: "one scale for all epochs" }));
  const walk = make("div", { class: "bar small" }, back, which, on, scale);
  const middle = all.start.brief ? [stack, live, walk] : [walk, live, stack];
  root.replaceChildren(film, ...middle, chart, make("p", { class: "note", text: note() }));

  function note() {
    const chance = all.control.length ? "grey: the from-scratch control after as many epochs; " : "";
    const put = all.truth?.length ? "Yellow in the signal: where the ripple that tells the class was put. " : "";
    const kept = chosen >= 0 ? `The student's answer, which all numbers are of, is epoch ${all.answer} (upright bar). ` : "";
    return `${put}Above, each map by its own peak unless one scale is asked for. Below, the mean match (Pearson) of all ${n} series ` +
      `with the ${lower(title(`teacher.${all.against}`))}, over the epochs kept: orange: the student; ${chance}` +
      `dotted: chance, maps of other series of the class. ${kept}One run, one seed.`;
  }

  slider.addEventListener("input", () => (stop(false), (state.at = +slider.value), draw()));
  slider.addEventListener("change", () => setStateValue("epoch", epochs[state.at]));
  root.onkeydown = (event) => {
    if (event.key === " " && event.target === slider) {
      event.preventDefault();
      play.click();
    }
    if (event.target === slider && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      other(event.key === "ArrowUp" ? -1 : 1);
    }
    if (event.key.startsWith("Arrow") || event.key === " ") event.stopPropagation();
  };

  function other(by) {
    state.who = (state.who + by + n) % n;
    draw();
  }

  function start() {
    if (state.at === epochs.length - 1) state.at = 0;
    live.setAttribute("aria-live", "off");
    const each = quiet ? 700 : 110;
    state.playing = setInterval(() => {
      state.at += quiet ? Math.max(1, Math.ceil((epochs.length - 1) / 5)) : 1;
      if (state.at >= epochs.length - 1) {
        state.at = epochs.length - 1;
        stop(true);
      }
      draw();
    }, each);
    draw();
  }

  function stop(tell) {
    if (!state.playing) return;
    clearInterval(state.playing);
    state.playing = null;
    live.setAttribute("aria-live", "polite");
    draw();
    if (tell) setStateValue("epoch", epochs[state.at]);
  }

  const cell = (name, at) => all[name]?.z[state.who * epochs.length + at];
  const mean = (name, at) => {
    const found = [];
    for (let k = 0; k < n; k++) found.push(all[name].z[k * epochs.length + at]);
    const known = found.filter((v) => Number.isFinite(v));
    return known.length ? known.reduce((a, b) => a + b, 0) / known.length : NaN;
  };
  const right = (at, who) => {
    let hits = 0;
    for (let k = 0; k < n; k++) hits += all[`${who}/answer`].z[k * epochs.length + at] === all.y.z[k];
    return hits / n;
  };
  const number = (v) => (Number.isFinite(v) ? v.toFixed(2) : "not defined");

  function told(at) {
    const answer = cell("student/answer", at);
    const said = `After epoch ${epochs[at]}${at === chosen ? ", the answer's," : ""} the student says ${all.classes[answer]} (${Math.round(100 * cell("student/sure", at))} %), ` +
      `${answer === all.y.z[state.who] ? "right" : "wrong"}. Of these ${n} series it has ${Math.round(100 * right(at, "student"))} % right`;
    const beside = all.control.length ? ` (control ${Math.round(100 * right(at, "control"))} %)` : "";
    const name = `match/${all.against}`;
    if (!all[name]) return [`${said}${beside}.`, ""];
    const [own, chance] = [mean(name, at), all[`chance/${all.against}`].z[at]];
    const other = all[`control_${name}`] ? mean(`control_${name}`, at) : NaN;
    const by = Number.isFinite(other) ? `the control's ${number(other)}, ` : "";
    const verdict = !Number.isFinite(own - other) ? "" : own > other ? ": closer than without a teacher" : ": no closer than without a teacher";
    const words = `Its match with the ${lower(title(`teacher.${all.against}`))} is ${number(own)} on average (${number(cell(name, at))} here), ` +
      `${by}chance ${number(chance)}${verdict}.`;
    return [`${said}${beside}.`, words];
  }

  function drawChart() {
    const { pen, width, height } = surface(chart);
    const name = `match/${all.against}`;
    if (!all[name]) return;
    const at = epochs.map((_, k) => k);
    const lines = [
      { values: at.map((k) => mean(name, k)), colour: all.colours.student, wide: 2.5, dash: [] },
      { values: Array.from(all[`chance/${all.against}`].z), colour: ink, wide: 1.2, dash: [2, 3] },
    ];
    if (all[`control_${name}`]) lines.push({ values: at.map((k) => mean(`control_${name}`, k)), colour: all.colours.control, wide: 2, dash: [6, 3] });
    const found = lines.flatMap((l) => l.values).filter(Number.isFinite);
    const low = Math.min(0, ...found), high = Math.max(0.2, ...found);
    const size = 11 * presented(root, 11);
    const [left, foot] = [3.1 * size, 1.6 * size];
    const x = (k) => left + (k / Math.max(epochs.length - 1, 1)) * (width - left - 8);
    const y = (v) => 6 + (1 - (v - low) / (high - low)) * (height - foot - 10);
    pen.font = `${size}px ` + css(root, "--st-font", "sans-serif");
    pen.fillStyle = ink;
    for (const v of [low, (low + high) / 2, high]) pen.fillText(v.toFixed(2), 2, y(v) + 4);
    let last = -99;
    for (const k of at) if (x(k) - last > 4.2 * size) (pen.fillText(epochs[k], Math.min(x(k) - 4, width - pen.measureText(epochs[k]).width), height - 4), (last = x(k)));
    pen.strokeStyle = ink;
    pen.globalAlpha = 0.25;
    pen.beginPath();
    pen.moveTo(left, y(0));
    pen.lineTo(width, y(0));
    pen.stroke();
    pen.setLineDash([3, 3]);
    for (const [, end] of all.stages.slice(0, -1)) {
      const place = epochs.findIndex((e) => e > end) - 0.5;
      if (place > 0) (pen.beginPath(), pen.moveTo(x(place), 0), pen.lineTo(x(place), height - foot), pen.stroke());
    }
    pen.globalAlpha = 1;
    for (const { values, colour, wide, dash } of lines) {
      pen.setLineDash(dash);
      pen.strokeStyle = colour;
      pen.lineWidth = wide;
      pen.beginPath();
      values.forEach((v, k) => (k ? pen.lineTo(x(k), y(v)) : pen.moveTo(x(k), y(v))));
      pen.stroke();
    }
    pen.setLineDash([]);
    if (chosen >= 0) {
      pen.lineWidth = 5;
      pen.strokeStyle = all.colours.student;
      pen.globalAlpha = 0.35;
      pen.beginPath();
      pen.moveTo(x(chosen), 0);
      pen.lineTo(x(chosen), height - foot);
      pen.stroke();
      pen.globalAlpha = 1;
    }
    pen.lineWidth = 1;
    pen.strokeStyle = ink;
    pen.beginPath();
    pen.moveTo(x(state.at), 0);
    pen.lineTo(x(state.at), height - foot);
    pen.stroke();
    chart.setAttribute("aria-label", `Mean match by epoch: ${at.filter((k) => k % 5 === 0).map((k) => `${epochs[k]}: ${number(mean(name, k))}`).join(", ")}`);
  }

  function draw() {
    slider.value = state.at;
    const here = state.at === chosen && chosen < epochs.length - 1 ? ", the answer" : "";
    slider.setAttribute("aria-valuetext", `epoch ${epochs[state.at]}${here}`);
    now.textContent = `Epoch ${epochs[state.at]} of ${epochs[epochs.length - 1]}${here}`;
    play.textContent = state.playing ? "Pause" : "Play";
    which.textContent = `Test series ${all.series[state.who]}, class ${all.classes[all.y.z[state.who]]} (${state.who + 1} of ${n} kept)`;
    const [said, words] = told(state.at);
    live.replaceChildren(make("span", { class: "said", text: `${said} ` }), make("span", { class: "verdict", text: words }));
    stack.setAttribute("aria-label", `${which.textContent}: the signal, and where these look: ${rows.map((row) => `${row.name}, most at ${moment(row.read())}`).join("; ")}.`);
    const length = all.signal.shape[1];
    drawLine(signal, all.signal.z.subarray(state.who * length, (state.who + 1) * length), ink, 0, 255);
    if (all.truth?.length) {
      const [from, to] = all.truth[state.who];
      const pen = signal.getContext("2d");
      pen.fillStyle = "#F0E442";
      pen.globalAlpha = 0.45;
      pen.globalCompositeOperation = "destination-over";
      pen.fillRect(from * signal.clientWidth, 0, (to - from) * signal.clientWidth, signal.clientHeight);
      pen.globalCompositeOperation = "source-over";
      pen.globalAlpha = 1;
    }
    for (const { row, canvas } of bands) {
      const signed = row.signed || all.signed;
      drawBand(canvas, row.read(), colour, signed, 1, ink);
    }
    drawChart();
  }

  const watch = new ResizeObserver(draw);
  watch.observe(root);
  draw();
  const quiet = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (begin.playing || (fresh && all.start.play && !quiet)) start();
  return () => {
    watch.disconnect();
    clearInterval(state.playing);
  };
}
