// The board: one axis of time, like under like, one scale. Epochs move here without asking; letting go tells the server.
const kept = new WeakMap();
const films = (window.kdvizFilms ??= new Map());
const SCALES = ["own", "raw", "usual"];

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  const root = parentElement.querySelector("#evidence_board");
  const w = data.words;
  const filled = (key, given) => Object.entries(given).reduce((said, [name, value]) => said.replaceAll(`{${name}}`, value), w[key]);
  const state = kept.get(parentElement) || { cursor: null, only: null, difference: data.difference, playing: null, alone: false };
  kept.set(parentElement, state);
  state.end?.(); // drawn anew: the former drawing must not hear keys any more
  state.brush = data.brush;
  if (state.asked !== data.scale) state.scale = state.asked = data.scale;
  const track = data.track;
  const epochs = track ? track.epochs : [];
  const shown = track ? epochs.indexOf(track.shown) : -1;
  if (track && state.told !== `${track.mark} ${track.shown}`) (state.told = `${track.mark} ${track.shown}`), (state.at = shown);
  if (state.at >= epochs.length) state.at = shown;
  const times = data.times;
  const count = times.length;
  const ink = css(root, "--st-text-color", "#333");
  const { colour, ground, theme } = paints(root);
  const quiet = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const tied = []; // every canvas over time: {frame, line, marked}
  const crossed = []; // every picture of time by time
  const later = []; // what is drawn once everything has its size, and again when something moves

  const peak = (values) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const rows = data.rows.map((row) => ({
    ...row,
    lanes: row.lanes.map((lane) => ({ ...lane, here: lane.values ? floats(lane.values) : null })),
    pictures: row.pictures.map((each) => ({ ...each, here: floats(each.values) })),
  }));
  for (const row of rows) {
    row.top = Math.max(...row.lanes.map((l) => (l.here ? peak(l.here) : 0)), ...row.pictures.map((p) => peak(p.here)), 0) || 1;
    const usual = (l) => (l.here && l.usual ? peak(l.here) / l.usual : 0);
    row.times = Math.max(1, ...row.lanes.map(usual), ...row.pictures.map((p) => (p.usual ? peak(p.here) / p.usual : 0)));
  }

  /** What a lane shows at the epoch of the slider: the server's map, or one of the film. */
  function now(lane) {
    const still = { values: lane.here, says: lane.says };
    const reel = lane.film && state.at !== shown ? films.get(lane.film[0]) : null;
    if (!reel) return still;
    const at = nearest(reel.epochs, epochs[state.at]);
    const all = reel.decoded.get(lane.film.slice(1).join("/"));
    return { values: all ? all.subarray(at * count, (at + 1) * count) : lane.here, says: lane.says ? (reel.says[lane.film[2]] || [])[at] || lane.says : "" };
  }
  /** Whether a lane cannot show the slider's epoch: its maps are not here, or it was kept at the end alone. */
  function stale(lane) {
    if (!track || lane.who === "teacher") return false;
    if (!lane.film) return epochs[state.at] !== track.answer;
    return state.at !== shown && !films.get(lane.film[0])?.decoded.has(lane.film.slice(1).join("/"));
  }
  const nearest = (list, epoch) => list.reduce((best, e, k) => (Math.abs(e - epoch) < Math.abs(list[best] - epoch) ? k : best), 0);
  /** By what a map is divided: its own peak, the row's, or its network's usual one (and then the row's). */
  const top = (row, values, usual) => (state.scale === "own" ? peak(values) || 1 : state.scale === "usual" && usual ? usual * row.times : row.top);

  // one row: labels, bands, and what stands beside them
  const sections = rows.map((row, number) => {
    const section = make("section", { class: "row", "aria-label": row.alt, "data-row": number });
    const bands = make("div", { class: "lanes" });
    const lanes = [...row.lanes];
    const [teacher, student] = ["teacher", "student"].map((who) => row.lanes.find((l) => l.who === who && l.here));
    if (teacher && student) lanes.push({ who: "difference", title: w.difference, colour: "#CC79A7", signed: true, size: "half", of: [teacher, student], says: w["difference says"], here: teacher.here });
    const strips = new Map();
    for (const lane of lanes) {
      const said = make("span", { class: "says", text: lane.says });
      const swatch = make("i", { style: `background:${lane.colour}` });
      const more = lane.second ? " second" : "";
      const label = make("div", { class: `who ${lane.size} ${lane.who}${more}` }, swatch, make("span", { class: "name", text: lane.title, title: lane.title }), said);
      const band = lane.here ? timed(`band ${lane.size} ${lane.who}${more}`, (canvas) => drawLane(canvas, row, lane, said)) : make("p", { class: `none ${lane.size}${more}`, text: lane.why });
      if (!lane.pair) {
        bands.append(label, band);
        continue;
      }
      if (strips.has(lane.pair)) {
        const [name, strip] = strips.get(lane.pair);
        name.append(swatch);
        name.title += ` / ${lane.title}`;
        strip.append(band);
        continue;
      }
      const open = () => (name.setAttribute("aria-expanded", strip.classList.toggle("open")), draw());
      const name = make("button", { type: "button", class: "who fold", title: lane.title, "aria-label": `${row.title}: ${lane.title}`, "aria-expanded": "false", onclick: open }, make("span", { class: "name", text: lane.title }), swatch);
      const strip = make("div", { class: "strip" }, band);
      strips.set(lane.pair, [name, strip]);
      bands.append(name, strip);
    }
    const more = row.pictures.length > 1 ? { tabindex: "0", role: "group", "aria-label": `${row.title}: ${w.images}` } : {};
    const side = make("div", { class: "side", ...more }, ...row.pictures.map((each) => shownIn(row, each)));
    if (row.spectra.length) side.append(spectra(row));
    section.append(make("h3", { title: row.about }, make("span", { text: row.title })), bands, side);
    return section;
  });

  function drawLane(canvas, row, lane, said) {
    if (lane.who === "difference") {
      const [one, other] = lane.of.map((each) => [now(each).values, each.usual]);
      const [a, b] = [top(row, ...one), top(row, ...other)];
      return drawMap(canvas, Float32Array.from(other[0], (v, k) => v / b - one[0][k] / a), true, 1);
    }
    const { values, says } = now(lane);
    canvas.style.opacity = stale(lane) ? 0.3 : 1;
    if (lane.says) said.textContent = says;
    drawMap(canvas, values, lane.signed, top(row, values, lane.usual));
  }

  function drawMap(canvas, given, signed, most) {
    const { pen, width, height } = surface(canvas);
    const flat = height < 16; // a folded lane: colour alone
    const values = given.length > 1.5 * width && width > 0 ? thinned(given, Math.round(width)) : given;
    const zero = signed ? height / 2 : height - 0.5;
    const room = signed ? height / 2 - 1 : height - 2;
    const sharp = window.devicePixelRatio || 1;
    const edge = (k) => Math.round((k / values.length) * width * sharp) / sharp;
    const share = (k) => clamp(values[k] / most, signed ? -1 : 0, 1);
    for (let k = 0; k < values.length; k++) {
      const [r, g, b] = colour(share(k), signed);
      const tall = Math.abs(share(k)) * room;
      pen.fillStyle = flat ? `rgb(${r},${g},${b})` : `rgba(${r},${g},${b},0.3)`;
      pen.fillRect(edge(k), 0, edge(k + 1) - edge(k), height);
      if (flat) continue;
      pen.fillStyle = `rgb(${r},${g},${b})`;
      pen.fillRect(edge(k), share(k) < 0 ? zero : zero - tall, edge(k + 1) - edge(k), tall);
    }
    if (flat) return;
    pen.strokeStyle = ink;
    pen.globalAlpha = 0.8;
    pen.lineWidth = 1.2;
    pen.beginPath();
    for (let k = 0; k < values.length; k++) pen[k ? "lineTo" : "moveTo"](((k + 0.5) / values.length) * width, zero - share(k) * room);
    pen.stroke();
    pen.globalAlpha = 1;
  }
  const thinned = (values, bins) =>
    Float32Array.from({ length: bins }, (_, k) => {
      let most = 0;
      for (let p = Math.floor((k * values.length) / bins); p < Math.floor(((k + 1) * values.length) / bins); p++) if (Math.abs(values[p]) > Math.abs(most)) most = values[p];
      return most;
    });

  function shownIn(row, picture) {
    const canvas = make("canvas", { class: "picture", role: "img", "aria-label": picture.alt });
    const [down, across] = [make("div", { class: "cursor" }), make("div", { class: "cursor flat" })];
    const frame = make("div", { class: "square" }, canvas, down, across);
    const view = bytes(picture.view);
    later.push(() => {
      const { pen, width, height } = surface(canvas);
      const mix = (v) => ground.map((c, k) => Math.round(c + (rgbInk[k] - c) * 0.55 * (v / 255)));
      const most = top(row, picture.here, picture.usual);
      pen.imageSmoothingEnabled = false;
      pen.drawImage(plane(picture.vw, picture.vh, (k) => [...mix(view[k]), 255]), 0, 0, width, height);
      pen.drawImage(plane(picture.w, picture.h, (k) => {
        const share = clamp(picture.here[k] / most, picture.signed ? -1 : 0, 1);
        return [...colour(share, picture.signed), Math.round(225 * Math.sqrt(Math.abs(share)))];
      }), 0, 0, width, height);
    });
    if (picture.timed) (crossed.push({ down, across }), listens(frame));
    return make("figure", {}, frame, make("figcaption", { text: picture.title }));
  }
  const rgbInk = rgb(ink);

  function spectra(row) {
    const canvas = make("canvas", { class: "spectra", role: "img", "aria-label": `${w.spectra}: ${row.spectra.map((s) => `${s.title}, ${w["strongest at"]} ${short(s.x[s.y.indexOf(Math.max(...s.y))] || 0)} ${data.hertz}`).join("; ")}` });
    later.push(() => {
      const { pen, width, height } = surface(canvas);
      const size = parseFloat(getComputedStyle(canvas).fontSize);
      const end = Math.max(...row.spectra.flatMap((s) => s.x), 1e-9);
      const [left, foot, floor] = [size * 2.4, size * 1.5, -40];
      const x = (f) => left + (f / end) * (width - left - 6);
      const y = (d) => 4 + (Math.max(d, floor) / floor) * (height - foot - 8);
      pen.font = `${size}px ${css(root, "--st-font", "sans-serif")}`;
      pen.fillStyle = pen.strokeStyle = ink;
      pen.textAlign = "right";
      const levels = height > 6 * size ? [0, floor / 2, floor] : [0, floor];
      for (const d of levels) pen.fillText(`${d}`, left - 4, Math.max(y(d) + size * 0.35, size * 0.8));
      const last = `${short(end)} ${data.hertz}`;
      pen.fillText(last, width - 2, height - 3);
      pen.textAlign = "center";
      if (x(end / 2) + pen.measureText(short(end / 2)).width < width - pen.measureText(last).width - 2) pen.fillText(short(end / 2), x(end / 2), height - 3);
      pen.globalAlpha = 0.25;
      for (const d of [0, floor / 2, floor]) (pen.beginPath(), pen.moveTo(left, y(d)), pen.lineTo(width, y(d)), pen.stroke());
      pen.globalAlpha = 1;
      for (const one of row.spectra.filter((s) => !s.second || !state.alone)) {
        pen.setLineDash(one.dash);
        pen.strokeStyle = one.colour;
        pen.lineWidth = data.present ? 4 : 2;
        pen.beginPath();
        one.x.forEach((f, k) => pen[k ? "lineTo" : "moveTo"](x(f), y(one.y[k])));
        pen.stroke();
      }
      pen.setLineDash([]);
    });
    const names = make("figcaption", { class: "names" }, make("span", { text: `${w.spectra} (dB)` }), ...row.spectra.map((s) => make("span", s.second ? { class: "second" } : {}, make("i", { class: "line", style: `border-color:${s.colour};border-style:${s.dash.length === 0 ? "solid" : s.dash[0] < 3 ? "dotted" : "dashed"}` }), make("span", { text: s.title }))));
    return make("figure", { class: "wide" }, names, canvas);
  }

  function timed(kind, paintOn, brushes = false) {
    const canvas = make("canvas", { class: kind, "aria-hidden": "true" });
    const [line, marked] = [make("div", { class: "cursor" }), make("div", { class: "marked" })];
    const frame = make("div", { class: `frame ${kind}` }, canvas, marked, line);
    tied.push({ line, marked });
    later.push(() => paintOn(canvas));
    listens(frame);
    brush(frame);
    return frame;
  }
  function listens(frame) {
    frame.addEventListener("pointermove", (event) => point(at(frame, event)));
    frame.addEventListener("pointerleave", () => point(null));
  }
  const at = (frame, event) => {
    const box = frame.getBoundingClientRect();
    return clamp(Math.floor(((event.clientX - box.left) / box.width) * count), 0, count - 1);
  };
  function brush(frame) {
    frame.addEventListener("pointerdown", (event) => {
      const [start, from] = [at(frame, event), event.clientX];
      let dragged = false;
      frame.setPointerCapture(event.pointerId);
      const move = (e) => {
        dragged ||= Math.abs(e.clientX - from) > 6;
        if (dragged) mark([Math.min(start, at(frame, e)), Math.max(start, at(frame, e)) + 1]);
      };
      const done = (e) => {
        for (const [name, heard] of [["pointermove", move], ["pointerup", done], ["pointercancel", done]]) frame.removeEventListener(name, heard);
        if (e.type === "pointercancel" || (!dragged && !state.brush)) return mark(data.brush);
        if (!dragged || Math.abs(at(frame, e) - start) < 2) mark(null);
        setStateValue("brush", state.brush);
      };
      for (const [name, heard] of [["pointermove", move], ["pointerup", done], ["pointercancel", done]]) frame.addEventListener(name, heard);
    });
  }
  function mark(range) {
    state.brush = range;
    for (const { marked } of tied) {
      marked.style.display = range ? "block" : "none";
      if (range) Object.assign(marked.style, { left: `${(100 * range[0]) / count}%`, width: `${(100 * (range[1] - range[0])) / count}%` });
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
    readout.textContent = k === null ? w.hint : told(k);
  }
  function told(k) {
    const each = rows.map((row) => `${row.title} ${row.lanes.filter((l) => l.here && l.size === "full").map((l) => `${l.title} ${short(now(l).values[k])}`).join(", ")}`);
    return `${short(times[k])} ${data.unit}: ${each.join(" · ")}`;
  }

  // the signal: all channels thin, the chosen thick
  const lines = data.channels.map((each) => floats(each.values));
  const signal = timed("signal", (canvas) => {
    const { pen, width, height } = surface(canvas);
    const [low, high] = [Math.min(...lines.map((l) => Math.min(...l))), Math.max(...lines.map((l) => Math.max(...l)))];
    if (data.truth) {
      pen.fillStyle = "#F0E442";
      pen.globalAlpha = theme === "dark" ? 0.35 : 0.5;
      pen.fillRect((data.truth[0] / count) * width, 0, ((data.truth[1] - data.truth[0]) / count) * width, height);
      pen.globalAlpha = 1;
    }
    [...lines.keys()].filter((k) => k !== data.chosen).concat(data.chosen).forEach((k) => {
      pen.globalAlpha = k === data.chosen ? 1 : 0.35;
      pen.lineWidth = k === data.chosen ? (data.present ? 4 : 2) : 1;
      pen.strokeStyle = ink;
      pen.lineJoin = "round";
      pen.beginPath();
      lines[k].forEach((v, t) => pen[t ? "lineTo" : "moveTo"](((t + 0.5) / count) * width, height - 4 - ((v - low) / (high - low || 1)) * (height - 8)));
      pen.stroke();
    });
    pen.globalAlpha = 1;
  });
  const which = data.channels.length > 1
    ? make("select", { "aria-label": w.channel, onchange: (e) => setStateValue("channel", +e.target.value) }, ...data.channels.map((c, k) => make("option", { value: k, text: c.title })))
    : make("span", { class: "name", text: data.channels[0].title });
  if (which.tagName === "SELECT") which.value = data.chosen;
  const axis = make("div", { class: "axis", "aria-hidden": "true" }, ...[0, Math.floor((count - 1) / 2), count - 1].map((k, place) => make("span", { text: `${data.unit === "samples" ? Math.round(times[k]) : short(times[k])}${place === 2 ? ` ${data.unit}` : ""}` })));

  const rule = make("span", { class: "rule" });
  const next = make("button", { type: "button", onclick: () => scaled() });
  const less = make("button", { type: "button", class: "less", "aria-pressed": "false", text: `${w.difference} (D)`, onclick: () => apart() });
  const legend = make("div", { class: "side legend" }, rule, ...(data.truth ? [make("span", { class: "truth" }, make("i", {}), make("span", { text: w.truth }))] : []), ...ramps(), make("div", { class: "keys" }, next, ...(rows.some((r) => r.lanes.some((l) => l.who === "teacher")) ? [less] : [])));
  function ramps() {
    const kinds = [...new Set(rows.flatMap((r) => r.lanes.filter((l) => l.here).map((l) => l.signed)))].sort();
    return kinds.map((signed) => {
      const bar = make("canvas", { class: "ramp", "aria-hidden": "true" });
      later.push(() => {
        const { pen, width, height } = surface(bar);
        pen.drawImage(plane(64, 1, (k) => [...colour(signed ? (k / 63) * 2 - 1 : k / 63, signed), 255]), 0, 0, width, height);
      });
      return make("div", { class: "scale" }, make("span", { text: signed ? w.against : "0" }), bar, make("span", { text: signed ? w.for : w.most }));
    });
  }
  function scaled(to) {
    state.scale = to || (state.scale === "own" ? "raw" : "own");
    setStateValue("scale", state.scale);
    draw();
  }
  function apart() {
    state.difference = !state.difference;
    draw();
  }

  const board = make("div", { class: "board", tabindex: "0", role: "group", "aria-label": data.alt });
  const main = lines[data.chosen];
  const [least, most] = [Math.min(...main), Math.max(...main)];
  const says = filled("signal says", { channel: data.channels[data.chosen].title, low: short(least), high: short(most), at: `${short(times[main.indexOf(most)])} ${data.unit}` });
  const head = make("section", { class: "row top", "aria-label": says }, make("span"), make("div", { class: "lanes" }, make("div", { class: "who full" }, which), signal, make("span"), axis), legend);
  board.append(head, ...sections);
  board.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.target !== board || by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const from = state.cursor === null ? (by > 0 ? -1 : count) : state.cursor;
    point(clamp(from + by * (event.shiftKey ? 10 : 1), 0, count - 1));
  });
  const verdict = data.verdict ? make("div", { class: "verdict" }, make("p", { class: "say", role: "heading", "aria-level": "2", text: data.verdict.sentence }), make("p", { class: "beside", text: data.verdict.beside.join(" · ") }), ...(data.verdict.second ? [make("p", { class: "second" }, make("i", {}), make("span", { text: data.verdict.second }))] : [])) : null;
  const bar = track ? slider() : null;
  root.replaceChildren(...[verdict, board, bar?.element, readout].filter(Boolean));
  root.classList.toggle("present", data.present);

  // the film: the slider's track is the curve of the match
  function slider() {
    const curve = make("canvas", { role: "img", "aria-label": w.track });
    const input = make("input", { type: "range", min: 0, max: epochs.length - 1, step: 1, "aria-label": w.epoch, id: "epoch" });
    const output = make("output", { for: "epoch" });
    const play = make("button", { type: "button", class: "play", onclick: () => (state.playing ? stop(true) : start()) });
    input.addEventListener("input", () => (stop(false), (state.at = +input.value), draw()));
    input.addEventListener("change", () => setStateValue("epoch", epochs[state.at]));
    input.addEventListener("keydown", (event) => {
      if (event.key === " ") (event.preventDefault(), play.click());
      if (event.key.startsWith("Arrow") || event.key === " ") event.stopPropagation();
    });
    return { element: make("div", { class: "film" }, play, make("div", { class: "track", title: w.track }, curve, input), output), curve, input, output, play };
  }
  function start() {
    if (state.at === epochs.length - 1) state.at = 0;
    state.playing = setInterval(() => {
      state.at = Math.min(state.at + (quiet ? Math.max(1, Math.ceil((epochs.length - 1) / 5)) : 1), epochs.length - 1);
      if (state.at === epochs.length - 1) stop(true);
      draw();
    }, quiet ? 700 : Math.max(60, Math.min(160, 6000 / epochs.length)));
    draw();
  }
  function stop(tell) {
    if (!state.playing) return;
    clearInterval(state.playing);
    state.playing = null;
    draw();
    if (tell) setStateValue("epoch", epochs[state.at]);
  }
  function drawTrack() {
    const { pen, width, height } = surface(bar.curve);
    const x = (k) => 7 + (k / Math.max(epochs.length - 1, 1)) * (width - 14);
    const curves = Object.entries(track.curves);
    const found = curves.flatMap(([, values]) => values).filter(Number.isFinite);
    const [low, high] = [Math.min(0, ...found), Math.max(0.2, ...found)];
    const y = (v) => 4 + (1 - (v - low) / (high - low)) * (height - 8);
    const looks = { student: ["#D55E00", 2.5, []], control: ["#8C8C8C", 2, [6, 3]], chance: [ink, 1.2, [2, 3]], beside: ["#009E73", 2.5, []] };
    pen.globalAlpha = 0.35;
    pen.strokeStyle = ink;
    pen.beginPath();
    pen.moveTo(7, y(0));
    pen.lineTo(width - 7, y(0));
    pen.stroke();
    for (const [, end] of track.stages.slice(0, -1)) {
      const place = epochs.findIndex((e) => e > end) - 0.5;
      if (place > 0) (pen.beginPath(), pen.moveTo(x(place), 0), pen.lineTo(x(place), height), pen.stroke());
    }
    pen.globalAlpha = 1;
    for (const [name, values] of curves) {
      const [hue, wide, dash] = looks[name];
      pen.setLineDash(dash);
      Object.assign(pen, { strokeStyle: hue, lineWidth: wide });
      pen.beginPath();
      values.forEach((v, k) => Number.isFinite(v) && pen[k && Number.isFinite(values[k - 1]) ? "lineTo" : "moveTo"](x(k), y(v)));
      pen.stroke();
    }
    pen.setLineDash([]);
    const answer = epochs.indexOf(track.answer);
    if (answer >= 0) {
      pen.fillStyle = "#D55E00";
      pen.globalAlpha = 0.45;
      pen.fillRect(x(answer) - 2, 0, 4, height);
      pen.globalAlpha = 1;
    }
  }

  function heard(event) {
    const target = event.composedPath()[0];
    const busy = target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
    if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[+event.key - 1];
    if (row) (state.only = state.only === +event.key - 1 ? null : +event.key - 1), draw();
    else if (event.key === "s") scaled();
    else if (event.key === "d") apart();
    else if (event.key === "c") compared();
    else if (event.key === "w") toTeachersPeak();
    else if (event.key === " " && bar && target.tagName !== "BUTTON" && target.tagName !== "A") (event.preventDefault(), bar.play.click());
    else if (event.key === "Escape") (state.only = null), draw(), point(null);
  }
  /** The second run comes and goes; where there is none yet, the server is asked for one. */
  function compared() {
    if (rows.some((r) => r.lanes.some((l) => l.second))) (state.alone = !state.alone), draw();
    else setStateValue("second", Date.now());
  }
  function toTeachersPeak() {
    const lane = rows.flatMap((r) => r.lanes).find((l) => l.who === "teacher" && l.here);
    if (!lane) return;
    const [k, half] = [lane.here.indexOf(Math.max(...lane.here)), Math.max(Math.round(count / 16), 1)];
    mark([Math.max(k - half, 0), Math.min(k + half, count)]);
    window.kdvizLook = data.present; // from a stage nobody scrolls: the changed board comes by itself
    setStateValue("brush", state.brush);
  }

  function draw() {
    sections.forEach((section, k) => section.classList.toggle("away", state.only !== null && state.only !== k));
    root.classList.toggle("one", state.only !== null);
    root.classList.toggle("apart", state.difference);
    root.classList.toggle("alone", state.alone);
    less.setAttribute("aria-pressed", state.difference);
    rule.textContent = w[`rule ${state.scale}`];
    next.textContent = w[state.scale === "own" ? "to raw" : "to own"];
    later.forEach((each) => each());
    if (!bar) return;
    bar.input.value = state.at;
    const answer = epochs[state.at] === track.answer;
    const waits = state.at !== shown && track.mark && !films.has(track.mark);
    bar.output.textContent = filled(answer ? "epoch answer" : waits ? "epoch waits" : "epoch now", { epoch: epochs[state.at], last: epochs[epochs.length - 1], answer: track.answer });
    bar.input.setAttribute("aria-valuetext", bar.output.textContent);
    bar.play.textContent = state.playing ? w.pause : w.play;
    drawTrack();
  }

  const come = () => draw();
  const watch = new ResizeObserver(draw);
  watch.observe(root);
  window.addEventListener("kdviz-film", come);
  if (track) document.addEventListener("keydown", heard);
  draw();
  mark(state.brush);
  point(state.cursor !== null && state.cursor < count ? state.cursor : null);
  if (state.playing) start();
  if (!track && window.kdvizLook) (window.kdvizLook = false), root.scrollIntoView({ behavior: quiet ? "auto" : "smooth" });
  state.end = () => {
    watch.disconnect();
    clearInterval(state.playing);
    window.removeEventListener("kdviz-film", come);
    document.removeEventListener("keydown", heard);
  };
  return state.end;
}
