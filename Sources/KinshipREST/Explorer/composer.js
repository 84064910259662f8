// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// The request that is being made: the route, what stands in its path and query, the filter and the body.

import { combobox } from "./completion.js"
import { sample } from "./description.js"
import { byId, element } from "./elements.js"
import { FilterForm } from "./filter-form.js"
import { FilterText } from "./filter-text.js"
import { read } from "./json-text.js"
import { bodyText, isFilter } from "./request.js"

export class Composer {
  /** `changed` is called after each change. */
  constructor(description, changed) {
    Object.assign(this, { description, changed, parameters: {}, filter: {}, body: "", isReadable: true })
    this.form = new FilterForm(description, byId("filter-form"), (value) => {
      this.filter = value
      this.text.show(value, this.about, this.kind)
      this.#mark(true)
    })
    this.text = new FilterText(description, byId("filter-text"), byId("filter-problems"), (value) => {
      if (value !== undefined) {
        this.filter = value
        this.form.show(value, this.about, this.kind)
      }
      this.#mark(value !== undefined)
    })
    const body = byId("body-text")
    body.addEventListener("input", () => this.#bodyChanged())
    byId("body-sample").addEventListener("click", () => {
      body.value = bodyText(sample(description, this.route.body?.schema) ?? {})
      this.#bodyChanged()
      body.focus()
    })
  }

  /** Whether the filter is JSON; while it isn't, the form shows what it was before. */
  #mark(isReadable) {
    this.isReadable = isReadable
    byId("filter-form").classList.toggle("stale", !isReadable)
    this.changed()
  }

  #bodyChanged() {
    this.body = byId("body-text").value
    const { error } = this.body.trim() === "" ? {} : read(this.body)
    byId("body-problem").textContent = error ? `Line ${error.line}, column ${error.column}: ${error.message}.` : ""
    this.changed()
  }

  /** Begins anew with a model's first route, or with the one that has a scope. */
  begin(name, scope) {
    const routes = this.description.routesOf(name)
    this.routes = routes
    const gets = routes.filter((each) => each.method === "GET")
    const first = scope ? gets.find((each) => each.scope === scope && each.word === "") : gets.find((each) => !each.path.includes("{"))
    this.filter = {}
    this.#take(first ?? routes[0])
  }

  #take(route) {
    const isOther = route?.about !== this.route?.about
    this.route = route
    const names = route?.inQuery.map((each) => each.name) ?? []
    const kind = names.includes("filter") ? "filter" : names.includes("where") ? "where" : null
    // Conditions are kept where the same records are asked for in another way.
    if (isOther || !kind) this.filter = {}
    else if (kind === "where" && this.kind === "filter") this.filter = this.filter?.where ?? {}
    else if (kind === "filter" && this.kind === "where") this.filter = Object.keys(this.filter ?? {}).length ? { where: this.filter } : {}
    this.kind = kind
    this.about = route?.about
    this.#showRoute()
    this.#showParameters()
    byId("filter").hidden = kind === null
    byId("body").hidden = !route?.body
    if (isOther) byId("body-text").value = this.body = ""
    byId("body-problem").textContent = ""
    if (kind) {
      this.form.show(this.filter, this.about, kind)
      this.text.show(this.filter, this.about, kind)
    }
    this.#mark(true)
  }

  #showRoute() {
    const { routes, route } = this
    const label = (each) => `${each.method} ${each.path}`
    byId("route").replaceChildren(
      element("span", { class: `method ${route?.method.toLowerCase() ?? ""}`, "aria-hidden": "true" }, route?.method ?? ""),
      combobox({
        label: "Route", text: route ? label(route) : "", id: "route-field", placeholder: "Routes",
        options: () => routes.map((each) => ({
          value: label(each), kind: each.method.toLowerCase(),
          detail: each.summary || each.name.split(".").slice(1).join("."),
        })),
        take: (text) => {
          this.#take(routes.find((each) => label(each) === text))
          byId("parameters").querySelector("input")?.focus()
        },
      }))
    const isRead = ["GET", "HEAD"].includes(route?.method)
    byId("send").textContent = isRead ? "Send" : `Send ${route?.method ?? ""}`
    byId("send").classList.toggle("deletes", route?.method === "DELETE")
    byId("send").disabled = !route
  }

  #showParameters() {
    const { route } = this
    const shown = [...(route?.inPath ?? []), ...(route?.inQuery ?? []).filter((each) => !isFilter(each.name))]
    byId("parameters").replaceChildren(...shown.map(({ name, required, description, schema }) => element("label", {},
      element("span", { class: "name" }, name), element("input", {
        type: "text", autocomplete: "off", spellcheck: "false", value: this.parameters[name] ?? "", "data-parameter": name,
        "aria-required": String(Boolean(required)), title: description, placeholder: schema?.type ?? "",
        on: { input: (event) => { this.parameters[name] = event.target.value; this.changed() } },
      }))))
  }

  /** What lacks before it can be sent. */
  get lack() {
    if (!this.route) return "There is no route."
    const empty = this.route.inPath.find((each) => !this.parameters[each.name]?.trim())
    if (empty) return `A value for “${empty.name}” is missing.`
    if (this.kind && !this.isReadable) return "The filter is no JSON."
    return null
  }

  get parts() {
    const { route, parameters, body } = this
    return { route, parameters, body, filter: this.kind ? this.filter : null }
  }
}
