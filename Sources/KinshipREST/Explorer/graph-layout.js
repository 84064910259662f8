// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Where the models of the graph stand: related ones near each other, none over another. The same models stand the same way
// each time.

const box = { height: 34, letter: 7.6, padding: 26 }

/** The width of a model's box. */
export const widthOf = (name) => Math.max(64, name.length * box.letter + box.padding)
export const heightOf = box.height

/**
 * Places for names, with `ties` between them: pairs of names. Where there is more room than they need they stand further apart.
 * Gives a map of `{x, y, width}`.
 */
export function place(names, ties, room) {
  // Of several beginnings the one that ends with the fewest crossings.
  const tries = names.length > 60 ? 1 : names.length > 20 ? 6 : 24
  let best = null
  for (let attempt = 0; attempt < tries && best?.crossings !== 0; attempt += 1) {
    const made = settle(names, ties, attempt)
    if (!best || made.crossings < best.crossings) best = made
  }
  const { at } = best
  for (const [way, size] of [["x", room.width], ["y", room.height]]) {
    const ends = at.flatMap((each) => {
      const half = way === "x" ? each.width / 2 : box.height / 2
      return [each[way] - half, each[way] + half]
    })
    const wider = Math.min(2.2, size / (Math.max(...ends) - Math.min(...ends)))
    if (wider > 1) for (const each of at) each[way] *= wider
  }
  return new Map(at.map(({ name, x, y, width }) => [name, { x, y, width }]))
}

function settle(names, ties, attempt) {
  const count = names.length
  let seed = 7 + attempt * 7919
  const chance = () => (seed = (seed * 48271) % 2147483647) / 2147483647
  const at = names.map((name) => {
    const angle = chance() * 2 * Math.PI
    const radius = 40 + 60 * Math.sqrt(count) * chance()
    return { name, x: radius * Math.cos(angle) * 1.5, y: radius * Math.sin(angle), width: widthOf(name) }
  })
  const position = new Map(names.map((name, index) => [name, index]))
  const springs = ties.map(([one, other]) => [at[position.get(one)], at[position.get(other)]])
    .filter(([one, other]) => one && other && one !== other)
  const rounds = count > 150 ? 80 : 260
  for (let round = 0; round < rounds; round += 1) {
    const heat = 1 - round / rounds
    repel(at)
    for (const [one, other] of springs) pull(one, other)
    if (count <= 60) for (const spring of springs) clear(at, ...spring)
    for (const each of at) {
      // Towards the middle, and wide rather than high.
      each.dx -= each.x * 0.012
      each.dy -= each.y * 0.02
      const length = Math.hypot(each.dx, each.dy) || 1
      const step = Math.min(length, 30 * heat + 1)
      each.x += (each.dx / length) * step
      each.y += (each.dy / length) * step
    }
  }
  for (let round = 0; round < 60 && part(at); round += 1);
  return { at, crossings: count > 60 ? 0 : crossings(springs) }
}

function crossings(springs) {
  const side = (a, b, c) => Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x))
  let found = 0
  springs.forEach(([a, b], index) => {
    for (const [c, d] of springs.slice(index + 1)) {
      if (a === c || a === d || b === c || b === d) continue
      if (side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b)) found += 1
    }
  })
  return found
}

function repel(at) {
  for (const each of at) { each.dx = 0; each.dy = 0 }
  for (let i = 0; i < at.length; i += 1) {
    for (let j = i + 1; j < at.length; j += 1) {
      const x = at[i].x - at[j].x || 0.1, y = (at[i].y - at[j].y || 0.1) * 1.6
      const square = Math.max(x * x + y * y, 60)
      const force = 9000 / square
      const length = Math.sqrt(square)
      at[i].dx += (x / length) * force; at[i].dy += (y / length) * force
      at[j].dx -= (x / length) * force; at[j].dy -= (y / length) * force
    }
  }
}

function pull(one, other) {
  const x = other.x - one.x, y = other.y - one.y
  const length = Math.hypot(x, y) || 1
  const force = (length - 120) * 0.06
  one.dx += (x / length) * force; one.dy += (y / length) * force
  other.dx -= (x / length) * force; other.dy -= (y / length) * force
}

/** Moves boxes away from a line that leads past them. */
function clear(at, one, other) {
  const x = other.x - one.x, y = other.y - one.y
  const square = x * x + y * y || 1
  for (const each of at) {
    if (each === one || each === other) continue
    const along = ((each.x - one.x) * x + (each.y - one.y) * y) / square
    if (along < 0 || along > 1) continue
    const aside = { x: each.x - one.x - x * along, y: each.y - one.y - y * along }
    const distance = Math.hypot(aside.x, aside.y) || 1
    if (distance > 62) continue
    const force = (62 - distance) * 0.25
    each.dx += (aside.x / distance) * force; each.dy += (aside.y / distance) * force
    for (const end of [one, other]) { end.dx -= (aside.x / distance) * force * 0.5; end.dy -= (aside.y / distance) * force * 0.5 }
  }
}

/** Moves boxes that overlap apart; whether there were any. */
function part(at) {
  let moved = false
  for (let i = 0; i < at.length; i += 1) {
    for (let j = i + 1; j < at.length; j += 1) {
      const one = at[i], other = at[j]
      const x = (one.width + other.width) / 2 + 16 - Math.abs(one.x - other.x)
      const y = box.height + 24 - Math.abs(one.y - other.y)
      if (x <= 0 || y <= 0) continue
      moved = true
      const [way, by] = x < y * 1.2 ? ["x", x / 2] : ["y", y / 2]
      const sign = one[way] >= other[way] ? 1 : -1
      one[way] += sign * by
      other[way] -= sign * by
    }
  }
  return moved
}
