// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// The words of filters: what can be written at a place, of which kind it is, and what it means.

/** What a filter can have. */
export const filterKeys = new Map([
  ["where", "which records"], ["order", "in which order"], ["fields", "which properties"],
  ["include", "related records"], ["limit", "at most so many"], ["skip", "leave out first"], ["offset", "as skip"],
  ["after", "go on behind a place"], ["before", "those ahead of a place"], ["page", "total and cursors"],
  ["distinct", "distinct combinations of fields"], ["withDeleted", "deleted records too"],
])

/** What combines conditions. */
export const combiners = new Map([
  ["and", "all of these"], ["or", "any of these"], ["nor", "none of these"], ["not", "not this"],
])

const common = [
  ["eq", "is"], ["neq", "is not"], ["inq", "is one of"], ["nin", "is none of"], ["exists", "has a value"],
]
const comparing = [
  ["gt", "greater than"], ["gte", "at least"], ["lt", "less than"], ["lte", "at most"], ["between", "between two"],
]
const searching = [
  ["contains", "has the part"], ["startsWith", "begins with"], ["endsWith", "ends with"], ["like", "pattern, % and _"],
  ["nlike", "not the pattern"], ["ilike", "pattern, any case"], ["nilike", "not the pattern, any case"],
  ["regexp", "regular expression"], ["match", "full text"],
]
const listing = [
  ["contains", "has all of"], ["containedBy", "has only"], ["containsAnyOf", "has any of"],
]
const near = [["near", "near a point"], ["maxDistance", "at most so far"], ["minDistance", "at least so far"], ["unit", "of distances"]]
const negation = [["not", "not so"]]

/** All operators. */
export const operators = new Map([...common, ...comparing, ...listing, ...searching, ...near, ...negation])

/** The operators that are of use for a property, with what they mean. */
export function operatorsFor(property) {
  const type = property?.type ?? "any"
  if (type === "boolean") return [...common]
  if (type === "number" || type === "integer") return [...common, ...comparing]
  if (type === "array") return [...common, ...listing]
  if (type === "object") return [...common, ...near, ["contains", "has the part"]]
  if (type === "string") return [...common, ...comparing, ...searching]
  return [...operators]
}

/** How a relation can be asked about. */
export function quantifiers(relation) {
  return relation.many
    ? [["some", "at least one"], ["every", "all of them"], ["none", "not one"]]
    : [["is", "the record is"], ["isNot", "the record is not"]]
}
export const isQuantifier = (word) => ["some", "every", "none", "is", "isNot"].includes(word)

const option = (value, detail, kind) => ({ value, detail, kind })

/** The properties of a model. */
export const properties = (model) =>
  [...(model?.properties.values() ?? [])].map((each) => option(each.name, each.isKey ? `${each.detail}, key` : each.detail, "property"))

/** The relations of a model. */
export const relations = (model) =>
  [...(model?.relations.values() ?? [])].map((each) => option(each.name, leadsTo(each), "relation"))

/** What a relation leads to, in short. */
export const leadsTo = (relation) => `${relation.many ? "many " : ""}${relation.models.join(" or ") || relation.kind}`

/** What a condition can begin with. */
export const conditions = (model) => [
  ...properties(model), ...relations(model), ...[...combiners].map(([word, meaning]) => option(word, meaning, "word")),
]

/** What can be ordered by: properties, those of to-one relations at any depth, counts and sums of to-many ones. */
export function orders(description, model, begun = "", prefix = "") {
  const found = properties(model).map((each) => ({ ...each, value: prefix + each.value }))
  for (const relation of model?.relations.values() ?? []) {
    const target = description.target(relation)
    if (!target) continue
    const way = `${prefix}${relation.name}`
    if (!relation.many) {
      // Deeper ones only once somebody goes there: there is no end to them.
      if (begun.startsWith(`${way}.`)) found.push(...orders(description, target, begun, `${way}.`))
      else found.push(option(`${way}.`, `of ${target.name}`, "relation"))
      continue
    }
    found.push(option(`${way}.count`, `how many ${target.name}`, "relation"))
    if (!begun.startsWith(`${way}.`)) continue
    for (const property of target.properties.values()) {
      for (const word of aggregates(property)) found.push(option(`${way}.${word}(${property.name})`, property.detail, "relation"))
    }
  }
  return found
}

const aggregates = (property) =>
  ["number", "integer"].includes(property.type) ? ["sum", "avg", "min", "max"] : property.type === "string" ? ["min", "max"] : []

/** The values that a property can have, where they can be told. */
export function values(property) {
  if (property?.values) return property.values.filter((each) => each !== null).map((each) => option(String(each), "", "value"))
  if (property?.type === "boolean") return [option("true", "", "value"), option("false", "", "value")]
  return []
}

/** The property that a name in a condition is about; of a JSON path, that it leads into. */
export function propertyAt(model, name) {
  const isPath = model?.properties.has(name.split(".")[0])
  return model?.properties.get(name) ?? (isPath ? { name, type: "any", detail: "JSON path" } : undefined)
}

/** How the value of an operator is written in a field: the text for a value, and the value of a text. */
export function toText(value, property) {
  if (Array.isArray(value) && value.length > 0 && value.every((each) => isPlain(each, property))) return value.join(", ")
  if (typeof value !== "string") return JSON.stringify(value)
  return !/^\s|\s$/.test(value) && fromText(value, property, "eq") === value ? value : JSON.stringify(value)
}

function isPlain(value, property) {
  if (typeof value === "number" || typeof value === "boolean") return property?.type !== "string"
  return typeof value === "string" && !/[,"[\]{}]|^\s|\s$|^$/.test(value) && fromText(value, property, "eq") === value
}

export function fromText(text, property, operator) {
  const trimmed = text.trim()
  if (["inq", "nin", "between", "containedBy", "containsAnyOf"].includes(operator) && !trimmed.startsWith("[")) {
    return trimmed === "" ? [] : trimmed.split(",").map((each) => fromText(each.trim(), property, "eq"))
  }
  if (trimmed === "null" || trimmed === "true" || trimmed === "false") return JSON.parse(trimmed)
  const isNumber = /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(trimmed)
  if (isNumber && property?.type !== "string") return Number(trimmed)
  if (/^["[{]/.test(trimmed)) {
    try { return JSON.parse(trimmed) } catch { return text }
  }
  return text
}
