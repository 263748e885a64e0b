// Every figure of the report: what it shows stands beside it in this file. A chart can be kept as an SVG of its own.
for (const place of document.querySelectorAll("[data-drawing]")) {
  const kind = place.dataset.drawing;
  const source = document.getElementById(place.dataset.from).textContent;
  const data = kind === "chart" ? JSON.parse(source) : Uint8Array.from(atob(source.trim()), (c) => c.charCodeAt(0));
  const root = document.createElement("div");
  root.id = kind;
  place.append(root);
  kdviz[kind]({ parentElement: place, data, setStateValue() {} });
  if (kind === "chart") place.append(saver(place));
  else {
    place.querySelectorAll(".stack canvas").forEach((canvas) => pointed(place, canvas));
    cursor(place, null);
  }
}

function saver(place) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "save";
  button.textContent = "Save as SVG";
  button.addEventListener("click", () => {
    const copy = place.querySelector("svg[viewBox]").cloneNode(true);
    copy.setAttribute("color", "#1b2026");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
    link.download = `${place.dataset.from}.svg`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  return button;
}

/** One cursor over every band of the scrubber, and the moment in words. */
function pointed(place, canvas) {
  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    cursor(place, Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1));
  });
  canvas.addEventListener("pointerleave", () => cursor(place, null));
}

function cursor(place, share) {
  const at = `${(100 * share).toFixed(2)}%`;
  const gap = `linear-gradient(90deg, #000 calc(${at} - 1px), transparent calc(${at} - 1px) calc(${at} + 1px), #000 calc(${at} + 1px))`;
  place.querySelectorAll(".stack canvas").forEach((canvas) => (canvas.style.maskImage = share === null ? "" : gap));
  const words = place.querySelector(".moment") || place.appendChild(Object.assign(document.createElement("p"), { className: "moment small" }));
  const [length, unit] = place.dataset.length.split(" ");
  words.textContent = share === null ? "Point at a band to mark the same moment in all of them." : `Moment ${(share * length).toPrecision(3)} ${unit} of ${length} ${unit}.`;
}
