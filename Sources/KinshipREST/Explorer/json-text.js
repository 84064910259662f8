// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// JSON as a text that somebody writes: where its values stand, what is wrong with it, and how it is laid out.

const deepest = 200

/**
 * Reads a text. Gives `value`, and `places`: from a path (`include[0].scope.limit`) to where its value (and the key before it)
 * stands; or `error` with a message and its place.
 */
export function read(text) {
  const reader = new Reader(text)
  try {
    return { value: reader.document(), places: reader.places }
  } catch (error) {
    if (!(error instanceof Wrong)) throw error
    const before = text.slice(0, error.at).split("\n")
    return {
      places: reader.places,
      error: { message: error.message, start: error.at, line: before.length, column: before.at(-1).length + 1 },
    }
  }
}

class Wrong extends Error {
  constructor(message, at) { super(message); this.at = at }
}

class Reader {
  constructor(text) { this.text = text; this.at = 0; this.places = new Map() }

  document() {
    const value = this.value("", 0, 0)
    this.space()
    if (this.at < this.text.length) throw new Wrong("Something stands behind the end", this.at)
    return value
  }

  space() {
    while (/\s/.test(this.text[this.at] ?? "")) this.at += 1
  }

  value(path, depth, from) {
    this.space()
    if (depth > deepest) throw new Wrong("Too deep", this.at)
    const start = this.at
    const value = this.bare(path, depth)
    this.places.set(path, { start, end: this.at, key: from || start })
    return value
  }

  bare(path, depth) {
    const next = this.text[this.at]
    if (next === undefined) throw new Wrong("A value is missing", this.at)
    if (next === "{") return this.object(path, depth)
    if (next === "[") return this.list(path, depth)
    if (next === "\"") return this.string()
    const word = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y
    word.lastIndex = this.at
    const found = word.exec(this.text)
    if (!found) throw new Wrong(`${quoted(next)} is no beginning of a value`, this.at)
    this.at += found[0].length
    const value = JSON.parse(found[0])
    // Digits that JavaScript's numbers lose are kept as a text: that is accepted for numbers, too.
    return typeof value === "number" && /^-?\d{16,}$/.test(found[0]) && String(value) !== found[0] ? found[0] : value
  }

  string() {
    const start = this.at
    const whole = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y
    whole.lastIndex = start
    const found = whole.exec(this.text)
    if (!found) throw new Wrong("The text has no end", start)
    try {
      const value = JSON.parse(found[0])
      this.at += found[0].length
      return value
    } catch {
      throw new Wrong("The text has an escape that isn't one", start)
    }
  }

  object(path, depth) {
    const members = []
    this.#members("}", () => {
      const start = this.at
      if (this.text[start] !== "\"") throw new Wrong("A name in quotes is missing", start)
      const name = this.string()
      this.space()
      if (this.text[this.at] !== ":") throw new Wrong("A colon is missing", this.at)
      this.at += 1
      members.push([name, this.value(path === "" ? name : `${path}.${name}`, depth + 1, start)])
    })
    return Object.fromEntries(members)
  }

  list(path, depth) {
    const values = []
    this.#members("]", () => { values.push(this.value(`${path}[${values.length}]`, depth + 1, 0)) })
    return values
  }

  #members(end, member) {
    this.at += 1
    this.space()
    if (this.text[this.at] === end) { this.at += 1; return }
    for (;;) {
      this.space()
      member()
      this.space()
      const next = this.text[this.at]
      if (next !== "," && next !== end) throw new Wrong(`A comma or ${quoted(end)} is missing`, this.at)
      this.at += 1
      if (next === end) return
    }
  }
}

const quoted = (character) => `“${character}”`

/** The place of a path, or of what is nearest around it. */
export function placeOf(places, path) {
  for (let at = path; at; at = at.replace(/(\.[^.[]*|\[\d+\]|^[^.[]+)$/, "")) {
    if (places.has(at)) return places.get(at)
  }
  return places.get("")
}

/**
 * What stands around the caret of a text that may not be complete: the `keys` and positions that lead there, the scalars already
 * seen in each object on the way, and the text that has been begun.
 */
export function around(text, caret) {
  const stack = []
  const token = /"(?:[^"\\\n]|\\.)*("|$|(?=\n))|[{}[\]:,]|[^\s"{}[\]:,]+/gy
  const before = text.slice(0, caret)
  let begun = null, match
  for (let at = 0; at < before.length; at = token.lastIndex) {
    token.lastIndex = at
    match = token.exec(before)
    if (!match) { token.lastIndex = at + 1; begun = null; continue }
    const [found, closed] = match
    const top = stack.at(-1)
    begun = null
    if (found === "{") stack.push({ object: true, key: null, seen: {} })
    else if (found === "[") stack.push({ object: false, index: 0, seen: {} })
    else if (found === "}" || found === "]") stack.pop()
    else if (found === ",") { if (top?.object) top.key = null; else if (top) top.index += 1 }
    else if (found === ":") { if (top) top.key = top.last ?? null }
    else {
      const isText = found.startsWith("\"")
      const text = isText ? found.slice(1, closed ? -1 : undefined) : found
      if (top?.object && top.key === null) top.last = text
      else if (top?.object) Object.defineProperty(top.seen, top.key, { value: text, enumerable: true, configurable: true })
      if (at + found.length === caret && !(isText && closed)) begun = { text, start: at }
    }
  }
  return { stack, begun, isKey: stack.at(-1)?.object === true && stack.at(-1).key === null }
}

/** Lays a value out: what fits in a line stays in one. */
export function lay(value, indent = "", width = 64) {
  const flat = line(value)
  if (value === null || typeof value !== "object" || flat.length + indent.length <= width) return flat
  const deeper = `${indent}  `
  if (Array.isArray(value)) {
    return `[\n${value.map((each) => deeper + lay(each, deeper, width)).join(",\n")}\n${indent}]`
  }
  const members = Object.entries(value).map(([key, each]) => `${deeper}${JSON.stringify(key)}: ${lay(each, deeper, width)}`)
  return `{\n${members.join(",\n")}\n${indent}}`
}

function line(value) {
  if (Array.isArray(value)) return `[${value.map(line).join(", ")}]`
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null"
  return `{${Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${line(each)}`).join(", ")}}`
}
