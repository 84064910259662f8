// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// The left side: the graph, and what the chosen model has.

import { combobox } from "./completion.js"
import { button, byId, element } from "./elements.js"
import { Graph } from "./graph.js"
import { leadsTo } from "./filter-words.js"

export class Models {
  /** `choose` gets a model's name, `ask` the name of a scope to ask for. */
  constructor(description, choose, ask) {
    Object.assign(this, { description, choose, ask })
    this.graph = new Graph(description, byId("graph"), choose)
    byId("finder").replaceChildren(combobox({
      label: "Go to a model", placeholder: "Go to…", clears: true, id: "go", title: "Key: /",
      options: () => [...description.models.values()].map((each) => ({ value: each.name, detail: each.path ?? "", kind: "relation" })),
      take: choose,
    }))
  }

  show(name) {
    const model = this.description.models.get(name)
    this.graph.show(name)
    const properties = [...model.properties.values()].map((each) => element("tr", {},
      element("th", { scope: "row" }, each.name),
      element("td", {}, each.detail, each.isKey ? element("span", { class: "tag" }, "key") : null)))
    const relations = [...model.relations.values()].map((relation) => element("li", {},
      element("span", { class: "name" }, relation.name), element("span", { class: "detail" }, ` ${relation.kind} `),
      ...relation.models.filter((each) => this.description.models.has(each)).map((target) =>
        button(`${target} →`, () => this.choose(target), { class: "link", "aria-label": `Go to ${target}, by ${relation.name}` })),
      relation.models.length ? null : leadsTo(relation)))
    const scopes = model.scopes.map((scope) => element("li", {},
      button(scope, () => this.ask(scope), { class: "chip", "aria-label": `Ask for the scope ${scope}` })))
    byId("model").replaceChildren(
      element("h3", { id: "model-name" }, model.name, element("span", { class: "detail" }, ` ${model.path ?? "no routes"}`)),
      part("Relations", relations, "ul"), part("Scopes", scopes, "ul"), part("Properties", properties, "table"))
  }
}

function part(name, contents, kind) {
  if (contents.length === 0) return ""
  return element("div", { class: `part ${name.toLowerCase()}` },
    element("h4", {}, name), element(kind, { "aria-label": name }, ...contents))
}
