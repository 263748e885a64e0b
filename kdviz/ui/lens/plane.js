// An image whose rows and columns are time: GASF, GADF, Markov transition field, recurrence plot.

class Plane {
  constructor(given, samples) {
    Object.assign(this, given)
    this.first ??= Array.from(samples, (_, t) => t)
    this.last ??= this.first
    this.side = this.first.length
    this.values = given.values ? floats(given.values) : gramian(samples, this)
  }

  /** The samples that pixel k stands for, first and last. */
  span(k) {
    return [this.first[k], this.last[k]]
  }

  /** The pixel in which a sample lies. */
  cell(t) {
    const next = this.first.findIndex(start => start > t)
    return next < 0 ? this.side - 1 : next - 1
  }
}

class PlanePanel extends Panel {
  constructor(lens, figure, plane) {
    super(lens, figure, plane.name, { left: 4, right: 4, top: 4, bottom: 18 })
    this.plane = plane
  }

  at(x, y) {
    const place = (v, from, size) => Math.max(0, Math.min(this.plane.side - 1, Math.floor(((v - from) / size) * this.plane.side)))
    return { kind: "pixel", plane: this.plane, i: place(y, this.box.y, this.box.h), j: place(x, this.box.x, this.box.w) }
  }

  step(focus, dx, dy) {
    const here = focus?.kind === "pixel" && focus.plane === this.plane
    const inside = v => Math.max(0, Math.min(this.plane.side - 1, v))
    const middle = Math.floor(this.plane.side / 2)
    return { kind: "pixel", plane: this.plane, i: inside(here ? focus.i + dy : middle), j: inside(here ? focus.j + dx : middle) }
  }

  paint(ink) {
    const { colours, words } = this.lens
    const { plane } = this
    this.heat(ink, plane.values, plane.side, plane.limits, plane.limits[0] < 0 ? colours.signed : colours.amount, false)
    this.across(ink, words.time(0), words.time(this.lens.length - 1))
  }

  light(ink) {
    const { brush, marks, colours } = this.lens
    const { x, y, w, h } = this.box
    const stripe = ([from, to], size) =>
      [this.plane.cell(from), this.plane.cell(to) + 1].map(cell => (cell * size) / this.plane.side)
    if (brush) {
      const [[a, b], [c, d]] = [stripe(brush, w), stripe(brush, h)]
      ink.fillStyle = colours.veil
      for (const [l, r] of [[0, a], [b, w]]) for (const [t, u] of [[0, c], [d, h]]) ink.fillRect(x + l, y + t, r - l, u - t)
      twice(ink, () => ink.rect(x + a, y + c, b - a, d - c))
    }
    const alone = !marks.spans.some(s => s.role === 1)
    for (const { from, to, role } of marks.spans) {
      const [across, down] = [w, h].map(size => (([a, b]) => (a + b) / 2)(stripe([from, to], size)))
      if (role === 0) twice(ink, () => (ink.moveTo(x, y + down), ink.lineTo(x + w, y + down)))
      if (role === 1 || alone) twice(ink, () => (ink.moveTo(x + across, y), ink.lineTo(x + across, y + h)), [4, 3])
    }
  }
}
