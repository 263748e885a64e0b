// Sentences: the templates come from kdviz/ui/texts/encode_texts.py, the numbers from what is pointed at.

function filled(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name])
}

function minus(text) {
  return String(text).replace("-", "−")
}

/** The value at the middle of a pixel. */
function middle(axis, k) {
  return axis.low + (k + axis.width / 2) * axis.step
}

/** A value in three significant digits. */
function short(value) {
  return minus(Number(value.toPrecision(3)))
}

class Words {
  constructor(templates, rate) {
    this.templates = templates
    this.rate = rate
    this.digits = rate ? Math.min(6, Math.max(0, Math.ceil(Math.log10(rate)))) : 0
  }

  say(key, values = {}) {
    return filled(this.templates[key], values)
  }

  /** Samples `from` to `to`, both included, and when that is. */
  moment([from, to]) {
    const what = from === to ? this.say("sample", { t: from }) : this.say("samples", { t: from, u: to })
    return this.rate ? `${what} (${this.when(from, to)})` : what
  }

  time(t) {
    return this.rate ? `${(t / this.rate).toFixed(t ? this.digits : 0)} s` : String(t)
  }

  when(from, to) {
    const [a, b] = [from, to].map(t => (t / this.rate).toFixed(this.digits))
    return from === to ? `${a} s` : `${a}–${b} s`
  }

  pixel(plane, i, j) {
    const [a, b] = [plane.span(i), plane.span(j)]
    const same = a[0] === a[1] ? "itself" : "themselves"
    const other = i === j ? this.say(same) : this.moment(b)
    const value = minus(plane.values[i * plane.side + j].toFixed(3))
    return this.say(plane.says, { i, j, value, a: this.moment(a), b: other })
  }

  pair(look, p) {
    const [x, y] = [p.birth, p.birth + p.life].map(v => short(look.sign * v))
    const at = t => (this.rate ? `, ${this.when(t, t)}` : "")
    const words = { what: look.one, life: short(p.life), b: p.born, d: p.died, x: x + at(p.born), y: y + at(p.died) }
    return this.say(p.essential ? `${look.kind} essential` : "pair", words)
  }

  spot(look, row, column, fed) {
    const [x, y] = [middle(look.across, column), middle(look.up, row)]
    const place = { x: short(look.sign * x), y: short(y), value: short(look.values[row * look.across.count + column]) }
    if (!fed.length) return this.say("spot dark", place)
    const named = fed.slice(0, 3).map(f =>
      this.say("feeds", { what: look.one.toLowerCase(), b: f.pair.born, d: f.pair.died, share: Math.round(100 * f.share) }))
    if (fed.length > 3) named.push(this.say("more", { n: fed.length - 3 }))
    return this.say("spot", { ...place, fed: named.join(", ") })
  }

  sample(t, value, found) {
    const said = this.say("value", { t: this.moment([t, t]), value: short(value) })
    return [said, ...found.slice(0, 2).map(({ look, pair }) => this.pair(look, pair))].join(" ")
  }

  stretch([from, to], inside, all) {
    const time = this.rate ? ` (${this.when(from, to)})` : ""
    return this.say("stretch", { a: from, b: to, time, n: to - from + 1, inside, all })
  }
}
