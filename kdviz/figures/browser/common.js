// What every drawing of kdviz in the browser stands on: numbers out of text, colours, bands, and a scale that is theirs.
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const floats = (text) => new Float32Array(bytes(text).buffer);

/** An element with attributes and children; text is always text. */
function make(name, attributes = {}, ...children) {
  const one = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") one.textContent = value;
    else if (key.startsWith("on")) one.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== null) one.setAttribute(key, value);
  }
  one.append(...children);
  return one;
}

/** Anchors ["#rrggbb", ...] as a function 0..1 -> [r, g, b]. */
function ramp(anchors) {
  const rgb = anchors.map((a) => [1, 3, 5].map((k) => parseInt(a.slice(k, k + 2), 16)));
  return (share) => {
    const place = Math.min(Math.max(share, 0), 1) * (rgb.length - 1);
    const low = Math.min(Math.floor(place), rgb.length - 2);
    return rgb[low].map((c, k) => Math.round(c + (rgb[low + 1][k] - c) * (place - low)));
  };
}

const AMOUNT = { light: ["#E6D68A", "#A59C74", "#575D6D", "#00224E"], dark: ["#2F4A78", "#7F7C75", "#C3B369", "#FEE838"] };
const ABOVE = { light: ["#F4B08E", "#D6604D", "#A81529"], dark: ["#7A2B22", "#D6604D", "#F9B79A"] };
const BELOW = { light: ["#A6CEE3", "#4393C3", "#15508F"], dark: ["#1F4A75", "#4393C3", "#A9D5EE"] };

/** Colours of evidence, whose zero is the page itself in both themes: `colour(share, signed)`, share from -1 to 1. */
function paints(root) {
  const ground = rgb(css(root, "--st-background-color", "#fff"));
  const theme = ground[0] + ground[1] + ground[2] < 384 ? "dark" : "light";
  const hex = (v) => Math.round(v).toString(16).padStart(2, "0");
  const over = (anchors) => ramp([`#${ground.map(hex).join("")}`, ...anchors]);
  const paint = { amount: over(AMOUNT[theme]), above: over(ABOVE[theme]), below: over(BELOW[theme]) };
  return { ground, theme, colour: (share, signed) => (signed ? paint[share < 0 ? "below" : "above"] : paint.amount)(Math.abs(share)) };
}
function rgb(text) {
  const found = text.startsWith("#") ? text.slice(1).match(/../g).map((h) => parseInt(h, 16)) : text.match(/[\d.]+/g).map(Number);
  return found.slice(0, 3);
}

const css = (one, name, fallback) => getComputedStyle(one).getPropertyValue(name).trim() || fallback;

/** A canvas as sharp as the screen, cleared; its context counts in CSS pixels. */
function surface(canvas) {
  const sharp = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * sharp)) canvas.width = Math.round(width * sharp);
  if (canvas.height !== Math.round(height * sharp)) canvas.height = Math.round(height * sharp);
  const pen = canvas.getContext("2d");
  pen.setTransform(sharp, 0, 0, sharp, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

/** By how much what is drawn at `size` px grows where the page is presented: to the page's own type, 28 px at 1920. */
function presented(element, size) {
  if (!css(element, "--kdviz-type", "")) return 1;
  return Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / size);
}

/** A series as a line over the whole canvas. */
function drawLine(canvas, values, colour, low, high) {
  const { pen, width, height } = surface(canvas);
  const span = high - low || 1;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.4;
  pen.lineJoin = "round";
  pen.beginPath();
  values.forEach((v, k) => {
    const x = ((k + 0.5) / values.length) * width;
    const y = height - 4 - ((v - low) / span) * (height - 8);
    k ? pen.lineTo(x, y) : pen.moveTo(x, y);
  });
  pen.stroke();
}

/** Evidence over time: told by colour, and by height for whoever does not tell colours. */
function drawBand(canvas, values, colour, signed, top, ink) {
  const { pen, width, height } = surface(canvas);
  const sharp = window.devicePixelRatio || 1;
  const zero = signed ? height / 2 : height - 0.5;
  const room = signed ? height / 2 - 1 : height - 2;
  for (let k = 0; k < values.length; k++) {
    const share = clamp(values[k] / top, signed ? -1 : 0, 1);
    const [r, g, b] = colour(share, signed);
    const left = Math.round((k / values.length) * width * sharp) / sharp;
    const right = Math.round(((k + 1) / values.length) * width * sharp) / sharp;
    pen.fillStyle = `rgba(${r},${g},${b},0.28)`;
    pen.fillRect(left, 0, right - left, height);
    pen.fillStyle = `rgb(${r},${g},${b})`;
    const tall = Math.abs(share) * room;
    pen.fillRect(left, share < 0 ? zero : zero - tall, right - left, tall);
  }
  pen.strokeStyle = ink;
  pen.globalAlpha = 0.75;
  pen.lineWidth = 1;
  pen.beginPath();
  for (let k = 0; k < values.length; k++) {
    const share = Math.min(Math.max(values[k] / top, signed ? -1 : 0), 1);
    const y = zero - share * room;
    const x = ((k + 0.5) / values.length) * width;
    k ? pen.lineTo(x, y) : pen.moveTo(x, y);
  }
  pen.stroke();
  pen.globalAlpha = 1;
}

/** An image in grey under its evidence: the stronger, the less of the grey shows. */
function drawPicture(canvas, view, values, colours, signed, top) {
  const { pen, width, height } = surface(canvas);
  const grey = plane(view.w, view.h, (k) => {
    const v = 235 - Math.round((view.z[k] / 255) * 190);
    return [v, v, v, 255];
  });
  const veil = plane(values.w, values.h, (k) => {
    const share = Math.min(Math.max(values.z[k] / top, signed ? -1 : 0), 1);
    const [r, g, b] = colours(signed ? (share + 1) / 2 : share);
    return [r, g, b, Math.round(60 + 180 * Math.abs(share))];
  });
  pen.imageSmoothingEnabled = false;
  pen.drawImage(grey, 0, 0, width, height);
  pen.drawImage(veil, 0, 0, width, height);
}

function plane(w, h, paint) {
  const one = new OffscreenCanvas(w, h);
  const image = new ImageData(w, h);
  for (let k = 0; k < w * h; k++) image.data.set(paint(k), 4 * k);
  one.getContext("2d").putImageData(image, 0, 0);
  return one;
}

const short = (v) => (Math.abs(v) >= 100 ? v.toFixed(0) : Math.abs(v) >= 10 ? v.toFixed(1) : v.toFixed(2));
const clamp = (v, low, high) => Math.min(Math.max(v, low), high);
