// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Completion: a list of options below a field, or below a place in a text. There is one list in the page, for whoever has the
// focus; the field tells a screen reader of it (the pattern “combobox” of ARIA).

import { byId, element } from "./elements.js"

const most = 60
let owner = null
let shown = []
let active = -1

/** Those of the options that a text may be the beginning of, the likeliest first. */
export function matching(options, text) {
  const wanted = text.toLowerCase()
  if (wanted === "") return options.slice(0, most)
  const ranked = []
  options.forEach((option, position) => {
    const rank = rankOf(option.value, wanted)
    if (rank !== null) ranked.push({ option, rank, position })
  })
  return ranked.sort((a, b) => a.rank - b.rank || a.position - b.position).slice(0, most).map((each) => each.option)
}

function rankOf(value, wanted) {
  const lower = value.toLowerCase()
  if (lower === wanted) return 0
  if (lower.startsWith(wanted)) return 1
  const at = lower.indexOf(wanted)
  if (at > 0) return /[A-Z]/.test(value[at]) || /[^a-z0-9]/i.test(value[at - 1]) ? 2 : 3
  let from = 0
  for (const letter of wanted) {
    from = lower.indexOf(letter, from) + 1
    if (from === 0) return null
  }
  return 4
}

/** Opens the list for a field. `place` is where, in the window; `accept` gets the chosen option. */
export function open(field, options, place, accept, picked = 0) {
  const list = byId("completions")
  owner = { field, accept }
  shown = options
  if (options.length === 0) return close()
  list.replaceChildren(...options.map((option, index) => element("li", {
    role: "option", id: `completion-${index}`, "aria-selected": "false", class: option.kind ?? "", on: {
      // The field keeps the focus.
      mousedown: (event) => { event.preventDefault(); take(index) },
    },
  }, element("span", { class: "value" }, option.label ?? option.value), element("span", { class: "detail" }, option.detail ?? ""))))
  list.hidden = false
  const { offsetWidth: width, offsetHeight: height } = list
  const isAbove = place.bottom + height > innerHeight && place.top > height
  list.style.left = `${Math.max(4, Math.min(place.left, innerWidth - width - 8))}px`
  list.style.top = `${isAbove ? place.top - height - 2 : place.bottom + 2}px`
  field.setAttribute("aria-expanded", "true")
  activate(picked)
}

/** Closes it. */
export function close() {
  byId("completions").hidden = true
  owner?.field.setAttribute("aria-expanded", "false")
  owner?.field.removeAttribute("aria-activedescendant")
  owner = null
  shown = []
  active = -1
}

export const isOpen = (field) => owner?.field === field

function activate(index) {
  const items = byId("completions").children
  items[active]?.setAttribute("aria-selected", "false")
  active = index
  const item = items[index]
  if (!item) { owner.field.removeAttribute("aria-activedescendant"); return }
  item.setAttribute("aria-selected", "true")
  item.scrollIntoView({ block: "nearest" })
  owner.field.setAttribute("aria-activedescendant", item.id)
}

function take(index) {
  const { accept } = owner
  const option = shown[index]
  close()
  accept(option)
}

/** What a key does to an open list; whether it did anything. */
export function steer(event, field) {
  if (!isOpen(field) || event.isComposing) return false
  const last = shown.length - 1
  switch (event.key) {
  case "ArrowDown": activate(active >= last ? 0 : active + 1); break
  case "ArrowUp": activate(active <= 0 ? last : active - 1); break
  case "PageDown": activate(Math.min(last, active + 8)); break
  case "PageUp": activate(Math.max(0, active - 8)); break
  case "Enter": case "Tab":
    if (active < 0 || event.shiftKey || event.ctrlKey || event.metaKey) { close(); return false }
    take(active)
    break
  case "Escape": close(); break
  default: return false
  }
  event.preventDefault()
  event.stopPropagation()
  return true
}

/** The attributes of a field that completes. */
export const comboboxAttributes = (label) => ({
  role: "combobox", "aria-label": label, "aria-expanded": "false", "aria-controls": "completions", "aria-autocomplete": "list",
  autocomplete: "off", autocapitalize: "off", spellcheck: "false",
})

/**
 * A field that completes. `options` gives those for a text; `take` is called with what was chosen or, if `free`, with all that is
 * written. With `clears` the field is one to add things by, and is empty again afterwards.
 */
export function combobox({ label, text = "", placeholder, options, take: takes, free = false, clears = false, ...rest }) {
  const field = element("input", { type: "text", placeholder, size: Math.max(text.length, 2), ...comboboxAttributes(label), ...rest })
  field.value = text
  let taken = text
  const give = (value) => {
    if (clears) field.value = ""
    else { taken = value; field.value = value }
    fit()
    takes(value, field)
  }
  const fit = () => { field.size = Math.max(field.value.length, clears ? (placeholder ?? "").length : 2) }
  const suggest = (all) => {
    const begun = all ? "" : field.value
    const found = matching(options(begun), begun)
    // Of a free text that is complete there is nothing to say.
    if (free && found.length === 1 && found[0].value === begun) return close()
    // Somebody who looks at all options, or writes a text of his own, has chosen none yet.
    const picked = all ? found.findIndex((each) => each.value === field.value) : free && begun === "" ? -1 : 0
    open(field, found, field.getBoundingClientRect(), (option) => {
      if (option.value.endsWith(".")) {
        field.value = option.value
        fit()
        suggest(false)
      } else give(option.value)
    }, picked)
  }
  fit()
  field.addEventListener("input", () => {
    fit()
    suggest(false)
    if (!free || clears) return
    taken = field.value
    takes(field.value, field)
  })
  field.addEventListener("mousedown", () => { if (!isOpen(field)) setTimeout(() => suggest(!clears || field.value === "")) })
  field.addEventListener("keydown", (event) => {
    if (steer(event, field)) return
    if (event.key === "ArrowDown" || (event.key === " " && event.ctrlKey)) {
      event.preventDefault()
      suggest(!clears)
    }
  })
  field.addEventListener("blur", () => {
    if (isOpen(field)) close()
    if (!free) field.value = clears ? "" : taken
    fit()
  })
  return field
}
