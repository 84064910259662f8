// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// The parts of a filter that can be written in several ways, as one: orders, fields and includes.

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value)

/** The terms of an order, each with its `name` and its `way` (DESC, NULLS LAST …); null for what is no order. */
export function orderTerms(value) {
  if (value === undefined || value === null || value === "") return []
  const texts = typeof value === "string" ? value.split(",") : value
  if (!Array.isArray(texts) || texts.some((each) => typeof each !== "string")) return null
  return texts.map((text) => {
    const [, name, way] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(text)
    return { name, way: way.toUpperCase() === "ASC" ? "" : way }
  }).filter((each) => each.name !== "")
}

/** The names of fields, and whether they are those left out; null for anything else. */
export function names(value) {
  if (value === undefined || value === null) return { names: [], without: false }
  if (typeof value === "string") return { names: [value], without: false }
  if (Array.isArray(value)) return value.every((each) => typeof each === "string") ? { names: [...value], without: false } : null
  if (!isObject(value) || !Object.values(value).every((each) => typeof each === "boolean")) return null
  const shown = Object.keys(value).filter((name) => value[name])
  return shown.length ? { names: shown, without: false } : { names: Object.keys(value), without: true }
}

/** The includes of a filter: each a relation, a scope, and what else is said of it. */
export class Includes {
  constructor(entries) { this.entries = entries }

  /** Those of a value; null for what is no include. */
  static of(value) {
    const entries = []
    return collect(value, entries) ? new Includes(entries) : null
  }

  /** The value again, as short as it can be. */
  value() {
    const values = this.entries.map(({ relation, scope, rest }) => {
      const scoped = Object.keys(scope).length > 0
      return scoped || Object.keys(rest).length > 0 ? { relation, ...(scoped ? { scope } : {}), ...rest } : relation
    })
    return values.length === 0 ? undefined : values.length === 1 ? values[0] : values
  }
}

function collect(value, entries) {
  if (value === undefined || value === null || value === "" || value === false) return true
  if (typeof value === "string") {
    entries.push({ relation: value, scope: {}, rest: {} })
    return true
  }
  if (Array.isArray(value)) return value.every((each) => collect(each, entries))
  if (!isObject(value)) return false
  const key = "relation" in value ? "relation" : "rel" in value ? "rel" : null
  if (key) {
    const { [key]: relation, scope, ...rest } = value
    if (typeof relation !== "string" || (scope !== undefined && scope !== null && !isObject(scope))) return false
    entries.push({ relation, scope: scope ?? {}, rest })
    return true
  }
  return Object.entries(value).every(([relation, inner]) => {
    if (inner === false) return true
    if (inner !== true && Includes.of(inner) === null) return false
    entries.push({ relation, scope: inner === true || inner === null ? {} : { include: inner }, rest: {} })
    return true
  })
}
