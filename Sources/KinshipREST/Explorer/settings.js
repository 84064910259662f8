// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What somebody has set: light or dark, and the token.

import { byId } from "./elements.js"

// Where a browser keeps nothing, or isn't let, all of it holds as long as the page does.
const kept = (store, name) => { try { return store()[name] ?? "" } catch { return "" } }
const keep = (store, name, value) => { try { if (value) store()[name] = value; else delete store()[name] } catch { /* As said. */ } }
const choices = { "": "Auto", light: "Light", dark: "Dark" }

export const theme = {
  begin() {
    this.set(kept(() => localStorage, "kinship-theme"))
    byId("theme").addEventListener("click", () => {
      const all = Object.keys(choices)
      this.set(all[(all.indexOf(this.choice) + 1) % all.length])
      keep(() => localStorage, "kinship-theme", this.choice)
    })
  },
  set(choice) {
    this.choice = Object.hasOwn(choices, choice) ? choice : ""
    document.documentElement.dataset.theme = this.choice
    byId("theme").textContent = choices[this.choice]
    byId("theme").setAttribute("aria-label", `Colours: ${choices[this.choice]}`)
  },
}

export const token = {
  value: "",
  changed: null,
  begin() {
    const field = byId("token")
    this.value = field.value = kept(() => sessionStorage, "kinship-token")
    field.addEventListener("input", () => {
      // What a header can't hold is no token.
      this.value = field.value.trim().replace(/[^\x20-\x7e]/g, "")
      keep(() => sessionStorage, "kinship-token", this.value)
      this.changed?.()
    })
  },
}
