// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// The filter as a form. It shows a value and changes it in place; what it has no fields for stays as it is.

import { combobox } from "./completion.js"
import { button, element, removeButton } from "./elements.js"
import { Conditions, kept } from "./filter-form-where.js"
import { filterKeys, orders, properties, relations } from "./filter-words.js"
import { Includes, names, orderTerms } from "./filter-parts.js"

const shownKeys = ["where", "order", "fields", "include", "limit", "skip"]

/** The form. `changed` gets the value after each change. */
export class FilterForm {
  constructor(description, root, changed) {
    Object.assign(this, { description, root, changed })
    this.conditions = new Conditions(description)
  }

  /** Shows a value: a whole filter, or (`kind` where) the conditions alone. */
  show(value, model, kind) {
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value)
    Object.assign(this, { value: isObject ? value : {}, model, kind })
    this.#render()
  }

  #render() {
    const commit = (focus) => {
      // Without a place to go on at, what is on the page says the same already.
      if (focus !== undefined) this.#render()
      this.changed(this.value)
      if (focus) this.#focus(focus)
    }
    if (this.kind === "where") {
      const slot = { get: () => this.value, set: (value) => { this.value = value ?? {} } }
      this.root.replaceChildren(section("where", this.conditions.list(this.model, slot, "where", commit)))
    } else {
      this.root.replaceChildren(...this.#filter(this.model, this.value, "", commit))
    }
  }

  #focus(at) {
    const found = [...this.root.querySelectorAll("[data-at]")].find((each) => each.dataset.at === at)
    found?.focus()
    found?.select?.()
  }

  #filter(model, filter, path, commit) {
    const at = (name) => (path === "" ? name : `${path}.${name}`)
    const slot = (key) => ({
      get: () => filter[key],
      set: (value) => { if (value === undefined) delete filter[key]; else filter[key] = value },
    })
    // What there is has a row of its own; what there isn't can be added in the last row.
    const parts = {
      where: this.conditions.list(model, slot("where"), at("where"), commit),
      include: this.#includes(model, slot("include"), at("include"), commit),
      order: this.#order(model, slot("order"), at("order"), commit),
      fields: this.#fields(model, slot("fields"), at("fields"), commit),
    }
    const rows = Object.entries(parts).filter(([, contents]) => contents.length > 1)
    const adds = Object.entries(parts).filter(([, contents]) => contents.length === 1).map(([name, [field]]) => {
      if (field.placeholder) field.size = (field.placeholder = `+ ${name}`).length
      return field
    })
    return [
      ...rows.map(([name, contents]) => section(name, contents)),
      section("", [...adds, ...this.#limits(filter, at, path === "", commit)]),
    ]
  }

  // MARK: Order

  #order(model, slot, path, commit) {
    const terms = orderTerms(slot.get())
    if (!terms) return kept(slot, path, commit)
    const set = (focus) => {
      const texts = terms.map(({ name, way }) => (way ? `${name} ${way}` : name))
      slot.set(texts.length === 0 ? undefined : texts.length === 1 ? texts[0] : texts)
      commit(focus)
    }
    const rows = terms.map((term, index) => {
      const descends = /^desc/i.test(term.way)
      return element("span", { class: "chip" },
        element("span", { class: "name" }, term.name),
        button(descends ? "↓ DESC" : "↑ ASC", () => {
          term.way = (descends ? "" : "DESC") + term.way.replace(/^(asc|desc)/i, "")
          set(`${path}[${index}].way`)
        }, {
          class: "way", "data-at": `${path}[${index}].way`,
          "aria-label": `${term.name}, ${descends ? "descending" : "ascending"}; turn around`,
        }),
        removeButton(`order by ${term.name}`, () => { terms.splice(index, 1); set(`${path}.add`) }))
    })
    return [...rows, combobox({
      label: `Order ${model?.name ?? "records"} by`, placeholder: "+ property", clears: true, "data-at": `${path}.add`, class: "add",
      options: (begun) => orders(this.description, model, begun),
      take: (name) => { terms.push({ name, way: "" }); set(`${path}[${terms.length - 1}].way`) },
    })]
  }

  // MARK: Fields

  #fields(model, slot, path, commit) {
    const shown = names(slot.get())
    if (!shown) return kept(slot, path, commit)
    const set = (focus) => {
      slot.set(shown.names.length === 0 ? undefined
        : shown.without ? Object.fromEntries(shown.names.map((name) => [name, false])) : shown.names)
      commit(focus)
    }
    const chips = shown.names.map((name, index) => element("span", { class: "chip" }, element("span", { class: "name" }, name),
      removeButton(`field ${name}`, () => { shown.names.splice(index, 1); set(`${path}.add`) })))
    const way = shown.names.length === 0 ? null : button(shown.without ? "all but" : "only", () => {
      shown.without = !shown.without
      set(`${path}.way`)
    }, { class: "way", "data-at": `${path}.way`, "aria-label": `Show ${shown.without ? "all but these" : "only these"}; turn around` })
    return [...(way ? [way] : []), ...chips, combobox({
      label: `Fields of ${model?.name ?? "records"}`, placeholder: "+ property", clears: true, "data-at": `${path}.add`, class: "add",
      options: () => properties(model).filter((each) => !shown.names.includes(each.value)),
      take: (name) => { shown.names.push(name); set(`${path}.add`) },
    })]
  }

  // MARK: Includes

  #includes(model, slot, path, commit) {
    const includes = Includes.of(slot.get())
    if (!includes) return kept(slot, path, commit)
    const set = (focus) => { slot.set(includes.value()); commit(focus) }
    const blocks = includes.entries.map((entry, index) => {
      const relation = model?.relations.get(entry.relation)
      const target = relation && this.description.target(relation)
      const place = `${path}[${index}]`
      const others = Object.keys(entry.rest)
      return element("div", { class: "entry" }, element("details", { open: true, "aria-label": `Include ${entry.relation}` },
        element("summary", { "data-at": `${place}.summary` }, element("span", { class: "name" }, entry.relation),
          element("span", { class: "detail" }, relation ? ` ${relation.many ? "many" : "one"} ${relation.models.join(" or ")}` : " unknown"),
          others.length ? element("span", { class: "detail" }, `; ${others.join(", ")} in JSON`) : null),
        element("div", { role: "group", "aria-label": `Scope of ${entry.relation}`, class: "scope" },
          ...this.#filter(target, entry.scope, place, (focus) => set(focus)))),
      removeButton(`include ${entry.relation}`, () => { includes.entries.splice(index, 1); set(`${path}.add`) }))
    })
    return [...blocks, combobox({
      label: `Include of ${model?.name ?? "records"}`, placeholder: "+ relation", clears: true, "data-at": `${path}.add`, class: "add",
      options: () => relations(model).filter((each) => !includes.entries.some(({ relation }) => relation === each.value)),
      take: (relation) => {
        includes.entries.push({ relation, scope: {}, rest: {} })
        set(`${path}[${includes.entries.length - 1}].include.add`)
      },
    })]
  }

  // MARK: Limits, and all else

  #limits(filter, at, isRoot, commit) {
    const count = (key) => element("label", { class: "count" }, element("span", {}, key),
      element("input", {
        type: "text", inputmode: "numeric", size: 3, value: filter[key] ?? "", "data-at": at(key),
        placeholder: key === "limit" ? "all" : "0",
        "aria-label": key === "limit" ? "Limit" : "Skip", on: {
          input: (event) => {
            const text = event.target.value.trim()
            if (text === "") delete filter[key]
            else filter[key] = /^\d{1,15}$/.test(text) ? Number(text) : text
            commit()
          },
        },
      }))
    const others = Object.keys(filter).filter((key) => !shownKeys.includes(key))
    const addable = ["skip", "page", "distinct", "withDeleted"]
      .filter((key) => !(key in filter) && (isRoot || key === "skip" || key === "withDeleted"))
    return [
      count("limit"), ...("skip" in filter ? [count("skip")] : []),
      ...others.map((key) => element("span", { class: "chip" }, element("span", { class: "name" }, key),
        element("span", { class: "detail" }, ` ${JSON.stringify(filter[key])}`),
        removeButton(key, () => { delete filter[key]; commit(at("limit")) }))),
      combobox({
        label: "More", placeholder: "+ more", clears: true, class: "add", "data-at": at("more"),
        options: () => addable.map((value) => ({ value, detail: filterKeys.get(value), kind: "word" })),
        take: (key) => {
          filter[key] = key === "skip" ? 0 : true
          commit(at(key === "skip" ? key : "more"))
        },
      }),
    ]
  }
}

/** A row of the form with what it is about. */
function section(name, contents) {
  return element("div", { class: name ? "section" : "section last", role: "group", "aria-label": name || "more of the filter" },
    name ? element("span", { class: "label", "aria-hidden": "true" }, name) : null, element("div", { class: "contents" }, ...contents))
}
