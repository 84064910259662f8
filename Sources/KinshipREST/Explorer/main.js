// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// The page: reads what the service says of itself, and puts the parts together.

import { Answer, Plan } from "./answer.js"
import { Composer } from "./composer.js"
import { Description } from "./description.js"
import { announce, byId, copy, tabs } from "./elements.js"
import { Models } from "./models.js"
import { address, curl, request, swift } from "./request.js"
import { theme, token } from "./settings.js"

class Page {
  constructor(description) {
    this.description = description
    const headers = () => (token.value ? { Authorization: token.value } : {})
    this.answer = new Answer()
    this.plan = new Plan(headers)
    this.composer = new Composer(description, () => this.#changed())
    this.models = new Models(description, (name) => this.go(name), (scope) => this.composer.begin(this.name, scope))
    this.chooseTab = tabs(byId("tabs"), (name) => { this.tab = name; this.#shown() })
    this.chooseTab("tree")
    byId("send").addEventListener("click", () => this.send())
    byId("copy").addEventListener("click", (event) => copy(this.#text(), event.currentTarget))
    addEventListener("keydown", (event) => this.#key(event))
    addEventListener("hashchange", () => this.#follow())
    token.changed = () => {
      this.#changed()
      clearTimeout(this.asking)
      this.asking = setTimeout(() => this.#offerPlans(), 400)
    }
    byId("base").textContent = description.address
    this.#follow()
    this.#offerPlans()
  }

  // The part behind the # says which model is shown, so that the browser's own keys go back and forth.
  #follow() {
    let name = ""
    try { name = decodeURIComponent(location.hash.slice(1)) } catch { /* Somebody else's. */ }
    const { models } = this.description
    if (!models.has(name)) name = this.name ?? [...models.values()].find((each) => each.path)?.name ?? models.keys().next().value
    if (name === undefined || name === this.name) return
    this.name = name
    document.title = `${name} · Kinship Explorer`
    this.models.show(name)
    this.composer.begin(name)
  }

  go(name) {
    location.hash = encodeURIComponent(name)
    announce(`Model ${name}`)
  }

  async #offerPlans() {
    byId("tab-plan").hidden = this.description.plans === false || !(await this.plan.isOffered(this.name))
    if (byId("tab-plan").hidden && this.tab === "plan") this.chooseTab("tree")
  }

  // MARK: What is to be asked

  get #request() { return request(this.description, { ...this.composer.parts, token: token.value }) }

  #changed() {
    if (!this.composer.route) return
    byId("curl").textContent = curl(this.#request)
    byId("swift").textContent = swift(this.description, this.composer.parts) ?? "// This route has no call of its own in Swift."
    clearTimeout(this.later)
    this.later = setTimeout(() => this.#shown(), 300)
  }

  #shown() {
    if (this.tab === "json") this.answer.laid()
    const { route, filter } = this.composer.parts
    if (this.tab === "plan" && route?.about) {
      this.plan.show(route.about.name, (this.composer.kind === "where" ? { where: filter } : filter) ?? {})
    }
  }

  #text() {
    return this.tab === "curl" || this.tab === "swift" ? byId(this.tab).textContent
      : this.tab === "plan" ? byId("plan").querySelector("pre")?.textContent ?? "" : this.answer.copied
  }

  async send() {
    const { lack, route } = this.composer
    if (lack) {
      this.answer.show({ failure: lack, route })
      byId("parameters").querySelector("input:placeholder-shown")?.focus()
      return announce(lack)
    }
    const asked = this.#request
    this.sending?.abort()
    const sending = this.sending = new AbortController()
    if (!["tree", "json"].includes(this.tab)) this.chooseTab("tree")
    this.answer.wait()
    const begin = performance.now()
    try {
      const response = await fetch(new URL(address(asked), location.href), {
        method: asked.method, headers: asked.headers, body: asked.body, signal: sending.signal, cache: "no-store",
      })
      const text = await response.text()
      const time = performance.now() - begin
      this.answer.show({ status: response.status, reason: response.statusText, text, time, route })
      if (response.status >= 400) this.composer.text.refuse(this.answer.value?.error)
    } catch (error) {
      if (sending.signal.aborted) return
      this.answer.show({ failure: `The service can't be reached, or its answer is broken: ${error.message}`, route })
    }
  }

  #key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      return void this.send()
    }
    const isWriting = ["INPUT", "TEXTAREA"].includes(document.activeElement?.tagName)
    if (isWriting || event.ctrlKey || event.metaKey || event.altKey) return
    const field = { "/": "go", r: "route-field", f: "filter-text" }[event.key]
    if (!field) return
    event.preventDefault()
    byId(field).focus()
  }
}

theme.begin()
token.begin()

async function load() {
  const response = await fetch("openapi.json", { headers: token.value ? { Authorization: token.value } : {} })
  if (!response.ok) throw new Error(`its description can't be read (${response.status})`)
  const description = new Description(await response.json())
  if (description.models.size === 0) throw new Error("it has no models")
  return description
}

function begin() {
  load().then((description) => {
    byId("failure").hidden = true
    token.changed = null
    new Page(description)
  }).catch((error) => {
    byId("failure").hidden = false
    byId("failure").textContent = `The service can't be explored: ${error.message}.`
    // With another token it may be.
    let later
    token.changed = () => { clearTimeout(later); later = setTimeout(begin, 500) }
  })
}

begin()
