// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What can be told of a filter without asking the service: names that aren't there, and values of the wrong kind. The service
// checks all of it; this is so that a mistake shows while it is written.

import { combiners, filterKeys, isQuantifier, operators, propertyAt, quantifiers } from "./filter-words.js"

/** What is wrong, each with its `path` and a `message`. */
export function check(description, model, value, kind = "filter") {
  const found = []
  const checker = new Checker(description, (path, message) => { if (found.length < 20) found.push({ path, message }) })
  if (kind === "where") checker.where(model, value, "")
  else checker.filter(model, value, "", true)
  return found
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value)
const join = (path, name) => (path === "" ? name : `${path}.${name}`)

class Checker {
  constructor(description, report) {
    this.description = description
    this.report = report
  }

  filter(model, value, path, isRoot = false) {
    if (value === null) return
    if (!isObject(value)) return this.report(path, "A filter is an object.")
    for (const [key, part] of Object.entries(value)) {
      const place = join(path, key)
      if (!filterKeys.has(key)) { this.report(place, `A filter has no “${key}”.`); continue }
      if (!isRoot && ["page", "distinct"].includes(key)) { this.report(place, `“${key}” is for the outermost filter.`); continue }
      if (key === "where") this.where(model, part, place)
      else if (key === "order") this.order(model, part, place)
      else if (key === "fields") this.fields(model, part, place)
      else if (key === "include") this.include(model, part, place)
      else if (["limit", "skip", "offset"].includes(key)) this.count(part, place)
    }
  }

  count(value, path) {
    if (value === null || value === "") return
    if (!/^\d+$/.test(String(value))) this.report(path, "A whole number of at least 0 is due here.")
  }

  where(model, value, path) {
    if (value === null && path === "where") return
    if (!isObject(value)) return this.report(path, "Conditions are an object.")
    for (const [key, part] of Object.entries(value)) {
      const place = join(path, key)
      if (combiners.has(key) && !model?.properties.has(key)) this.combined(model, key, part, place)
      else this.condition(model, key, part, place)
    }
  }

  combined(model, key, value, path) {
    if (key === "not") return this.where(model, value, path)
    if (!Array.isArray(value)) return this.report(path, `“${key}” is a list of conditions.`)
    if (value.length === 0 && key !== "and") this.report(path, `“${key}” has no condition yet.`)
    value.forEach((each, index) => this.where(model, each, `${path}[${index}]`))
  }

  condition(model, name, value, path) {
    const relation = model?.relations.get(name)
    if (relation && !model.properties.has(name)) return this.related(relation, value, path)
    if (model && !propertyAt(model, name)) return this.report(path, `${model.name} has no property “${name}”.`)
    if (isObject(value)) this.operators(value, path)
  }

  operators(value, path) {
    if (Object.keys(value).length === 0) this.report(path, "An operator is missing.")
    for (const [operator, operand] of Object.entries(value)) {
      const place = join(path, operator)
      if (!operators.has(operator)) this.report(place, `There is no operator “${operator}”.`)
      else if (["inq", "nin"].includes(operator) && !Array.isArray(operand)) this.report(place, `“${operator}” takes a list.`)
      else if (operator === "between" && operand?.length !== 2) this.report(place, "“between” takes a list of two.")
      else if (operator === "exists" && typeof operand !== "boolean") this.report(place, "“exists” takes true or false.")
    }
  }

  related(relation, value, path) {
    if (!isObject(value) || Object.keys(value).length === 0) {
      return this.report(path, `A relation is asked about with ${quantifiers(relation).map(([word]) => `“${word}”`).join(" or ")}.`)
    }
    for (const [word, conditions] of Object.entries(value)) {
      const place = join(path, word)
      if (!quantifiers(relation).some(([known]) => known === word)) {
        this.report(place, isQuantifier(word) ? `“${word}” is not for this kind of relation.` : `A relation has no “${word}”.`)
      } else if (conditions !== null || relation.many) {
        this.where(this.description.target(relation), conditions, place)
      }
    }
  }

  order(model, value, path) {
    const terms = Array.isArray(value) ? value : typeof value === "string" ? value.split(",") : null
    if (value === null) return
    if (!terms) return this.report(path, "An order is a text, or a list of texts.")
    terms.forEach((term, index) => {
      const place = Array.isArray(value) ? `${path}[${index}]` : path
      if (typeof term !== "string") return this.report(place, "An order is a text.")
      const [, name, rest] = /^\s*(\S*)\s*(.*?)\s*$/.exec(term)
      if (!/^((asc|desc)\b)?\s*(nulls\s+(first|last))?$/i.test(rest)) this.report(place, `“${rest}” is neither ASC nor DESC.`)
      else if (name && model && !this.#leads(model, name)) this.report(place, `${model.name} can't be ordered by “${name}”.`)
    })
  }

  #leads(model, name) {
    const [first, ...others] = name.split(".")
    if (propertyAt(model, name)) return true
    const relation = model.relations.get(first)
    if (!relation || others.length === 0) return false
    const target = this.description.target(relation)
    return relation.many || !target || this.#leads(target, others.join("."))
  }

  fields(model, value, path) {
    const known = (name) => !model || model.properties.has(name) || model.relations.has(name)
    if (typeof value === "string") value = [value]
    if (Array.isArray(value)) {
      value.forEach((name, index) => {
        if (!known(name)) this.report(`${path}[${index}]`, `${model.name} has no property “${name}”.`)
      })
    } else if (isObject(value)) {
      for (const name of Object.keys(value).filter((each) => !known(each))) {
        this.report(join(path, name), `${model.name} has no property “${name}”.`)
      }
    } else if (value !== null) this.report(path, "Fields are names, or an object of true and false.")
  }

  include(model, value, path) {
    if (value === null || value === "") return
    if (typeof value === "string") return void this.relation(model, value, path)
    if (Array.isArray(value)) return value.forEach((each, index) => this.include(model, each, `${path}[${index}]`))
    if (!isObject(value)) return this.report(path, "An include is a name, an object, or a list of these.")
    const key = "relation" in value ? "relation" : "rel" in value ? "rel" : null
    if (!key) {
      for (const [name, inner] of Object.entries(value)) {
        const relation = this.relation(model, name, join(path, name))
        if (relation && typeof inner !== "boolean") this.include(this.description.target(relation), inner, join(path, name))
      }
      return
    }
    const relation = this.relation(model, value[key], join(path, key))
    if (!relation || value.scope === undefined) return
    const scope = join(path, "scope")
    this.filter(this.description.target(relation), value.scope, scope)
    if (!relation.many && isObject(value.scope) && value.scope.limit) {
      this.report(join(scope, "limit"), "A relation to one record has no limit.")
    }
  }

  relation(model, name, path) {
    if (!model) return undefined
    const relation = typeof name === "string" ? model.relations.get(name) : undefined
    if (!relation) this.report(path, `${model.name} has no relation “${name}”.`)
    return relation
  }
}
