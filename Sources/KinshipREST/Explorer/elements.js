// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Makes elements of the page. Whatever comes from the API is a text or the value of an attribute here, never markup.

const svgNamespace = "http://www.w3.org/2000/svg"

/** An HTML element with attributes (`on` has listeners) and children: elements, or texts. What is null is left out. */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children)
}

/** The same of a picture. */
export function shape(name, attributes = {}, ...children) {
  return fill(document.createElementNS(svgNamespace, name), attributes, children)
}

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener)
    } else if (value === true) {
      made.setAttribute(name, "")
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(name, String(value))
    }
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined))
  return made
}

/** The element of the page with an id. */
export const byId = (id) => document.getElementById(id)

/** A button. */
export function button(text, act, attributes = {}) {
  return element("button", { type: "button", ...attributes, on: { click: act } }, text)
}

/** A small button that takes something away. */
export const removeButton = (what, act) =>
  button("×", act, { class: "remove", "aria-label": `Remove ${what}`, title: `Remove ${what}` })

/** Says something to who can't see the page. */
export function announce(text) {
  byId("announcer").textContent = text
}

/** Copies a text, and says so on the button. */
export async function copy(text, from) {
  const label = from.textContent
  try {
    await navigator.clipboard.writeText(text)
    from.textContent = "Copied"
    announce("Copied")
  } catch {
    from.textContent = "Not allowed"
  }
  setTimeout(() => { from.textContent = label }, 1200)
}

/** Of a group of elements one is reached by Tab, the others by the arrows. */
export function rove(items, current) {
  items.forEach((item) => item.setAttribute("tabindex", item === current ? "0" : "-1"))
}

/** Tabs: arrows, Home and End go from one to the next. `choose` is called with the name of the chosen one. */
export function tabs(list, choose) {
  const all = () => [...list.querySelectorAll("[role=tab]")].filter((tab) => !tab.hidden)
  const select = (tab) => {
    for (const other of list.querySelectorAll("[role=tab]")) {
      other.setAttribute("aria-selected", String(other === tab))
      byId(other.getAttribute("aria-controls")).hidden = other !== tab
    }
    rove([...list.querySelectorAll("[role=tab]")], tab)
    choose?.(tab.dataset.tab)
  }
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]")
    if (tab) select(tab)
  })
  list.addEventListener("keydown", (event) => {
    const shown = all()
    const at = shown.indexOf(document.activeElement)
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: shown.length - 1 }[event.key]
    if (next === undefined || at < 0) return
    event.preventDefault()
    const tab = shown[(next + shown.length) % shown.length]
    tab.focus()
    select(tab)
  })
  return (name) => select(list.querySelector(`[data-tab="${name}"]`))
}
