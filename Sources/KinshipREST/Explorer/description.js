// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What the service says of itself in openapi.json: models, their relations, and the routes.

/** A model: properties, relations and scopes by name. */
function model(name, schema) {
  const more = schema["x-kinship"] ?? {}
  const properties = new Map()
  for (const [property, type] of Object.entries(schema.properties ?? {})) {
    properties.set(property, { name: property, ...kind(type), isKey: (more.key ?? []).includes(property) })
  }
  const relations = new Map()
  for (const relation of more.relations ?? []) {
    const models = relation.models ?? (relation.model ? [relation.model] : [])
    relations.set(relation.name, { ...relation, models })
  }
  return {
    name: more.model ?? name, path: more.path ?? null, key: more.key ?? [], scopes: more.scopes ?? [],
    properties, relations, schema,
  }
}

/** The JSON type of a property, and what is to be said of it. */
function kind(schema) {
  const one = schema.anyOf?.find((each) => each.type !== "null") ?? schema
  const types = [one.type ?? "any"].flat().filter((type) => type !== "null")
  const type = types.length === 1 ? types[0] : "any"
  const values = one.enum ?? schema.enum
  return { type, values, detail: one.format ?? (type === "array" && one.items?.type ? `${one.items.type}[]` : type) }
}

const verbs = ["get", "post", "put", "patch", "delete", "head"]

/** The routes of the description, in its order. */
function routes(document) {
  const found = []
  for (const [path, entry] of Object.entries(document.paths ?? {})) {
    for (const verb of verbs) {
      const operation = entry[verb]
      // A stream of events has no end to wait for.
      if (!operation || operation.responses?.["200"]?.content?.["text/event-stream"]) continue
      const parameters = [...(entry.parameters ?? []), ...(operation.parameters ?? [])]
        .map((each) => resolve(document, each))
      const place = (where) => parameters.filter((each) => each.in === where)
      const body = resolve(document, operation.requestBody)
      found.push({
        method: verb.toUpperCase(), path, name: operation.operationId ?? "",
        summary: operation.summary ?? operation.description ?? "",
        model: operation.tags?.[0] ?? null, inPath: place("path"), inQuery: place("query"),
        body: body ? { schema: bodySchema(body), required: body.required === true } : null,
      })
    }
  }
  return found
}

function bodySchema(body) {
  const contents = body.content ?? {}
  return (contents["application/json"] ?? Object.values(contents)[0])?.schema ?? null
}

/** What a reference inside of the document leads to. */
function resolve(document, value) {
  let found = value
  for (let steps = 0; found?.$ref?.startsWith?.("#/") && steps < 20; steps += 1) {
    found = found.$ref.slice(2).split("/")
      .reduce((at, part) => at?.[part.replaceAll("~1", "/").replaceAll("~0", "~")], document)
  }
  return found
}

/** All that is known: `models` by name, `routes`, and where the API is. */
export class Description {
  constructor(document) {
    this.title = document.info?.title ?? ""
    this.base = (document.servers?.[0]?.url ?? "/api").replace(/\/$/, "")
    this.plans = document["x-kinship"]?.plans
    this.models = new Map()
    this.schemas = document.components?.schemas ?? {}
    for (const [name, schema] of Object.entries(this.schemas)) {
      if (!schema["x-kinship"]) continue
      const made = model(name, schema)
      this.models.set(made.name, made)
    }
    this.routes = routes(document)
    for (const route of this.routes) {
      const leads = this.#walk(route)
      Object.assign(route, leads, { title: `${route.method} ${route.path}` })
    }
  }

  /** Where the API is, as other programs write it. */
  get address() { return new URL(this.base || "/", location.href).href.replace(/\/$/, "") }

  routesOf(name) { return this.routes.filter((route) => route.model === name) }

  /** The model that a relation leads to, where it leads to one. */
  target(relation) { return relation.model ? this.models.get(relation.model) : undefined }

  /**
   * What a route is about: the model whose records it has, the relation (of the record in its path) or the scope by which it
   * gets there, and what it does.
   */
  #walk(route) {
    let about = this.models.get(route.model)
    let relation = null, scope = null, hops = 0
    const prefix = about?.path ?? ""
    const rest = about && (route.path === prefix || route.path.startsWith(`${prefix}/`))
      ? route.path.slice(prefix.length).split("/").filter(Boolean) : []
    const words = []
    for (const part of rest) {
      const next = about && [...about.relations.values()].find((each) => (each.path ?? each.name) === part)
      if (next && (words.some(isParameter) || hops > 0)) {
        relation = next
        about = this.target(next)
        words.length = 0
        hops += 1
      } else if (!relation && about?.scopes.includes(part) && words.length === 0) {
        scope = part
      } else {
        words.push(part)
      }
    }
    return {
      about, relation, scope, hops, word: words.filter((each) => !isParameter(each)).join("/"), one: isParameter(words.at(-1) ?? ""),
    }
  }
}

const isParameter = (part) => part.startsWith("{")

/** A record that a body can begin with: what is required, else all but the key. */
export function sample(description, schema) {
  let found = schema
  if (found?.$ref) found = description.schemas[found.$ref.split("/").at(-1)]
  found = found?.anyOf?.[0] ?? found?.oneOf?.[0] ?? found
  if (found?.$ref) return sample(description, found)
  const properties = Object.entries(found?.properties ?? {})
  const related = new Set((found?.["x-kinship"]?.relations ?? []).map((each) => each.name))
  const required = found?.required ?? []
  const wanted = properties.filter(([name, type]) =>
    required.length ? required.includes(name) : !related.has(name) && !type.readOnly && name !== "id")
  return Object.fromEntries(wanted.map(([name, type]) => [name, type.default ?? type.enum?.[0] ?? blank(type)]))
}

function blank(schema) {
  const { type, detail } = kind(schema)
  if (detail === "date-time") return new Date().toISOString()
  if (detail === "date") return new Date().toISOString().slice(0, 10)
  return { string: "", number: 0, integer: 0, boolean: false, array: [], object: {} }[type] ?? null
}
