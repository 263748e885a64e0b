// What the pictures are made of: the arithmetic of kdviz/modalities, held to it by tests/browser/test_lens.py.

function floats(text) {
  return new Float32Array(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer)
}

function ends(values) {
  return values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity])
}

/** The mean of the samples first[k] to last[k]. */
function means(samples, first, last) {
  return Float64Array.from(first, (start, k) => {
    let sum = 0
    for (let t = start; t <= last[k]; t++) sum += samples[t]
    return sum / (last[k] - start + 1)
  })
}

/** cos and sin of the angle of each pixel; both 0 where nothing changes. */
function angles(pixels, range) {
  const [low, high] = range ?? ends(pixels)
  const alive = high > low
  const c = pixels.map(p => (alive ? Math.min(1, Math.max(-1, (2 * (p - low)) / (high - low) - 1)) : 0))
  return { c, s: c.map(v => (alive ? Math.sqrt(Math.max(0, 1 - v * v)) : 0)) }
}

/** GASF (cosine of the sum) or GADF (sine of the difference), row by row. */
function gramian(samples, plane) {
  const { c, s } = angles(means(samples, plane.first, plane.last), plane.range)
  const side = c.length
  const values = new Float32Array(side * side)
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      values[i * side + j] = plane.kind === "gasf" ? c[i] * c[j] - s[i] * s[j] : s[i] * c[j] - c[i] * s[j]
    }
  }
  return values
}

/** The share of a Gaussian below z, to 1e-7 (the Chebyshev fit of erfc in Numerical Recipes). */
function below(z) {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + x / 2)
  const fit = [0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
    1.00002368, -1.26551223].reduce((sum, term) => sum * t + term, 0)
  const tail = (t * Math.exp(fit - x * x)) / 2
  return z > 0 ? 1 - tail : tail
}

/** How much of a value's Gaussian falls into each pixel of an axis. */
function shares(value, axis) {
  const place = (value - axis.low) / axis.step
  return Float64Array.from({ length: axis.count }, (_, q) =>
    below((q - place + axis.width) / axis.spread) - below((q - place) / axis.spread))
}

/** The pairs of one look with their values, and the image they light; row 0 is the shortest life. */
function lit(samples, look) {
  const weight = floats(look.weight)
  const swept = look.swept ? floats(look.swept) : samples.map(v => look.sign * v)
  const pairs = look.born.map((born, k) => {
    const birth = swept[born]
    const life = swept[look.died[k]] - birth
    return { k, born, died: look.died[k], birth, life, weight: weight[k], essential: k === look.essential,
      across: shares(birth, look.across), up: shares(life, look.up) }
  })
  const { count } = look.across
  const values = new Float32Array(look.up.count * count)
  for (const p of pairs) {
    for (let r = 0; r < look.up.count; r++) {
      const share = p.weight * p.up[r]
      if (share > 1e-12) for (let q = 0; q < count; q++) values[r * count + q] += share * p.across[q]
    }
  }
  const level = swept.map(v => look.sign * v)
  return { pairs, values, swept: level, tilted: look.swept ? level : null }
}

/** Which pairs light a pixel, brightest first, each with its share of the light. */
function feeds(pairs, row, column) {
  const light = pairs.map(p => ({ pair: p, share: p.weight * p.up[row] * p.across[column] }))
  const sum = light.reduce((all, one) => all + one.share, 0)
  if (!(sum > 1e-9)) return []
  return light.map(l => ({ ...l, share: l.share / sum })).filter(l => l.share >= 0.005).sort((a, b) => b.share - a.share)
}
