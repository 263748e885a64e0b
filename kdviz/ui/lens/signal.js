// The series itself: a stretch is dragged here, and every other picture points back to it.

class SignalPanel extends Panel {
  constructor(lens, figure, name) {
    super(lens, figure, name, { left: 44, right: 8, top: 6, bottom: 18 })
  }

  get scale() {
    const [low, high] = ends([...this.lens.limits, ...(this.lens.looks[0]?.tilted ?? [])])
    const room = (high - low || 1) * 0.06
    return [low - room, high + room]
  }

  x(t) {
    return this.box.x + ((t + 0.5) / this.lens.length) * this.box.w
  }

  y(value) {
    const [low, high] = this.scale
    return this.box.y + (1 - (value - low) / (high - low)) * this.box.h
  }

  sampleAt(x) {
    const t = Math.floor(((x - this.box.x) / this.box.w) * this.lens.length)
    return Math.max(0, Math.min(this.lens.length - 1, t))
  }

  at(x) {
    return { kind: "sample", t: this.sampleAt(x) }
  }

  step(focus, dx) {
    const now = focus?.kind === "sample" ? focus.t + dx : (this.lens.brush?.[0] ?? 0)
    return { kind: "sample", t: Math.max(0, Math.min(this.lens.length - 1, now)) }
  }

  press(x, y, event) {
    this.from = { x, t: this.sampleAt(x), dragged: false }
    this.sheet.setPointerCapture(event.pointerId)
  }

  move(x, y) {
    if (this.from && (this.from.dragged || Math.abs(x - this.from.x) > 4)) {
      this.from.dragged = true
      const to = this.sampleAt(x)
      this.lens.sweep([Math.min(this.from.t, to), Math.max(this.from.t, to)])
    } else this.lens.point(this.at(x))
  }

  release(x) {
    if (this.from?.dragged) this.lens.settle()
    else if (this.from) {
      this.lens.loose()
      this.lens.pin(this.at(x))
    }
    this.from = null
  }

  cancel() {
    if (this.from?.dragged) this.lens.settle()
    this.from = null
    this.lens.leave()
  }

  /** Space marks one end of a stretch, and again the other. */
  other(event) {
    if (event.key !== " ") return false
    const t = this.lens.focus?.kind === "sample" ? this.lens.focus.t : 0
    if (this.end === undefined) {
      this.end = t
      this.lens.tell(this.lens.words.say("one end", { t }))
    } else {
      this.lens.sweep([Math.min(this.end, t), Math.max(this.end, t)])
      this.end = undefined
      this.lens.settle()
    }
    return true
  }

  paint(ink) {
    const { samples, limits, length, words, colours } = this.lens
    this.across(ink, words.time(0), words.time(length - 1))
    this.up(ink, limits.map(v => [short(v), this.y(v)]))
    const tilted = this.lens.looks[0]?.tilted
    if (tilted) this.line(ink, tilted, colours.line, [4, 3])
    this.line(ink, samples, colours.text)
  }

  line(ink, values, colour, dash = []) {
    ink.strokeStyle = colour
    ink.lineWidth = 1.4
    ink.lineJoin = "round"
    ink.setLineDash(dash)
    ink.beginPath()
    for (let t = 0; t < values.length; t++) ink.lineTo(this.x(t), this.y(values[t]))
    ink.stroke()
    ink.setLineDash([])
  }

  light(ink) {
    const { samples, brush, marks, colours } = this.lens
    const { y, h } = this.box
    const half = this.box.w / this.lens.length / 2
    if (brush) {
      ink.fillStyle = colours.brush
      ink.fillRect(this.x(brush[0]) - half, y, this.x(brush[1]) - this.x(brush[0]) + 2 * half, h)
    }
    for (const { from, to, role } of marks.spans) {
      ink.globalAlpha = 0.25
      ink.fillStyle = colours.roles[role]
      const wide = Math.max(2, this.x(to) - this.x(from) + 2 * half)
      ink.fillRect((this.x(from) + this.x(to)) / 2 - wide / 2, y, wide, h)
      ink.globalAlpha = 1
    }
    for (const { from, to, role } of marks.spans) {
      for (const t of from === to ? [from] : [from, to]) dot(ink, this.x(t), this.y(samples[t]), role, colours)
    }
  }
}
