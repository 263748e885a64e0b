// What persistence sees: the diagram of pairs, and the images they light.

class DiagramPanel extends Panel {
  constructor(lens, figure, name) {
    super(lens, figure, name, { left: 40, right: 8, top: 8, bottom: 18 })
  }

  place(look, p) {
    const [low, high] = this.lens.swept
    const share = value => 0.04 + (0.92 * (value - low)) / (high - low || 1)
    const { x, y, w, h } = this.box
    const death = p.birth + p.life
    return [x + share(look.sign * p.birth) * w, y + (1 - share(look.sign * death)) * h]
  }

  get all() {
    return this.lens.looks.flatMap(look => look.pairs.map(pair => ({ look, pair })))
  }

  at(x, y) {
    let [best, near] = [null, 26]
    for (const { look, pair } of this.all) {
      const far = Math.hypot(...this.place(look, pair).map((v, k) => v - [x, y][k]))
      if (far < near) [best, near] = [{ kind: "pair", look, pair }, far]
    }
    return best
  }

  step(focus, dx, dy) {
    const { all } = this
    if (!all.length) return null
    const now = focus?.kind === "pair" ? all.findIndex(o => o.look === focus.look && o.pair === focus.pair) : -1
    const next = now < 0 ? 0 : Math.max(0, Math.min(all.length - 1, now + (dx || dy)))
    return { kind: "pair", ...all[next] }
  }

  paint(ink) {
    const { colours, swept, looks } = this.lens
    const { x, y, w, h } = this.box
    this.across(ink, ...swept.map(short))
    this.up(ink, [[short(swept[0]), y + h], [short(swept[1]), y]])
    ink.strokeStyle = colours.line
    ink.strokeRect(x, y, w, h)
    ink.setLineDash([3, 3])
    ink.beginPath()
    ink.moveTo(x, y + h)
    ink.lineTo(x + w, y)
    ink.stroke()
    ink.setLineDash([])
    for (const look of looks) for (const p of look.pairs) dot(ink, ...this.place(look, p), look.sign > 0 ? 0 : 1, look.colours(colours), 3.5)
  }

  light(ink) {
    const { colours, marks, brush, looks } = this.lens
    if (brush) {
      ink.fillStyle = colours.veil
      ink.fillRect(this.box.x, this.box.y, this.box.w, this.box.h)
      for (const look of looks) {
        for (const p of look.pairs) {
          if (this.lens.holds(p)) dot(ink, ...this.place(look, p), look.sign > 0 ? 0 : 1, look.colours(colours), 4.5)
        }
      }
    }
    for (const { look, pair, share } of marks.pairs) {
      const [x, y] = this.place(look, pair)
      twice(ink, () => ink.arc(x, y, 6 + 6 * (share ?? 0.3), 0, 2 * Math.PI))
    }
  }
}

class ImagePanel extends Panel {
  constructor(lens, figure, look) {
    super(lens, figure, look.name, { left: 4, right: 4, top: 4, bottom: 18 })
    this.look = look
  }

  at(x, y) {
    const inside = (share, count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)))
    const { across, up } = this.look
    return { kind: "spot", look: this.look, column: inside((x - this.box.x) / this.box.w, across.count),
      row: inside(1 - (y - this.box.y) / this.box.h, up.count) }
  }

  step(focus, dx, dy) {
    const { across, up } = this.look
    const here = focus?.kind === "spot" && focus.look === this.look
    const inside = (v, count) => Math.max(0, Math.min(count - 1, v))
    return { kind: "spot", look: this.look, column: inside(here ? focus.column + dx : across.count >> 1, across.count),
      row: inside(here ? focus.row - dy : up.count >> 1, up.count) }
  }

  paint(ink) {
    const { values, across } = this.look
    const { colours, words } = this.lens
    this.heat(ink, values, across.count, [0, Math.max(1e-9, ...values)], colours.amount, true)
    this.across(ink, words.say("spot axes"), "")
  }

  light(ink) {
    const { marks } = this.lens
    const { across, up } = this.look
    const { x, y, w, h } = this.box
    const place = (value, axis) => ((value - axis.low) / axis.step - axis.width / 2 + 0.5) / axis.count
    for (const { look, pair } of marks.pairs) {
      if (look !== this.look) continue
      const [px, py] = [x + place(pair.birth, across) * w, y + (1 - place(pair.life, up)) * h]
      twice(ink, () => ink.arc(px, py, 5, 0, 2 * Math.PI))
    }
    if (marks.spot?.look === this.look) {
      const [cw, ch] = [w / across.count, h / up.count]
      twice(ink, () => ink.rect(x + marks.spot.column * cw, y + h - (marks.spot.row + 1) * ch, cw, ch))
    }
  }
}
