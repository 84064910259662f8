// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// The filter as a text: JSON with completion, and what is wrong with it, each with its place.

import { close, comboboxAttributes, isOpen, matching, open, steer } from "./completion.js"
import { button, element } from "./elements.js"
import { check } from "./filter-check.js"
import {
  combiners, conditions, filterKeys, operatorsFor, orders, properties, propertyAt, quantifiers, relations, values,
} from "./filter-words.js"
import { around, lay, placeOf, read } from "./json-text.js"

/** The text field. `changed` gets each value that has been written by hand. */
export class FilterText {
  constructor(description, area, problems, changed) {
    Object.assign(this, { description, area, problems, changed, model: undefined, kind: "filter", places: new Map() })
    for (const [name, value] of Object.entries(comboboxAttributes("Filter as JSON"))) area.setAttribute(name, value)
    area.setAttribute("aria-multiline", "true")
    area.addEventListener("input", (event) => {
      // What comes as one line from elsewhere is laid out.
      const pasted = event.inputType === "insertFromPaste" && !area.value.trim().includes("\n") ? read(area.value).value : undefined
      if (pasted !== undefined) area.value = lay(pasted)
      this.#read()
      this.#suggest()
    })
    area.addEventListener("keydown", (event) => this.#key(event))
    area.addEventListener("blur", close)
    // The text moves below the list while it is written, too.
    area.addEventListener("scroll", () => { if (isOpen(area)) this.#suggest(true) })
  }

  /** Shows a value that was made elsewhere. */
  show(value, model, kind) {
    Object.assign(this, { model, kind })
    if (document.activeElement !== this.area) this.area.value = lay(value)
    this.#read(true)
  }

  /** Shows where the service found something wrong. */
  refuse(error) {
    if (typeof error?.path !== "string" || !this.places.has(error.path)) return
    this.#list([{ path: error.path, message: error.message }], "The service: ")
  }

  #read(isSilent = false) {
    const { value, places, error } = read(this.area.value.trim() === "" ? "{}" : this.area.value)
    this.places = places
    this.area.setAttribute("aria-invalid", String(Boolean(error)))
    if (error) {
      this.#list([{ ...error, path: `line ${error.line}, column ${error.column}` }])
      this.changed(undefined)
      return
    }
    this.#list(check(this.description, this.model, value, this.kind))
    if (!isSilent) this.changed(value)
  }

  #list(problems, from = "") {
    this.problems.replaceChildren(...problems.map((problem) => element("li", {},
      button(problem.path || "the filter", () => this.#go(problem), { class: "place", title: "Go there" }),
      ` ${from}${problem.message}`)))
  }

  #go(problem) {
    const place = problem.start === undefined ? placeOf(this.places, problem.path) : { key: problem.start, end: problem.start + 1 }
    this.area.focus()
    this.area.setSelectionRange(place.key, place.end)
  }

  #key(event) {
    if (steer(event, this.area)) return
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault()
      this.#suggest(true)
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      // The next line begins where this one does, deeper behind a bracket.
      const before = this.area.value.slice(0, this.area.selectionStart)
      const indent = /^ */.exec(before.slice(before.lastIndexOf("\n") + 1))[0]
      event.preventDefault()
      this.#insert(`\n${indent}${/[{[]\s*$/.test(before) ? "  " : ""}`)
    }
  }

  // Keeps what can be undone, where the browser can.
  #insert(text) {
    if (!document.execCommand?.("insertText", false, text)) {
      this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end")
      this.area.dispatchEvent(new Event("input"))
    }
  }

  #suggest(isAsked = false) {
    const { area } = this
    const caret = area.selectionStart
    if (caret !== area.selectionEnd) return close()
    const context = around(area.value, caret)
    if (!context.begun && !isAsked) return close()
    const begun = context.begun?.text ?? ""
    const found = matching(this.#options(context, begun), begun)
    open(area, found, this.#caret(context.begun?.start ?? caret), (option) => {
      area.setSelectionRange(context.begun?.start ?? caret, caret)
      const isWord = option.kind === "value" && ["true", "false"].includes(option.value)
      const isBehind = /^"?\s*:/.test(area.value.slice(caret))
      const isClosed = area.value[caret] === "\"" && context.begun
      if (isClosed) area.setSelectionRange(area.selectionStart, caret + 1)
      this.#insert(isWord ? option.value : JSON.stringify(option.value) + (context.isKey && !isBehind ? ": " : ""))
      if (option.value.endsWith(".")) {
        area.setSelectionRange(area.selectionStart - 1, area.selectionStart - 1)
        this.#suggest()
      }
    })
  }

  // Where a place of the text is in the window: each letter is as wide as any other.
  #caret(at) {
    const { area } = this
    const style = getComputedStyle(area)
    const lines = area.value.slice(0, at).split("\n")
    const box = area.getBoundingClientRect()
    this.pen ??= document.createElement("canvas").getContext("2d")
    this.pen.font = style.font
    const height = parseFloat(style.lineHeight)
    const top = box.top + parseFloat(style.paddingTop) + (lines.length - 1) * height - area.scrollTop
    const left = box.left + parseFloat(style.paddingLeft) + this.pen.measureText(lines.at(-1)).width - area.scrollLeft
    return { top, bottom: top + height, left }
  }

  // What can stand at the caret: the way from the outermost brackets to there.
  #options({ stack, isKey }, begun) {
    let at = { kind: this.kind, model: this.model }
    for (const level of stack) {
      if (level === stack.at(-1)) return isKey ? this.#names(at, level) : this.#values(this.#into(at, level), begun)
      at = this.#into(at, level)
    }
    return []
  }

  #into({ kind, model, property, relation }, level) {
    const key = level.key ?? ""
    if (!level.object) return kind === "combined" ? { kind: "where", model } : { kind, model, property }
    const target = (name) => this.description.target(model?.relations.get(name) ?? {})
    switch (kind) {
    case "filter":
      return { kind: key, model }
    case "where":
      if (combiners.has(key)) return { kind: key === "not" ? "where" : "combined", model }
      if (model?.relations.has(key) && !model.properties.has(key)) {
        return { kind: "related", model: target(key), relation: model.relations.get(key) }
      }
      return { kind: "condition", model, property: propertyAt(model, key) }
    case "related": return { kind: "where", model, relation }
    case "include": {
      if (key === "relation" || key === "rel") return { kind: "include", model }
      if (key === "scope") return { kind: "filter", model: target(level.seen.relation ?? level.seen.rel) }
      return { kind: "include", model: target(key) }
    }
    default: return { kind: kind === "condition" ? "operand" : "none", model, property }
    }
  }

  #names({ kind, model, property, relation }, level) {
    const worded = (words) => [...words].map(([value, detail]) => ({ value, detail, kind: "word" }))
    switch (kind) {
    case "filter": return worded(filterKeys).filter((each) => !(each.value in level.seen))
    case "where": return conditions(model)
    case "condition": return worded(operatorsFor(property))
    case "related": return worded(quantifiers(relation))
    case "fields": return properties(model)
    case "include": return [
      ...worded([["relation", "which one"], ["scope", "a filter of its own"], ["count", "how many"]]), ...relations(model),
    ]
    default: return []
    }
  }

  #values({ kind, model, property }, begun) {
    switch (kind) {
    case "order": return orders(this.description, model, begun)
    case "fields": return properties(model)
    case "include": return relations(model)
    case "condition": case "operand": return values(property)
    default: return []
    }
  }
}
