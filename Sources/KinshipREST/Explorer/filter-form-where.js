// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Conditions as rows of the form: a property, an operator and a value; a relation and conditions on what it leads to; and groups.

import { combobox } from "./completion.js"
import { element, removeButton } from "./elements.js"
import {
  combiners, conditions, fromText, isQuantifier, leadsTo, operatorsFor, properties, propertyAt, quantifiers, toText, values,
} from "./filter-words.js"

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value)
const lists = ["inq", "nin", "containedBy", "containsAnyOf"]

export class Conditions {
  constructor(description) { this.description = description }

  /** The rows of the conditions in a slot, and a field to add more. */
  list(model, slot, path, commit) {
    const value = slot.get()
    if (value !== undefined && value !== null && !isObject(value)) return kept(slot, path, commit)
    const rows = Object.keys(value ?? {}).flatMap((key) => this.#member(model, value, key, `${path}.${key}`, path, (focus) => {
      if (Object.keys(slot.get() ?? {}).length === 0 && !slot.keepsEmpty) slot.set(undefined)
      commit(focus)
    }))
    return [...rows, combobox({
      label: `Condition on ${model?.name ?? "records"}`, placeholder: "+ condition", clears: true, "data-at": `${path}.add`, class: "add",
      options: () => conditions(model),
      take: (name) => {
        const made = slot.get() ?? {}
        const focus = this.#add(model, made, name, path)
        slot.set(made)
        commit(focus)
      },
    })]
  }

  #add(model, value, name, path) {
    const place = `${path}.${name}`
    const property = propertyAt(model, name)
    const relation = model?.relations.get(name)
    if (property) {
      if (!Object.hasOwn(value, name)) value[name] = initial(property)
      else {
        if (!isObject(value[name])) value[name] = { eq: value[name] }
        const [unused] = operatorsFor(property).find(([word]) => !Object.hasOwn(value[name], word)) ?? ["eq"]
        value[name][unused] = adapt(initial(property), unused, property)
        return `${place}.${unused}.operator`
      }
      return `${place}.eq.operator`
    }
    if (relation) {
      const [word] = quantifiers(relation).find(([each]) => !Object.hasOwn(value[name] ?? {}, each)) ?? ["some"]
      value[name] = { ...value[name], [word]: {} }
      return `${place}.${word}.add`
    }
    if (name === "not") { value.not ??= {}; return `${place}.add` }
    value[name] = [...(value[name] ?? []), {}]
    return `${place}[${value[name].length - 1}].add`
  }

  #member(model, value, key, place, path, commit) {
    const part = value[key]
    if (combiners.has(key) && !model?.properties.has(key)) return [this.#group(model, value, key, place, path, commit)]
    const relation = model?.relations.get(key)
    if (relation && !model.properties.has(key) && isObject(part)) {
      return Object.keys(part).map((word) => this.#related(relation, value, key, word, `${place}.${word}`, path, commit))
    }
    const property = propertyAt(model, key) ?? { name: key, type: "any" }
    if (!isObject(part) || Object.keys(part).length === 0) return [this.#row(model, property, value, key, null, place, path, commit)]
    return Object.keys(part).map((word) => this.#row(model, property, value, key, word, place, path, commit))
  }

  // One property, one operator; `word` is null where the value stands alone.
  #row(model, property, value, key, word, place, path, commit) {
    const operator = word ?? "eq"
    const at = `${place}.${operator}`
    const get = () => (word === null ? value[key] : value[key][word])
    const set = (made) => { if (word === null) value[key] = made; else value[key][word] = made }
    const remove = () => {
      if (word !== null) delete value[key][word]
      if (word === null || Object.keys(value[key]).length === 0) delete value[key]
    }
    return element("div", { class: "row" },
      combobox({
        label: "Property", text: key, class: "name", options: () => properties(model),
        take: (name) => {
          if (Object.hasOwn(value, name)) return commit(`${at}.operator`)
          rename(value, key, name)
          commit(`${path}.${name}.${operator}.operator`)
        },
      }),
      combobox({
        label: `Operator of ${key}`, text: operator, class: "operator", "data-at": `${at}.operator`,
        options: () => operatorsFor(property).map(([name, detail]) => ({ value: name, detail, kind: "word" })),
        take: (name) => {
          const made = adapt(get(), name, property)
          if (word === null) value[key] = name === "eq" ? made : { [name]: made }
          else if (name === word) set(made)
          else if (!Object.hasOwn(value[key], name)) { rename(value[key], word, name); value[key][name] = made }
          if (isObject(value[key]) && Object.keys(value[key]).join() === "eq" && !isObject(made)) value[key] = made
          commit(`${place}.${name}.value`)
        },
      }),
      combobox({
        label: `Value of ${key}`, text: toText(get(), property), free: true, class: "value", "data-at": `${at}.value`,
        placeholder: lists.includes(operator) ? "a, b, c" : "value",
        title: "null, true, numbers and JSON are taken as such; put a text that looks like one in quotes",
        options: () => (operator === "exists" ? values({ type: "boolean" }) : lists.includes(operator) ? [] : values(property)),
        take: (text) => { set(fromText(text, property, operator)); commit() },
      }),
      removeButton(`condition on ${key}`, () => { remove(); commit(`${path}.add`) }))
  }

  #related(relation, value, key, word, place, path, commit) {
    const inner = value[key]
    const slot = { get: () => inner[word], set: (made) => { inner[word] = made ?? {} }, keepsEmpty: true }
    return element("div", { class: "group" },
      element("div", { class: "row" },
        element("span", { class: "name" }, key), element("span", { class: "detail" }, leadsTo(relation)),
        combobox({
          label: `How ${key} is asked about`, text: word, class: "operator", "data-at": `${place}.word`,
          options: () => quantifiers(relation).map(([name, detail]) => ({ value: name, detail, kind: "word" })),
          take: (name) => { if (!Object.hasOwn(inner, name)) rename(inner, word, name); commit(`${path}.${key}.${name}.add`) },
        }),
        removeButton(`condition on ${key}`, () => {
          delete inner[word]
          if (Object.keys(inner).length === 0) delete value[key]
          commit(`${path}.add`)
        })),
      element("div", { role: "group", "aria-label": `${key} ${word}`, class: "nested" },
        ...(inner[word] === null || !isQuantifier(word) ? [element("span", { class: "detail" }, JSON.stringify(inner[word]))]
          : this.list(this.description.target(relation), slot, place, commit))))
  }

  #group(model, value, key, place, path, commit) {
    const part = value[key]
    const head = element("div", { class: "row" },
      element("span", { class: "name word" }, key), element("span", { class: "detail" }, combiners.get(key)),
      removeButton(key, () => { delete value[key]; commit(`${path}.add`) }))
    if (key === "not") {
      const slot = { get: () => value.not, set: (made) => { value.not = made ?? {} }, keepsEmpty: true }
      const nested = { class: "nested", role: "group", "aria-label": "not" }
      return element("div", { class: "group" }, head, element("div", nested, ...this.list(model, slot, place, commit)))
    }
    if (!Array.isArray(part)) return element("div", { class: "group" }, head, element("span", { class: "detail" }, JSON.stringify(part)))
    const branches = part.map((_, index) => {
      const slot = { get: () => part[index], set: (made) => { part[index] = made ?? {} }, keepsEmpty: true }
      return element("div", { class: "nested", role: "group", "aria-label": `${key}, ${index + 1} of ${part.length}` },
        ...this.list(model, slot, `${place}[${index}]`, (focus) => commit(focus)),
        removeButton(`branch ${index + 1}`, () => {
          part.splice(index, 1)
          if (part.length === 0) delete value[key]
          commit(`${path}.add`)
        }))
    })
    const more = combobox({
      label: `One more of ${key}`, placeholder: `+ ${key}`, clears: true, class: "add", "data-at": `${place}.add`,
      options: () => conditions(model),
      take: (name) => {
        part.push({})
        const focus = this.#add(model, part.at(-1), name, `${place}[${part.length - 1}]`)
        commit(focus)
      },
    })
    return element("div", { class: "group" }, head, ...branches, more)
  }
}

/** What is written in a way that the form has no fields for. */
export function kept(slot, path, commit) {
  return [element("span", { class: "chip" }, element("span", { class: "detail" }, JSON.stringify(slot.get())),
    removeButton("this", () => { slot.set(undefined); commit(`${path}.add`) }))]
}

/** What a new condition compares with. */
function initial(property) {
  if (property.values?.length) return property.values[0]
  if (["date-time", "date"].includes(property.detail)) return new Date().toISOString().slice(0, 10)
  return { string: "", number: 0, integer: 0, boolean: true, array: [] }[property.type] ?? null
}

/** A value made fit for another operator. */
function adapt(value, operator, property) {
  if (operator === "exists") return typeof value === "boolean" ? value : true
  if (operator === "between") return Array.isArray(value) && value.length === 2 ? value : [value, value].flat().slice(0, 2)
  if (lists.includes(operator)) return Array.isArray(value) ? value : value === "" ? [] : [value]
  if (Array.isArray(value) && property.type !== "array") return value[0] ?? initial(property)
  return value
}

/** Gives a member another name, at its place. */
function rename(object, from, to) {
  for (const [key, value] of Object.entries(object)) {
    delete object[key]
    object[key === from ? to : key] = value
  }
}
