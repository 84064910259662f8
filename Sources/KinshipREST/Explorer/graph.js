// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// The graph of the models, to be walked: by the mouse, or by the arrows and Enter. Wheel and dragging show more or less of it.

import { element, rove, shape } from "./elements.js"
import { heightOf, place, widthOf } from "./graph-layout.js"

/** From so many models on only those around the chosen one are shown. */
const many = 40

export class Graph {
  /** Draws into a figure; `choose` gets the name of the model that is gone to. */
  constructor(description, root, choose) {
    Object.assign(this, { description, root, choose, isWhole: description.models.size <= many })
    root.addEventListener("keydown", (event) => this.#key(event))
    root.addEventListener("wheel", (event) => this.#zoom(event), { passive: false })
    root.addEventListener("pointerdown", (event) => this.#drag(event))
    root.addEventListener("dblclick", () => this.#frame())
    new ResizeObserver(() => this.#frame()).observe(root)
  }

  /** Shows a model as the chosen one. */
  show(name) {
    const had = this.root.contains(document.activeElement)
    const isNew = !this.isWhole || !this.places
    this.name = name
    if (isNew) this.places = place(...this.#part(), { width: this.root.clientWidth - 44, height: this.root.clientHeight - 90 })
    this.#draw()
    if (isNew) this.#frame()
    if (had) this.#nodes().find((node) => node.dataset.model === name)?.focus()
  }

  // The names that are shown, and their ties.
  #part() {
    const { models } = this.description
    let names = [...models.keys()]
    const ties = this.#ties()
    if (!this.isWhole) {
      const near = new Set([this.name])
      for (let step = 0; step < 2; step += 1) {
        for (const { one, other } of ties.filter((tie) => near.has(tie.one) !== near.has(tie.other))) {
          if (near.size < many && (step === 1 || one === this.name || other === this.name)) near.add(one).add(other)
        }
      }
      names = names.filter((each) => near.has(each))
    }
    return [names, ties.map(({ one, other }) => [one, other])]
  }

  // Each pair of models once, with the relations between them.
  #ties() {
    const found = new Map()
    for (const model of this.description.models.values()) {
      for (const relation of model.relations.values()) {
        for (const target of relation.models.filter((each) => this.description.models.has(each))) {
          const [one, other] = [model.name, target].sort()
          const key = JSON.stringify([one, other])
          const tie = found.get(key) ?? { one, other, relations: [] }
          tie.relations.push({ ...relation, from: model.name, to: target })
          found.set(key, tie)
        }
      }
    }
    return [...found.values()]
  }

  #draw() {
    const ties = this.#ties().filter(({ one, other }) => this.places.has(one) && this.places.has(other))
    const own = ties.filter(({ one, other }) => one === this.name || other === this.name)
    const near = new Set(own.flatMap(({ one, other }) => [one, other]))
    const edges = ties.map((tie) => this.#edge(tie))
    const nodes = [...this.places].map(([name, at]) => {
      const model = this.description.models.get(name)
      const kind = name === this.name ? "node chosen" : near.has(name) ? "node near" : "node"
      return shape("g", {
        class: kind, role: "button", "data-model": name, "aria-pressed": String(name === this.name),
        "aria-label": `${name}, ${model.properties.size} properties, ${model.relations.size} relations`,
        transform: `translate(${at.x} ${at.y})`, on: { click: () => { if (!this.dragged) this.choose(name) } },
      }, shape("rect", { x: -widthOf(name) / 2, y: -heightOf / 2, width: widthOf(name), height: heightOf, rx: 9 }),
      shape("text", { y: 5 }, name))
    })
    this.svg = shape("svg", { role: "group", "aria-label": "Models and their relations" },
      shape("g", { "aria-hidden": "true" }, ...edges.map(([line]) => line)), ...nodes,
      shape("g", { "aria-hidden": "true", class: "names" }, ...edges.flatMap(([, names]) => names)))
    if (this.view) this.#look(this.view)
    const hint = this.isWhole ? "" : `Around ${this.name}: ${this.places.size} of ${this.description.models.size} models`
    this.root.replaceChildren(this.svg, element("p", { class: "hint" }, hint))
    rove(this.#nodes(), this.#nodes().find((node) => node.dataset.model === this.name) ?? this.#nodes()[0])
  }

  // A line with a foot where there are many, and the names of the chosen model's relations at the far ends.
  #edge({ one, other, relations }) {
    const from = this.places.get(one), to = this.places.get(other)
    const isNear = one === this.name || other === this.name
    const kind = isNear ? "edge near" : "edge"
    if (one === other) {
      const x = from.x + from.width / 2 - 12, y = from.y - heightOf / 2
      return [shape("path", { class: kind, d: `M${x - 18} ${y}C${x - 22} ${y - 34} ${x + 26} ${y - 34} ${x + 6} ${y}` }),
        isNear ? [shape("text", { x, y: y - 30 }, relations.map((each) => each.name).join(", "))] : []]
    }
    const start = border(from, to), end = border(to, from)
    const feet = relations.filter((each) => each.many)
      .map((each) => (each.to === other ? foot(end, start) : foot(start, end)))
    const names = isNear ? relations.filter((each) => each.from === this.name).map((each, index) => {
      const [near, far] = each.to === other ? [start, end] : [end, start]
      return shape("text", { x: near.x + (far.x - near.x) * 0.5, y: near.y + (far.y - near.y) * 0.5 + 4 + index * 14 }, each.name)
    }) : []
    return [shape("path", { class: kind, d: `M${start.x} ${start.y}L${end.x} ${end.y}${feet.join("")}` }), names]
  }

  #nodes() { return [...this.root.querySelectorAll(".node")] }

  // MARK: Keys

  #key(event) {
    const nodes = this.#nodes()
    const current = nodes.find((node) => node === document.activeElement)
    if (!current) return
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault()
      return this.choose(current.dataset.model)
    }
    const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }
    const way = ways[event.key]
    if (!way) return
    event.preventDefault()
    const from = this.places.get(current.dataset.model)
    let best = null, least = Infinity
    for (const node of nodes) {
      const to = this.places.get(node.dataset.model)
      const along = (to.x - from.x) * way[0] + (to.y - from.y) * way[1]
      const aside = Math.abs((to.x - from.x) * way[1]) + Math.abs((to.y - from.y) * way[0])
      if (along > 1 && along + aside * 2 < least) { best = node; least = along + aside * 2 }
    }
    if (!best) return
    rove(nodes, best)
    best.focus()
  }

  // MARK: What is seen of it

  #frame() {
    if (!this.svg || !this.places) return
    const all = [...this.places.values()]
    const left = Math.min(...all.map((at) => at.x - at.width / 2)) - 16
    const right = Math.max(...all.map((at) => at.x + at.width / 2)) + 16
    const top = Math.min(...all.map((at) => at.y)) - heightOf - 8
    const bottom = Math.max(...all.map((at) => at.y)) + heightOf + 8
    // Not larger than the letters of the page are.
    const width = Math.max(right - left, this.root.clientWidth * 0.9), height = Math.max(bottom - top, this.root.clientHeight * 0.9)
    this.#look({ x: (left + right - width) / 2, y: (top + bottom - height) / 2, width, height })
  }

  #look(view) {
    this.view = view
    this.svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`)
  }

  #zoom(event) {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) return
    event.preventDefault()
    const { x, y, width, height } = this.view
    const by = Math.exp(Math.max(-50, Math.min(50, event.deltaY)) * 0.005)
    this.#look({ x: x + (width * (1 - by)) / 2, y: y + (height * (1 - by)) / 2, width: width * by, height: height * by })
  }

  #drag(event) {
    this.dragged = false
    if (event.button !== 0) return
    const start = { ...this.view }
    const scale = Math.max(start.width / this.root.clientWidth, start.height / this.root.clientHeight)
    const move = (to) => {
      const x = to.clientX - event.clientX, y = to.clientY - event.clientY
      if (Math.hypot(x, y) > 4) this.dragged = true
      if (this.dragged) this.#look({ ...start, x: start.x - x * scale, y: start.y - y * scale })
    }
    addEventListener("pointermove", move)
    addEventListener("pointerup", () => removeEventListener("pointermove", move), { once: true })
  }
}

/** Where the line from one box to another leaves it. */
function border(from, to) {
  const x = to.x - from.x, y = to.y - from.y
  const part = Math.min((from.width / 2 + 3) / Math.abs(x || 1e-6), (heightOf / 2 + 3) / Math.abs(y || 1e-6))
  return { x: from.x + x * part, y: from.y + y * part }
}

/** The foot of a line at its end. */
function foot(end, start) {
  const length = Math.hypot(end.x - start.x, end.y - start.y) || 1
  const x = (end.x - start.x) / length, y = (end.y - start.y) / length
  const heel = { x: end.x - x * 10, y: end.y - y * 10 }
  return `M${heel.x} ${heel.y}L${end.x - y * 6} ${end.y + x * 6}M${heel.x} ${heel.y}L${end.x + y * 6} ${end.y - x * 6}`
}
