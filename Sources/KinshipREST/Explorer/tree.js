// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// A value as a tree that opens and closes, however large: only the rows that are seen are made.

import { element } from "./elements.js"
import { Rows } from "./rows.js"

const longest = 400

export class Tree {
  constructor(box) {
    this.box = box
    this.list = []
    this.current = 0
    this.rows = new Rows(box, (index) => this.#row(index))
    this.rows.refocus = () => this.#focus()
    box.addEventListener("keydown", (event) => this.#key(event))
    box.addEventListener("click", (event) => {
      const row = event.target.closest("[role=treeitem]")
      if (!row) return
      this.current = Number(row.dataset.index)
      this.#toggle(this.current)
      this.#focus()
    })
  }

  /** Shows a value. Its outermost rows are open where they are few. */
  show(value) {
    this.list = [{ key: null, value, level: 1, open: false, place: 1, of: 1 }]
    this.current = 0
    this.box.scrollTop = 0
    this.#open(0)
    const first = this.list[1]
    // A short list is shown with its records open, and so is the first record of a long one.
    if (this.list.length <= 12) for (let index = this.list.length - 1; index > 0; index -= 1) this.#open(index)
    if (this.list.length > 12 && first && Array.isArray(value)) this.#open(1)
    this.rows.reset(this.list.length)
  }

  #open(index) {
    const node = this.list[index]
    if (node.open || !isBranch(node.value)) return
    const entries = Array.isArray(node.value) ? node.value.map((each, at) => [at, each]) : Object.entries(node.value)
    const of = entries.length, level = node.level + 1
    const children = entries.map(([key, value], at) => ({ key, value, level, open: false, place: at + 1, of }))
    node.open = true
    this.list = this.list.slice(0, index + 1).concat(children, this.list.slice(index + 1))
  }

  #close(index) {
    const node = this.list[index]
    let end = index + 1
    while (end < this.list.length && this.list[end].level > node.level) end += 1
    node.open = false
    this.list.splice(index + 1, end - index - 1)
  }

  #toggle(index) {
    const node = this.list[index]
    if (!isBranch(node.value)) return this.rows.draw()
    if (node.open) this.#close(index)
    else this.#open(index)
    this.rows.reset(this.list.length)
  }

  #row(index) {
    const { key, value, level, open, place, of } = this.list[index]
    const branch = isBranch(value)
    const row = element("div", {
      class: "row", role: "treeitem", "data-index": index, tabindex: index === this.current ? "0" : "-1",
      "aria-level": level, "aria-posinset": place, "aria-setsize": of, "aria-expanded": branch ? String(open) : null,
      "aria-selected": String(index === this.current),
    }, element("span", { class: "twist", "aria-hidden": "true" }, branch ? (open ? "▾" : "▸") : ""),
    key === null ? null : element("span", { class: typeof key === "number" ? "key position" : "key" }, String(key)),
    key === null ? null : element("span", { class: "colon" }, ": "), branch ? summary(value, open) : leaf(value))
    row.style.paddingLeft = `${(level - 1) * 16 + 6}px`
    return row
  }

  #focus() {
    this.space ??= this.rows.space
    this.space.querySelector("[tabindex='0']")?.focus({ preventScroll: true })
  }

  #key(event) {
    const node = this.list[this.current]
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return
    const last = this.list.length - 1
    const go = (index) => {
      this.current = Math.max(0, Math.min(last, index))
      this.rows.reveal(this.current)
      this.#focus()
    }
    switch (event.key) {
    case "ArrowDown": go(this.current + 1); break
    case "ArrowUp": go(this.current - 1); break
    case "PageDown": go(this.current + 15); break
    case "PageUp": go(this.current - 15); break
    case "Home": go(0); break
    case "End": go(last); break
    case "ArrowRight":
      if (isBranch(node.value) && !node.open) this.#toggle(this.current)
      else if (node.open) go(this.current + 1)
      break
    case "ArrowLeft":
      if (node.open) this.#toggle(this.current)
      else {
        let up = this.current
        while (up > 0 && this.list[up].level >= node.level) up -= 1
        go(up)
      }
      break
    case "Enter": case " ": this.#toggle(this.current); break
    default: return
    }
    event.preventDefault()
    this.#focus()
  }
}

const isExact = (value) => JSON.isRawJSON?.(value) === true
const isBranch = (value) => value !== null && typeof value === "object" && !isExact(value)

// What a list or an object is, in short.
function summary(value, open) {
  if (Array.isArray(value)) return element("span", { class: "summary" }, `[${value.length === 1 ? "1 value" : `${value.length} values`}]`)
  const keys = Object.keys(value)
  if (open) return element("span", { class: "summary" }, `{${keys.length}}`)
  const shown = keys.filter((key) => !isBranch(value[key])).slice(0, 4).map((key) => `${key}: ${short(value[key])}`)
  return element("span", { class: "summary" }, `{ ${shown.join(", ")}${keys.length > shown.length ? " …" : ""} }`)
}

const short = (value) => {
  const text = isExact(value) ? value.rawJSON : typeof value === "string" ? value : JSON.stringify(value)
  return text.length > 28 ? `${text.slice(0, 27)}…` : text
}

function leaf(value) {
  if (isExact(value)) return element("span", { class: "number" }, value.rawJSON)
  if (typeof value !== "string") return element("span", { class: value === null ? "null" : typeof value }, String(value))
  const text = value.length > longest ? `${value.slice(0, longest)}… (${value.length.toLocaleString("en")} characters)` : value
  return element("span", { class: "string" }, `"${text}"`)
}
