// What belongs together: from the thing that is pointed at to its marks in every picture, and to its sentence.

function marks(focus, lens) {
  const span = ([from, to], role) => ({ from, to, role })
  const ends = p => [span([p.born, p.born], 0), span([p.died, p.died], 1)]
  if (!focus) return { spans: [], pairs: [] }
  if (focus.kind === "sample") return { spans: [span([focus.t, focus.t], 0)], pairs: touching(focus.t, lens) }
  if (focus.kind === "pair") return { spans: ends(focus.pair), pairs: [focus] }
  if (focus.kind === "pixel") {
    return { spans: [span(focus.plane.span(focus.i), 0), span(focus.plane.span(focus.j), 1)], pairs: [] }
  }
  const fed = feeds(focus.look.pairs, focus.row, focus.column).map(f => ({ ...f, look: focus.look }))
  return { spans: fed.slice(0, 3).flatMap(f => ends(f.pair)), pairs: fed.slice(0, 12), spot: focus }
}

/** The pairs that are born or die at a sample. */
function touching(t, lens) {
  return lens.looks.flatMap(look => look.pairs.filter(p => p.born === t || p.died === t).map(pair => ({ look, pair })))
}

function sentence(lens) {
  const { focus, words, brush } = lens
  if (focus?.kind === "sample") return words.sample(focus.t, lens.samples[focus.t], touching(focus.t, lens))
  if (focus?.kind === "pixel") return words.pixel(focus.plane, focus.i, focus.j)
  if (focus?.kind === "pair") return words.pair(focus.look, focus.pair)
  if (focus?.kind === "spot") {
    return words.spot(focus.look, focus.row, focus.column, feeds(focus.look.pairs, focus.row, focus.column))
  }
  if (!brush) return words.say(matchMedia("(hover: none)").matches ? "idle touch" : "idle")
  const pairs = lens.looks.flatMap(look => look.pairs)
  return words.stretch(brush, pairs.filter(p => lens.holds(p)).length, pairs.length)
}

/** The theme's colours; the palettes are those of every other figure. */
function colours(root) {
  const style = getComputedStyle(root)
  const read = name => style.getPropertyValue(name).trim()
  const palette = read("--st-chart-categorical-colors").split(",")
  const table = name => shades(read(name).split(",").map(rgb))
  const [r, g, b] = rgb(read("--st-background-color"))
  const primary = rgb(read("--st-primary-color"))
  return {
    text: read("--st-text-color"), background: read("--st-background-color"),
    font: read("--st-font") || "sans-serif", line: read("--st-border-color"), roles: [palette[5], palette[0]],
    kinds: [palette[1], palette[2]], veil: `rgba(${r},${g},${b},0.72)`, brush: `rgba(${primary.slice(0, 3)},0.22)`,
    signed: table("--st-chart-diverging-colors"), amount: table("--st-chart-sequential-colors"),
  }
}

function rgb(text) {
  const context = new OffscreenCanvas(1, 1).getContext("2d")
  context.fillStyle = text.trim()
  context.fillRect(0, 0, 1, 1)
  return [...context.getImageData(0, 0, 1, 1).data]
}

/** 256 colours between the given ones. */
function shades(stops) {
  return Array.from({ length: 256 }, (_, k) => {
    const place = (k / 255) * (stops.length - 1)
    const left = Math.min(stops.length - 2, Math.floor(place))
    return stops[left].map((v, c) => Math.round(v + (stops[left + 1][c] - v) * (place - left)))
  })
}
