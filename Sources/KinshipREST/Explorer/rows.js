// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Long lists of rows of the same height, of which only those that are seen are in the page.

import { element } from "./elements.js"

const height = 22
// No browser makes a page higher than some 30 million points.
const most = 1_000_000

export class Rows {
  /** Rows in a box that scrolls; `make` gives the element of a row by its index. */
  constructor(box, make) {
    Object.assign(this, { box, make, count: 0 })
    this.space = element("div", { class: "rows", role: "presentation" })
    box.replaceChildren(this.space)
    box.addEventListener("scroll", () => this.#later())
    new ResizeObserver(() => this.#later()).observe(box)
  }

  /** Shows so many rows anew. */
  reset(count) {
    this.count = Math.min(count, most)
    this.space.style.height = `${this.count * height}px`
    this.draw()
  }

  #later() {
    this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw() })
  }

  draw() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / height) - 10)
    const last = Math.min(this.count, Math.ceil((this.box.scrollTop + (this.box.clientHeight || 400)) / height) + 10)
    const made = []
    for (let index = first; index < last; index += 1) {
      const row = this.make(index)
      row.style.top = `${index * height}px`
      made.push(row)
    }
    const had = this.space.contains(document.activeElement)
    this.space.replaceChildren(...made)
    if (had) this.refocus?.()
  }

  /** Scrolls until a row is seen. */
  reveal(index) {
    const top = index * height
    if (top < this.box.scrollTop) this.box.scrollTop = top
    else if (top + height > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = top + height - this.box.clientHeight
    this.draw()
  }
}
