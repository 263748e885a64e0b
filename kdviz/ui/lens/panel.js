// One picture: a sheet drawn once, and over it what is pointed at, drawn anew on every frame that needs it.

const THIN = "rgba(255,255,255,0.9)"
const DARK = "rgba(0,0,0,0.75)"

class Panel {
  constructor(lens, figure, name, margin) {
    this.lens = lens
    this.figure = figure
    this.margin = margin
    this.sheet = figure.querySelector(".sheet")
    this.sheet.replaceChildren()
    this.under = this.sheet.appendChild(document.createElement("canvas"))
    this.over = this.sheet.appendChild(document.createElement("canvas"))
    this.sheet.tabIndex = 0
    this.sheet.setAttribute("role", "application")
    this.rename(name)
    this.listen()
  }

  rename(name) {
    this.name = name
    this.figure.querySelector("figcaption").textContent = name
    this.sheet.setAttribute("aria-label", this.lens.words.say("keys", { name }))
  }

  listen() {
    const point = event => {
      const box = this.sheet.getBoundingClientRect()
      return [event.clientX - box.left, event.clientY - box.top].map(v => v / this.zoom)
    }
    this.sheet.onpointerdown = event => this.press(...point(event), event)
    this.sheet.onpointermove = event => this.move(...point(event), event)
    this.sheet.onpointerup = event => this.release(...point(event), event)
    this.sheet.onpointercancel = () => this.cancel()
    this.sheet.onpointerleave = event => event.pointerType === "mouse" && this.lens.leave()
    this.sheet.onkeydown = event => this.key(event)
  }

  press(x, y) {
    this.lens.pin(this.at(x, y))
  }

  move(x, y) {
    this.lens.point(this.at(x, y))
  }

  release() {}

  /** The browser took the finger for itself, to scroll. */
  cancel() {
    this.lens.leave()
  }

  key(event) {
    const step = event.shiftKey ? 10 : 1
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    if (way) this.lens.pin(this.step(this.lens.focus, way[0] * step, way[1] * step))
    else if (event.key === "Escape") this.lens.clear()
    else if (!this.other(event)) return
    event.preventDefault()
    event.stopPropagation()
  }

  other() {
    return false
  }

  /** Fit both canvases to their place; returns the box that is drawn in. */
  fit() {
    const type = getComputedStyle(this.sheet).getPropertyValue("--kdviz-type") // said where the page is presented
    this.zoom = type ? Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / 11) : 1
    const [width, height] = [this.sheet.clientWidth / this.zoom, this.sheet.clientHeight / this.zoom]
    const sharp = (window.devicePixelRatio || 1) * this.zoom
    for (const canvas of [this.under, this.over]) {
      canvas.width = Math.round(width * sharp)
      canvas.height = Math.round(height * sharp)
      canvas.getContext("2d").setTransform(sharp, 0, 0, sharp, 0, 0)
    }
    const m = this.margin
    this.box = { x: m.left, y: m.top, w: Math.max(1, width - m.left - m.right), h: Math.max(1, height - m.top - m.bottom) }
    return this.box
  }

  draw() {
    this.fit()
    const ink = this.under.getContext("2d")
    ink.font = `11px ${this.lens.colours.font}`
    ink.fillStyle = this.lens.colours.text
    this.paint(ink)
    this.mark()
  }

  mark() {
    if (!this.box) return
    const ink = this.over.getContext("2d")
    ink.clearRect(0, 0, this.over.width, this.over.height)
    this.light(ink)
  }

  /** A heat map of `values` (rows of `columns`), row 0 at the top unless `upright`. */
  heat(ink, values, columns, [low, high], table, upright) {
    const rows = values.length / columns
    const image = new ImageData(columns, rows)
    for (let k = 0; k < values.length; k++) {
      const row = upright ? rows - 1 - Math.floor(k / columns) : Math.floor(k / columns)
      const share = high > low ? (values[k] - low) / (high - low) : 0.5
      const colour = table[Math.max(0, Math.min(255, Math.round(255 * share)))]
      image.data.set(colour, 4 * (row * columns + (k % columns)))
    }
    const small = new OffscreenCanvas(columns, rows)
    small.getContext("2d").putImageData(image, 0, 0)
    ink.imageSmoothingEnabled = false
    ink.drawImage(small, this.box.x, this.box.y, this.box.w, this.box.h)
  }

  /** Words at the ends of the lower axis. */
  across(ink, left, right) {
    const { x, y, w, h } = this.box
    ink.fillStyle = this.lens.colours.text
    ink.textBaseline = "top"
    ink.textAlign = "left"
    ink.fillText(left, x, y + h + 4)
    ink.textAlign = "right"
    ink.fillText(right, x + w, y + h + 4)
    ink.textAlign = "left"
  }

  /** Words beside the axis at the left, each at its height. */
  up(ink, words) {
    ink.textBaseline = "middle"
    ink.textAlign = "right"
    const { x, y, h } = this.box
    for (const [word, height] of words) ink.fillText(word, x - 5, Math.max(y + 6, Math.min(y + h - 6, height)))
    ink.textAlign = "left"
  }
}

/** A line that shows on dark and on light. */
function twice(ink, draw, dash = []) {
  for (const [colour, width] of [[DARK, 3], [THIN, 1.2]]) {
    ink.strokeStyle = colour
    ink.lineWidth = width
    ink.setLineDash(dash)
    ink.beginPath()
    draw()
    ink.stroke()
  }
  ink.setLineDash([])
}

/** The first moment is a disc, the second a diamond: told apart without their colours. */
function dot(ink, x, y, role, colours, size = 5) {
  ink.beginPath()
  if (role === 0) ink.arc(x, y, size, 0, 2 * Math.PI)
  else for (const [dx, dy] of [[0, -1], [1, 0], [0, 1], [-1, 0]]) ink.lineTo(x + dx * size * 1.35, y + dy * size * 1.35)
  ink.closePath()
  ink.fillStyle = colours.roles[role]
  ink.strokeStyle = colours.background
  ink.lineWidth = 1.5
  ink.fill()
  ink.stroke()
}
