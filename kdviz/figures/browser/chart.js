// One small chart: lines, points, intervals or ranks. SVG, so that it can be saved; what is pointed at is read out.
const NS = "http://www.w3.org/2000/svg";
const places = new WeakMap();
const MANY = 120; // marks, from which on they are drawn smaller
const SIGNED = "#053061"; // the first colour of a scale with a sign
const REACH = 24; // pixels from a point at which a click still means it

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const root = parentElement.querySelector("#chart");
  const state = places.get(parentElement) || { at: null };
  places.set(parentElement, state);
  const said = make("p", { class: "read", "aria-live": "polite" });
  const frame = make("div", { class: "frame", tabindex: "0", role: "img", "aria-label": data.alt });
  const hint = data.hint || "";
  root.replaceChildren(frame, said, legend(data));
  let stops = [];

  function draw() {
    const zoom = presented(root, 12);
    const made = KINDS_OF[data.kind]({ ...data, dark: paints(root).theme === "dark" }, Math.max(frame.clientWidth, 240) / zoom);
    for (const side of zoom > 1 ? ["width", "height"] : []) made.svg.setAttribute(side, zoom * made.svg.getAttribute(side));
    frame.replaceChildren(made.svg);
    stops = made.stops;
    state.show = made.show;
    point(state.at);
  }
  function point(at) {
    state.at = at === null || !stops.length ? null : clamp(at, 0, stops.length - 1);
    state.show(state.at === null ? null : stops[state.at]);
    said.textContent = state.at === null ? hint : stops[state.at].text;
  }
  function nearest(event) {
    const box = frame.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top].map((v) => v / presented(root, 12));
    let best = null, least = Infinity;
    stops.forEach((stop, k) => {
      const far = Math.hypot(stop.x === undefined ? 0 : stop.x - x, stop.y === undefined ? 0 : stop.y - y);
      if (far < least) [best, least] = [k, far];
    });
    return [best, least];
  }
  function pick(stop) {
    if (stop && stop.pick !== undefined && setTriggerValue) setTriggerValue("picked", stop.pick);
  }
  frame.addEventListener("pointermove", (event) => point(nearest(event)[0]));
  frame.addEventListener("click", (event) => {
    const [best, far] = nearest(event);
    if (best !== null && far < REACH) (point(best), pick(stops[best]));
  });
  frame.addEventListener("pointerleave", () => point(null));
  frame.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (event.key === "Escape") return point(null);
    if (event.key === "Enter" && state.at !== null) return pick(stops[state.at]);
    if (by === undefined || !stops.length) return;
    event.preventDefault();
    event.stopPropagation();
    point(state.at === null ? (by > 0 ? 0 : stops.length - 1) : state.at + by * (event.shiftKey ? 10 : 1));
  });
  const watch = new ResizeObserver(draw);
  watch.observe(frame);
  draw();
  return () => watch.disconnect();
}

function legend(data) {
  const list = make("ul", { class: "legend" });
  for (const one of data.series || []) {
    if (!one.name) continue;
    const key = svg("svg", { width: 26, height: 10, "aria-hidden": "true" });
    if (data.kind === "lines") key.append(svg("path", { d: "M0 5H26", stroke: one.colour, "stroke-width": one.width || 2, "stroke-dasharray": one.dash || "" }));
    else key.append(symbol(one.symbol, 13, 5, one.colour));
    list.append(make("li", {}, key, make("span", { text: one.name })));
  }
  return list;
}

function svg(name, attributes = {}, text) {
  const one = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== "" && value !== undefined) one.setAttribute(key, value);
  if (text !== undefined) one.textContent = text;
  return one;
}

function sheet(width, height) {
  return svg("svg", { xmlns: NS, width, height, viewBox: `0 0 ${width} ${height}`, "font-family": "sans-serif", "font-size": 12, fill: "currentColor" });
}

const MARKS = {
  circle: "M4 0A4 4 0 1 1 -4 0A4 4 0 1 1 4 0Z", square: "M-3.6 -3.6H3.6V3.6H-3.6Z", diamond: "M0 -5L5 0L0 5L-5 0Z",
  up: "M0 -4.8L4.8 3.8H-4.8Z", down: "M0 4.8L4.8 -3.8H-4.8Z", cross: "M-4 -1.4H-1.4V-4H1.4V-1.4H4V1.4H1.4V4H-1.4V1.4H-4Z",
  left: "M-4.8 0L3.8 4.8V-4.8Z", right: "M4.8 0L-3.8 4.8V-4.8Z", star: "M0 -5.2L1.3 -1.8L4.9 -1.6L2.1 0.7L3.1 4.2L0 2.2L-3.1 4.2L-2.1 0.7L-4.9 -1.6L-1.3 -1.8Z",
};
function symbol(kind, x, y, colour, size = 1) {
  return svg("path", { d: MARKS[kind] || MARKS.circle, transform: `translate(${x} ${y})${size === 1 ? "" : ` scale(${size})`}`, fill: colour, stroke: "currentColor", "stroke-width": 0.6 });
}

const FORMATS = {
  percent: (v) => `${+(100 * v).toFixed(1)} %`,
  points: (v) => `${v > 0 ? "+" : ""}${+(100 * v).toFixed(1)}`,
  count: (v) => Math.round(v).toLocaleString("en"),
  number: (v) => (v === 0 ? "0" : Math.abs(v) >= 1e4 || Math.abs(v) < 1e-4 ? v.toExponential(1).replace(".0e", "e") : String(+v.toPrecision(3))),
};
const told = (axis, v) => (v === null || v === undefined ? "unknown" : (FORMATS[axis.format] || FORMATS.number)(v));

/** Round numbers from low to high, a count's whole ones. */
function ticks(low, high, wanted, least = 0) {
  const raw = (high - low) / Math.max(wanted, 1) || 1;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max([1, 2, 2.5, 5, 10].map((m) => m * size).find((s) => s >= raw * 0.999 && (!least || s % least === 0)) || least, least);
  const found = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step) found.push(Math.abs(v) < step * 1e-9 ? 0 : v);
  return found;
}
function powers(low, high) {
  const found = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) for (const m of [1, 2, 5]) found.push(m * 10 ** e);
  return found.filter((v) => v >= low * 0.999 && v <= high * 1.001);
}

/** From values of an axis to pixels, either way up. */
function scaleOf(axis, values, from, to) {
  const known = values.filter((v) => v !== null && Number.isFinite(v) && (!axis.log || v > 0));
  let low = axis.min ?? Math.min(...known), high = axis.max ?? Math.max(...known);
  if (!Number.isFinite(low) || !Number.isFinite(high)) [low, high] = axis.log ? [1, 10] : [0, 1];
  const share = axis.format === "percent" && axis.max === undefined && low >= 0 && high <= 1;
  if (low === high) [low, high] = share ? [low - 0.1, high + 0.1] : axis.log ? [low / 2, high * 2] : [low - 0.5 * (Math.abs(low) || 1), high + 0.5 * (Math.abs(high) || 1)];
  else if (axis.pad && axis.log) [low, high] = [low / 1.3, high * 1.3];
  else if (axis.pad) [low, high] = [low - 0.05 * (high - low), high + 0.05 * (high - low)];
  if (share) [low, high] = [Math.max(low, -0.02), Math.min(high, 1.02)];
  const f = axis.log ? Math.log : (v) => v;
  const place = (v) => from + ((f(v) - f(low)) / (f(high) - f(low))) * (to - from);
  const room = Math.abs(to - from);
  const found = axis.log ? powers(low, high) : ticks(low, high, room / (from > to ? 42 : 80), axis.format === "count" ? 1 : 0);
  return { place, low, high, ticks: share ? found.filter((v) => v > -1e-9 && v < 1 + 1e-9) : found };
}

function axes(sheet_, x, y, box, data) {
  const grid = svg("g", { stroke: "currentColor", "stroke-opacity": 0.16 });
  const words = svg("g", { "fill-opacity": 0.8 });
  let last = -99;
  for (const v of x.ticks) {
    const at = x.place(v);
    grid.append(svg("path", { d: `M${at} ${box.top}V${box.bottom}` }));
    if (at - last > 38) words.append(svg("text", { x: at, y: box.bottom + 16, "text-anchor": "middle" }, told(data.x, v)));
    if (at - last > 38) last = at;
  }
  if (y) for (const v of y.ticks) {
    grid.append(svg("path", { d: `M${box.left} ${y.place(v)}H${box.right}` }));
    words.append(svg("text", { x: box.left - 6, y: y.place(v) + 4, "text-anchor": "end" }, told(data.y, v)));
  }
  const from = 6 * data.x.label.length > box.right - box.left ? 0 : box.left; // a label wider than the axis takes the whole width
  words.append(svg("text", { x: (from + box.right) / 2, y: box.bottom + 34, "text-anchor": "middle" }, data.x.label));
  if (y) words.append(svg("text", { x: 4, y: box.top - 8 }, data.y.label));
  sheet_.append(grid, words);
}

function lines(data, width) {
  const height = data.height || 260;
  const box = { left: 52, right: width - 20, top: 24, bottom: height - 42 };
  const all = data.series.flatMap((s) => s.points);
  const x = scaleOf(data.x, all.map((p) => p[0]), box.left, box.right);
  const y = scaleOf({ pad: true, ...data.y }, all.map((p) => p[1]), box.bottom, box.top);
  const out = sheet(width, height);
  axes(out, x, y, box, data);
  for (const mark of data.marks || []) {
    const at = x.place(mark.x);
    out.append(svg("path", { d: `M${at} ${box.top}V${box.bottom}`, stroke: "currentColor", "stroke-dasharray": "3 3", "stroke-opacity": 0.7 }));
    out.append(svg("text", { x: at + 4, y: box.bottom - 5, "fill-opacity": 0.85 }, mark.label));
  }
  for (const one of data.series) {
    const known = one.points.filter((p) => p[1] !== null);
    const path = known.map((p, k) => `${k ? "L" : "M"}${x.place(p[0]).toFixed(1)} ${y.place(p[1]).toFixed(1)}`).join("");
    out.append(svg("path", { d: path, fill: "none", stroke: one.colour, "stroke-width": one.width || 2, "stroke-dasharray": one.dash || "", "stroke-linejoin": "round" }));
  }
  const cursor = svg("path", { stroke: "currentColor", "stroke-width": 1 });
  out.append(cursor);
  const at = [...new Set(all.map((p) => p[0]))].sort((a, b) => a - b);
  const stops = at.map((v) => ({ x: x.place(v), text: `${data.x.label} ${told(data.x, v)}: ` + data.series
    .map((s) => [s.name, s.points.find((p) => p[0] === v)]).filter(([, p]) => p && p[1] !== null)
    .map(([name, p]) => `${name} ${told(data.y, p[1])}`).join(", ") }));
  const show = (stop) => cursor.setAttribute("d", stop ? `M${stop.x} ${box.top}V${box.bottom}` : "");
  return { svg: out, stops, show };
}

function points(data, width) {
  const height = data.height || 320;
  const box = { left: 56, right: width - 14, top: 24, bottom: height - 42 };
  const all = data.series.flatMap((s) => s.points);
  const x = scaleOf({ pad: true, ...data.x }, all.map((p) => p.x), box.left, box.right);
  const y = scaleOf({ pad: true, ...data.y }, all.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]), box.bottom, box.top);
  const out = sheet(width, height);
  axes(out, x, y, box, data);
  if (data.front && data.front.length) {
    const step = data.front.map(([a, b], k) => (k ? `H${x.place(a)}V${y.place(b)}` : `M${x.place(a)} ${y.place(b)}`)).join("");
    out.append(svg("path", { d: step, fill: "none", stroke: "currentColor", "stroke-dasharray": "5 4", "stroke-opacity": 0.7 }));
  }
  const ring = svg("circle", { r: 9, fill: "none", stroke: "currentColor", "stroke-width": 1.5, visibility: "hidden" });
  const stops = [];
  const crowded = (data.front || []).length && new Set(all.map((p) => p.x)).size < all.length; // marks at the same cost stand side by side
  data.series.forEach((one, k) => one.points.forEach((p) => {
    const [a, b] = [x.place(p.x) + (crowded ? (k - (data.series.length - 1) / 2) * 12 : 0), y.place(p.y)];
    if (p.low !== undefined && p.low !== null) out.append(svg("path", { d: `M${a} ${y.place(p.low)}V${y.place(p.high)}`, stroke: one.colour, "stroke-width": 1.4 }));
    out.append(symbol(one.symbol, a, b, one.colour, all.length > MANY ? 0.6 : 1));
    stops.push({ x: a, y: b, text: p.text, pick: p.pick });
  }));
  out.append(ring);
  const show = (stop) => {
    ring.setAttribute("visibility", stop ? "visible" : "hidden");
    if (stop) (ring.setAttribute("cx", stop.x), ring.setAttribute("cy", stop.y));
  };
  return { svg: out, stops, show };
}

/** A name in one line of so many letters, or in two; what is still too long is cut. */
function inLines(name, most) {
  if (name.length <= most) return [name];
  const cut = name.lastIndexOf(" ", most);
  const rest = cut > 0 ? [name.slice(0, cut), name.slice(cut + 1)] : [name];
  return rest.map((part) => (part.length > most ? `${part.slice(0, most - 1)}…` : part));
}

function intervals(data, width) {
  const each = 26;
  const wide = Math.min(Math.max(...data.rows.map((r) => r.name.length)) * 7 + 14, width * 0.42);
  const height = data.rows.length * each + 76;
  const box = { left: wide, right: width - 16, top: 20, bottom: height - 46 };
  const ends = data.rows.flatMap((r) => [r.value, r.low, r.high, ...(data.zero ? [0] : [])]);
  const x = scaleOf({ pad: true, ...data.x }, ends, box.left, box.right);
  const out = sheet(width, height);
  axes(out, x, null, box, data);
  if (data.zero) out.append(svg("path", { d: `M${x.place(0)} ${box.top - 6}V${box.bottom}`, stroke: "currentColor", "stroke-width": 1.4 }));
  const band = svg("rect", { x: 0, width, height: each, fill: "currentColor", "fill-opacity": 0.08, visibility: "hidden" });
  out.append(band);
  const stops = [];
  data.rows.forEach((row, k) => {
    const y = box.top + (k + 0.5) * each;
    const parts = inLines(row.name, Math.floor(wide / 7) - 1);
    parts.forEach((part, n) => out.append(svg("text", { x: box.left - 8, y: y + 4 + (n - (parts.length - 1) / 2) * 12, "text-anchor": "end" }, part)));
    if (row.low !== null && row.high !== null && row.low !== undefined)
      out.append(svg("path", { d: `M${x.place(row.low)} ${y}H${x.place(row.high)}M${x.place(row.low)} ${y - 5}v10M${x.place(row.high)} ${y - 5}v10`, stroke: row.colour, "stroke-width": 2 }));
    if (row.value !== null) out.append(symbol(row.firm ? "square" : "circle", x.place(row.value), y, row.colour));
    stops.push({ y, top: y - each / 2, text: row.text });
  });
  const show = (stop) => {
    band.setAttribute("visibility", stop ? "visible" : "hidden");
    if (stop) band.setAttribute("y", stop.top);
  };
  return { svg: out, stops, show };
}

function ranks(data, width) {
  const count = data.ranks.length;
  const half = Math.ceil(count / 2);
  const top = 34 + 12 * data.groups.length;
  const height = top + half * 22 + 14;
  const side = Math.min(Math.max(...data.ranks.map((r) => r.name.length)) * 6.6 + 40, width * 0.3);
  const place = (rank) => side + ((rank - 1) / Math.max(count - 1, 1)) * (width - 2 * side);
  const out = sheet(width, height);
  const pen = { stroke: "currentColor", fill: "none", "stroke-width": 1.2 };
  out.append(svg("path", { d: `M${place(1)} 26H${place(count)}`, ...pen }));
  for (let r = 1; r <= count; r++) {
    out.append(svg("path", { d: `M${place(r)} 21v5`, ...pen }));
    out.append(svg("text", { x: place(r), y: 16, "text-anchor": "middle" }, r));
  }
  data.groups.forEach((group, k) => {
    const at = group.map((name) => place(data.ranks.find((r) => r.name === name).rank));
    out.append(svg("path", { d: `M${Math.min(...at) - 4} ${36 + 12 * k}H${Math.max(...at) + 4}`, stroke: "currentColor", "stroke-width": 4, "stroke-linecap": "round" }));
  });
  const ring = svg("circle", { r: 6, fill: "none", stroke: "currentColor", "stroke-width": 1.6, visibility: "hidden" });
  const stops = data.ranks.map((one, k) => {
    const left = k < half;
    const y = top + (left ? k : count - 1 - k) * 22 + 12;
    const end = left ? side - 6 : width - side + 6;
    out.append(svg("path", { d: `M${place(one.rank)} 26V${y}H${end}`, ...pen, "stroke-opacity": 0.7 }));
    const words = svg("text", { x: left ? end - 4 : end + 4, y: y + 4, "text-anchor": left ? "end" : "start" }, `${one.name} ${one.rank.toFixed(2)}`);
    out.append(words, svg("circle", { cx: place(one.rank), cy: 26, r: 3.4, fill: one.colour }));
    return { x: place(one.rank), y: 26, text: one.text };
  });
  out.append(ring);
  const show = (stop) => {
    ring.setAttribute("visibility", stop ? "visible" : "hidden");
    if (stop) (ring.setAttribute("cx", stop.x), ring.setAttribute("cy", stop.y));
  };
  return { svg: out, stops, show };
}

/** Fill and opacity of a value; zero of a signed scale is the page itself, whichever theme it has. */
function shade(data, value) {
  const part = Math.min(Math.max((value - data.low) / (data.high - data.low || 1), 0), 1);
  const last = data.colours.length - 1;
  if (data.colours[0] === SIGNED) {
    const end = data.dark ? 2 : 1;
    return { fill: data.colours[part < 0.5 ? end : last - end], "fill-opacity": Math.abs(2 * part - 1) };
  }
  const share = part * last;
  const k = Math.min(Math.floor(share), last - 1);
  const [one, other] = [data.colours[k], data.colours[k + 1]].map((c) => [1, 3, 5].map((at) => parseInt(c.slice(at, at + 2), 16)));
  return { fill: `rgb(${one.map((v, n) => Math.round(v + (other[n] - v) * (share - k))).join(",")})` };
}

/** Cells by row and column; a square one may have heads. */
function matrix(data, width) {
  const [rows, count] = [data.cells.length, Math.max(...data.cells.map((r) => r.length), 1)];
  const side = data.heads.length ? Math.min(Math.max(...data.heads.map((h) => h.length)) * 7 + 12, width * 0.3) : 54;
  const box = { left: side, right: width - 14, top: 24 };
  const square = data.heads.length ? Math.min((box.right - box.left) / count, 44) : 0;
  const [w, h] = square ? [square, Math.min(square, 30)] : [(box.right - box.left) / count, Math.max(200 / rows, 1)];
  box.right = box.left + w * count;
  box.bottom = box.top + h * rows;
  const out = sheet(width, box.bottom + (data.heads.length ? 64 : 44));
  const stops = [];
  data.cells.forEach((row, r) => row.forEach((value, c) => {
    if (value === null) return;
    const [x, y] = [box.left + c * w, box.top + r * h];
    out.append(svg("rect", { x, y, width: w, height: h, "shape-rendering": "crispEdges", ...shade(data, value) }));
    if (square > 18) out.append(svg("text", { x: x + w / 2, y: y + h / 2 + 4, "text-anchor": "middle", "font-size": 11, fill: value < (data.low + data.high) / 2 ? "#FFFFFF" : "#1B2026" }, String(+value.toPrecision(3))));
    const at = data.heads.length ? `${data.y.label} ${data.heads[r]}, ${data.x.label} ${data.heads[c]}` : `${data.y.label} ${told(data.y, span(data.y, rows, r))}, ${data.x.label} ${told(data.x, span(data.x, count, c))}`;
    stops.push({ x: x + w / 2, y: y + h / 2, text: `${at}: ${FORMATS.number(value)}` });
  }));
  out.append(svg("rect", { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top, fill: "none", stroke: "currentColor", "stroke-opacity": 0.3 }));
  for (const [from, to, low, high] of data.frames || []) {
    const [x, y] = [(v) => box.left + ((v - data.x.min) / (data.x.max - data.x.min)) * (box.right - box.left), (v) => box.top + ((v - data.y.min) / (data.y.max - data.y.min)) * (box.bottom - box.top)];
    for (const [ink, wide] of [["#FFFFFF", 4], ["#1B2026", 2]])
      out.append(svg("rect", { x: x(from), y: Math.min(y(low), y(high)), width: x(to) - x(from), height: Math.abs(y(high) - y(low)), fill: "none", stroke: ink, "stroke-width": wide }));
  }
  const words = svg("g", { "fill-opacity": 0.8 });
  if (data.heads.length) data.heads.forEach((head, k) => {
    words.append(svg("text", { x: box.left - 6, y: box.top + (k + 0.5) * h + 4, "text-anchor": "end" }, head));
    words.append(svg("text", { transform: `translate(${box.left + (k + 0.5) * w} ${box.bottom + 12}) rotate(-30)`, "text-anchor": "end" }, head));
  });
  else {
    for (const [k, v] of [[0, 0], [0.5, (count - 1) / 2], [1, count - 1]])
      words.append(svg("text", { x: box.left + k * (box.right - box.left), y: box.bottom + 16, "text-anchor": k === 1 ? "end" : k ? "middle" : "start" }, told(data.x, span(data.x, count, v))));
    for (const [k, v] of [[0, 0], [1, rows - 1]])
      words.append(svg("text", { x: box.left - 6, y: box.top + 10 + k * (box.bottom - box.top - 10), "text-anchor": "end" }, told(data.y, span(data.y, rows, v))));
  }
  words.append(svg("text", { x: (box.left + box.right) / 2, y: box.bottom + (data.heads.length ? 58 : 34), "text-anchor": "middle" }, data.x.label));
  words.append(svg("text", { x: 4, y: box.top - 8 }, data.y.label));
  const ring = svg("rect", { width: Math.max(w, 6), height: Math.max(h, 6), fill: "none", stroke: "currentColor", "stroke-width": 1.6, visibility: "hidden" });
  out.append(words, ring);
  const show = (stop) => {
    ring.setAttribute("visibility", stop ? "visible" : "hidden");
    if (stop) (ring.setAttribute("x", stop.x - Math.max(w, 6) / 2), ring.setAttribute("y", stop.y - Math.max(h, 6) / 2));
  };
  return { svg: out, stops, show };
}
const span = (axis, count, k) => (axis.min === undefined || axis.max === undefined || axis.min === null ? k : axis.min + ((k + 0.5) / count) * (axis.max - axis.min));

const KINDS_OF = { lines, points, intervals, ranks, matrix };
