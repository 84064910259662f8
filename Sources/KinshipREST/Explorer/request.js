// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// The requests: what is asked of the API, and the same as curl and as Swift.

import { lay } from "./json-text.js"

/** What is to be asked: the address below the page's own origin, and what goes with it. */
export function request(description, { route, parameters, filter, body, token }) {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parameters[name] ?? ""))
  const query = []
  for (const { name } of route.inQuery) {
    const value = isFilter(name) ? (Object.keys(filter ?? {}).length ? JSON.stringify(filter) : "") : parameters[name] ?? ""
    if (value !== "") query.push([name, value])
  }
  const headers = {}
  if (token) headers.Authorization = token
  if (route.body && body !== "") headers["Content-Type"] = "application/json"
  return { method: route.method, path: description.base + path, query, headers, body: route.body && body !== "" ? body : undefined }
}

/** Whether a parameter is what the form of filters makes. */
export const isFilter = (name) => name === "filter" || name === "where"

/** The address with its query. */
export const address = ({ path, query }) =>
  path + (query.length ? `?${query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&")}` : "")

/** The request for a shell. The token stays out of it: what is copied is often shown to others. */
export function curl(request) {
  const { method, path, query, headers, body } = request
  const parts = [method === "GET" ? "curl" : method === "HEAD" ? "curl -I" : `curl -X ${method}`]
  const isPlain = method === "GET" && query.length > 0
  const whole = new URL(isPlain ? path : address(request), location.href).href
  parts[0] += `${isPlain ? " -G" : ""} ${shell(whole)}`
  if (isPlain) for (const [name, value] of query) parts.push(`--data-urlencode ${shell(`${name}=${value}`)}`)
  for (const [name, value] of Object.entries(headers)) {
    parts.push(name === "Authorization" ? `-H "Authorization: $TOKEN"` : `-H ${shell(`${name}: ${value}`)}`)
  }
  if (body !== undefined) parts.push(`--data ${shell(body)}`)
  return parts.join(" \\\n  ")
}

const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`

/** The request in Swift, or null where there is no call for it. */
export function swift(description, { route, parameters, filter, body }) {
  const call = callOf(description, route)
  if (!call) return null
  const [name, ...parts] = call
  const id = (text) => literal(keyOf(text))
  const texts = parts.map((part) => {
    const [label, value] = part
    switch (label) {
    case "id": return `id: ${id(parameters.id ?? "")}`
    case "key": return `key: ${id(parameters.fk ?? "")}`
    case "filter": case "where": return Object.keys(filter ?? {}).length ? `${label}: ${literal(filter)}` : null
    case "condition": return `where: ${Object.keys(filter ?? {}).length ? literal(filter) : "nil"}`
    case "data": {
      try { return literal(JSON.parse(body)) } catch { return literal({}) }
    }
    default: return label === "" ? literal(value) : `${label}: ${value}`
    }
  }).filter((text) => text !== null)
  return `try await database.${name}(${texts.join(", ")})`
}

const keyOf = (text) => {
  if (/^-?(0|[1-9]\d{0,14})$/.test(text)) return Number(text)
  if (text.startsWith("{")) try { return JSON.parse(text) } catch { return text }
  return text
}

// The name of the call, and its arguments.
function callOf(description, route) {
  const model = ["", route.model], relation = route.relation && ["relation", literal(route.relation.name)]
  const { method, word, one, scope } = route
  const id = ["id"], data = ["data"], key = ["key"]
  if (!description.models.has(route.model) || route.hops > 1) return null
  if (relation) {
    const reads = { "GET": one ? ["relatedFindById", model, id, relation, key] : ["related", model, id, relation, ["filter"]] }
    if (word === "count") return ["relatedCount", model, id, relation, ["where"]]
    if (word !== "") return null
    const writes = {
      POST: ["createRelated", model, id, relation, data],
      PUT: one ? ["updateRelated", model, id, relation, key, data] : ["updateRelated", model, id, relation, data],
      DELETE: one ? ["deleteRelated", model, id, relation, key]
        : route.relation.many ? ["deleteAllRelated", model, id, relation, ["where"]] : ["deleteRelated", model, id, relation],
    }
    return reads[method] ?? writes[method] ?? null
  }
  if (scope) {
    const scopes = ["scopes", `[${literal(scope)}]`]
    if (method !== "GET") return null
    return { "": ["find", model, scopes, ["filter"]], count: ["count", model, scopes, ["where"]] }[word] ?? null
  }
  const replaces = route.name.split(".").slice(1).join(".").startsWith("replace")
  const condition = ["condition"]
  const known = {
    "GET ": one ? ["findById", model, id, ["filter"]] : ["find", model, ["filter"]],
    "GET findOne": ["findOne", model, ["filter"]], "GET count": ["count", model, ["where"]],
    "GET exists": ["exists", model, id], "HEAD ": ["exists", model, id],
    "POST ": ["create", model, data], "POST update": ["updateAll", model, condition, data],
    "POST upsertWithWhere": ["upsertWithWhere", model, condition, data],
    "POST replaceOrCreate": ["replaceOrCreate", model, data], "POST replace": ["replaceById", model, id, data],
    "PATCH ": one ? ["updateById", model, id, data] : ["upsert", model, data],
    "PUT ": one ? [replaces ? "replaceById" : "updateById", model, id, data] : [replaces ? "replaceOrCreate" : "upsert", model, data],
    "DELETE ": one ? ["deleteById", model, id] : null,
    "POST graph": ["createGraph", model, data], "PUT graph": ["upsertGraph", model, data],
    "PATCH graph": ["updateGraph", model, id, data],
  }
  return known[`${method} ${word}`] ?? null
}

/** A value as a literal of Swift. */
export function literal(value, indent = "") {
  if (value === null) return "nil"
  if (typeof value === "string") return text(value)
  if (typeof value !== "object") return String(value)
  const isList = Array.isArray(value)
  const entries = isList ? value.map((each) => [null, each]) : Object.entries(value)
  if (entries.length === 0) return isList ? "[]" : "[:]"
  const deeper = `${indent}    `
  const show = (inner) => entries.map(([key, each]) => `${key === null ? "" : `${text(key)}: `}${literal(each, inner)}`)
  const flat = `[${show(indent).join(", ")}]`
  if (flat.length + indent.length <= 90 && !flat.includes("\n")) return flat
  return `[\n${show(deeper).map((each) => deeper + each).join(",\n")},\n${indent}]`
}

const text = (value) => `"${value.replace(/[\\"\u0000-\u001f\u007f\u2028\u2029]/g, (found) =>
  ({ "\\": "\\\\", "\"": "\\\"", "\n": "\\n", "\r": "\\r", "\t": "\\t" })[found] ?? `\\u{${found.codePointAt(0).toString(16)}}`)}"`

/** A body as it can begin. */
export const bodyText = (value) => lay(value, "", 48)
