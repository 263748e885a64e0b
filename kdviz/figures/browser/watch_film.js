// A recording, and under it where a student cannot follow its teacher, epoch by epoch: it falls where all is as it was.
export default function ({ parentElement, data }) {
  const root = parentElement.querySelector("#watch_film");
  const ink = css(root, "--st-text-color", "#333");
  const last = data.apart.length - 1;
  const state = { at: last, playing: null };
  const values = make("canvas", { class: "values", "aria-hidden": "true" });
  const apart = make("canvas", { class: "apart", "aria-hidden": "true" });
  const now = make("output", {});
  const said = make("p", { class: "said" });
  const slider = make("input", { type: "range", min: 0, max: last, step: 1, "aria-label": data.words.epoch, oninput: () => show(Number(slider.value), true) });
  const play = make("button", { type: "button", class: "play", onclick: () => (state.playing ? stop() : start()) });
  const picture = make("div", { class: "picture", role: "img", "aria-label": data.words.alt }, make("span", { text: data.words.recording }), values, make("span", { text: data.words.apart }), apart);
  root.replaceChildren(make("div", { class: "bar" }, play, slider, now), picture, said);

  function draw() {
    const low = Math.min(...data.low), high = Math.max(...data.high);
    strip(values, data.low.map((v) => (v - low) / (high - low || 1)), data.high.map((v) => (v - low) / (high - low || 1)), () => ink);
    const top = Math.max(...data.apart.flat());
    const tall = data.apart[state.at].map((v) => Math.sqrt(v / top));
    strip(apart, tall.map(() => 0), tall, (k) => (k < data.normal ? data.colours.normal : data.colours.later));
  }
  function strip(canvas, from, to, colour) {
    const { pen, width, height } = surface(canvas);
    const count = to.length, wide = Math.max(width / count, 1);
    pen.fillStyle = data.colours.shade;
    pen.fillRect(0, 0, (data.normal / count) * width, height);
    for (let k = 0; k < count; k++) {
      pen.fillStyle = colour(k);
      const a = height - 3 - from[k] * (height - 6), b = height - 3 - to[k] * (height - 6);
      pen.fillRect((k / count) * width, Math.min(a, b) - 0.5, wide, Math.abs(a - b) + 1);
    }
  }
  function show(at, mine) {
    if (mine) stop();
    state.at = clamp(at, 0, last);
    slider.value = state.at;
    now.textContent = `${data.words.epoch} ${state.at + 1} / ${last + 1}`;
    slider.setAttribute("aria-valuetext", now.textContent);
    said.textContent = data.told[state.at];
    draw();
  }
  function start() {
    if (state.at === last) show(0);
    state.playing = setInterval(() => (state.at < last ? show(state.at + 1) : stop()), 800);
    play.textContent = data.words.pause;
  }
  function stop() {
    clearInterval(state.playing);
    state.playing = null;
    play.textContent = data.words.play;
  }
  const watch = new ResizeObserver(draw);
  watch.observe(root);
  stop();
  show(last);
  if (!window.matchMedia("(prefers-reduced-motion: reduce)").matches) start();
  return () => {
    clearInterval(state.playing);
    watch.disconnect();
  };
}
