// The linked lens: what is pointed at in one picture is shown in all. Only a finished stretch travels to Python.

const LENSES = new WeakMap()
const NARROW = 620
const QUIET = 250

class Lens {
  constructor(root) {
    this.root = root.querySelector(".lens")
    this.brush = null
    this.panels = []
    this.watch = new ResizeObserver(() => this.redraw())
    this.watch.observe(this.root)
  }

  show(data, commit) {
    this.commit = commit
    this.words = new Words(data.words, data.rate)
    this.samples = floats(data.series)
    this.length = this.samples.length
    this.limits = ends(this.samples)
    this.brush = data.brush
    const { words, brush, ...seen } = data
    const mark = JSON.stringify(seen)
    if (mark !== this.shown) this.build(data)
    this.shown = mark
    this.colours = colours(this.root)
    this.redraw()
    this.tell()
  }

  build(data) {
    this.planes = data.planes.map(plane => new Plane(plane, this.samples))
    this.looks = data.looks.map(look => ({ ...look, ...lit(this.samples, look), colours: c => ({ ...c, roles: c.kinds }) }))
    this.swept = this.looks.length ? ends(this.looks[0].swept) : this.limits
    this.focus = this.kept = null
    const squares = this.root.querySelector(".squares")
    const figure = () => {
      const made = document.createElement("figure")
      made.className = "panel"
      made.append(document.createElement("figcaption"), Object.assign(document.createElement("div"), { className: "sheet" }))
      return squares.appendChild(made)
    }
    squares.replaceChildren()
    this.panels = [new SignalPanel(this, this.root.querySelector(".signal"), data.name),
      ...this.planes.map(plane => new PlanePanel(this, figure(), plane)),
      ...(this.looks.length ? [new DiagramPanel(this, figure(), this.words.say("diagram"))] : []),
      ...this.looks.map(look => new ImagePanel(this, figure(), look))]
    this.root.style.setProperty("--squares", this.panels.length - 1)
  }

  redraw() {
    this.root.classList.toggle("narrow", this.root.clientWidth < NARROW)
    for (const panel of this.panels) panel.draw()
  }

  point(focus) {
    this.see(focus)
  }

  /** What was pressed or reached by key stays until something else is pointed at. */
  pin(focus) {
    this.kept = focus
    this.see(focus)
  }

  leave() {
    this.see(this.kept)
  }

  see(focus) {
    this.focus = focus ?? null
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      for (const panel of this.panels) panel.mark()
      this.tell()
    })
  }

  sweep(range) {
    this.brush = range
    this.kept = null
    this.see(null)
  }

  settle() {
    this.commit(this.brush)
  }

  /** Let go of what is pointed at, and if nothing is, of the stretch. */
  clear() {
    const had = this.focus
    this.kept = null
    this.see(null)
    if (!had) this.loose()
  }

  /** Let go of the stretch. */
  loose() {
    if (!this.brush) return
    this.sweep(null)
    this.commit(null)
  }

  get marks() {
    return marks(this.focus, this)
  }

  holds(pair) {
    return this.brush && pair.born >= this.brush[0] && pair.born <= this.brush[1]
  }

  /** The sentence on what is pointed at; read aloud when it has stood still for a moment. */
  tell(given) {
    const text = given ?? sentence(this)
    this.root.querySelector(".says").textContent = text
    clearTimeout(this.later)
    this.later = setTimeout(() => (this.root.querySelector(".heard").textContent = text), QUIET)
  }

  close() {
    this.watch.disconnect()
    cancelAnimationFrame(this.frame)
    clearTimeout(this.later)
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const lens = LENSES.get(parentElement) ?? new Lens(parentElement)
  LENSES.set(parentElement, lens)
  lens.show(data, range => setStateValue("brush", range))
  return () => {
    lens.close()
    LENSES.delete(parentElement)
  }
}
