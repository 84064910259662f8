// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// The answer: its status, the tree, the JSON, and the plan.

import { byId, element } from "./elements.js"
import { Rows } from "./rows.js"
import { Tree } from "./tree.js"

export class Answer {
  constructor() {
    this.tree = new Tree(byId("tree"))
    this.lines = []
    this.rows = new Rows(byId("json"), (index) => element("div", { class: "row" }, this.lines[index].slice(0, 5000)))
    byId("tree").hidden = true
    byId("note").textContent = "Nothing has been asked yet. Ctrl+Enter sends the request."
  }

  /** Says that it is waited for. */
  wait() {
    byId("status").replaceChildren(element("span", { class: "detail" }, "waiting…"))
    byId("answer").setAttribute("aria-busy", "true")
  }

  /** Shows what came: a status, a text, and how long it took; or why nothing came. */
  show({ status, reason, text, time, failure, route }) {
    byId("answer").removeAttribute("aria-busy")
    this.text = text ?? ""
    this.value = undefined
    this.laidOut = null
    if (failure) {
      byId("status").replaceChildren(element("span", { class: "code-5" }, "no answer"))
      return this.#note(failure)
    }
    try { this.value = parse(this.text) } catch { /* It is shown as the text that it is. */ }
    const bytes = new Blob([this.text]).size
    const records = Array.isArray(this.value) ? this.value : Array.isArray(this.value?.rows) ? this.value.rows : null
    byId("status").replaceChildren(
      element("span", { class: `code-${Math.floor(status / 100)}` }, `${status} ${reason}`.trim()),
      element("span", {}, ` ${time < 10 ? time.toFixed(1) : Math.round(time)} ms`), element("span", {}, ` ${size(bytes)}`),
      records ? element("span", {}, ` ${records.length === 1 ? "1 record" : `${records.length} records`}`) : null ?? "")
    if (this.text === "") this.#note(route.method === "HEAD" || status === 204 ? "The answer has no body." : "The answer is empty.")
    else if (this.value === undefined) this.#note(this.text.slice(0, 20000))
    else {
      byId("note").textContent = status >= 400 && this.value?.error?.message ? this.value.error.message : ""
      byId("tree").hidden = false
      this.tree.show(this.value)
    }
    this.laid()
  }

  #note(text) {
    byId("note").textContent = text
    byId("tree").hidden = true
  }

  /** Lays the JSON out, once it is looked at. */
  laid() {
    if (byId("panel-json").hidden || this.laidOut !== null || this.text === undefined) return
    this.laidOut = this.value === undefined ? this.text : JSON.stringify(this.value, null, 2)
    this.lines = this.laidOut.split("\n")
    byId("json").scrollTop = 0
    this.rows.reset(this.lines.length)
  }

  /** The whole as a text. */
  get copied() { return this.value === undefined ? this.text ?? "" : JSON.stringify(this.value, null, 2) }
}

// Numbers that JavaScript can't hold are kept as they were written, where the browser can.
function parse(text) {
  if (!JSON.rawJSON || !/\d{16}|\d\.\d{15}/.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_, value, context) =>
    typeof value === "number" && context?.source !== undefined && String(value) !== context.source ? JSON.rawJSON(context.source) : value)
}

const size = (bytes) => (bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`)

/** The plan of a filter: a picture, and the text that says the same. */
export class Plan {
  constructor(headers) { this.headers = headers; this.asked = null }

  /** Whether the service shows plans to who asks. */
  async isOffered(model) {
    try {
      const response = await this.#fetch(model, {})
      return response.ok || response.status === 400
    } catch { return false }
  }

  #fetch(model, filter) {
    return fetch(`plan/${encodeURIComponent(model)}?filter=${encodeURIComponent(JSON.stringify(filter))}`, { headers: this.headers() })
  }

  /** Shows the plan of a filter, unless it is shown already. */
  async show(model, filter) {
    const box = byId("plan")
    const asked = JSON.stringify([model, filter, this.headers()])
    if (asked === this.asked) return
    this.asked = asked
    box.setAttribute("aria-busy", "true")
    const made = await this.#made(model, filter).catch((error) => [element("p", { class: "problem" }, error.message)])
    if (asked !== this.asked) return
    box.removeAttribute("aria-busy")
    box.replaceChildren(...made)
  }

  async #made(model, filter) {
    const response = await this.#fetch(model, filter)
    const answer = await response.json()
    if (!response.ok) throw new Error(answer?.error?.message ?? `The plan can't be shown (${response.status}).`)
    // As a picture it can neither run anything nor fetch anything.
    const picture = element("img", {
      alt: "The statements of the plan; the text below says the same",
      src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(answer.svg)}`,
    })
    const text = element("details", { "aria-label": "Plan as text" },
      element("summary", {}, "As text"), element("pre", { class: "code" }, answer.text))
    return [picture, text]
  }
}
