// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Why the evaluator doesn't answer: the code of the library's error.
struct TreeRefusal: Error {
    var code: String
}

/// Reads filters as the rules have them.
struct TreeReader {
    let world: TreeWorld
    /// What a type lacks is left out: the common scope of a polymorphic belongsTo is read (D18).
    var isLenient = false

    func ask(
        _ json: JSONValue, _ position: Int, isToOne: Bool = false, isRoot: Bool = false
    ) throws(TreeRefusal) -> TreeAsk {
        var ask = TreeAsk()
        if json == .null { return ask }
        guard let members = json.members else { throw TreeRefusal(code: "INVALID_FILTER") }
        let model = world.models[position]
        for member in members {
            let value = member.value
            switch member.key {
            case "where":
                let isKnown = try isKnown(value, model)
                guard isKnown || isLenient else { throw TreeRefusal(code: "UNKNOWN_PROPERTY") }
                if isKnown { ask.conditions = [value] } else { ask.isNever = true }
            case "order": ask.order = try order(value, model)
            case "limit", "skip", "offset":
                let rows = try number(value)
                if isToOne, rows != 0 { throw TreeRefusal(code: "LIMIT_ON_TO_ONE") }
                if member.key == "limit" { ask.limit = rows } else { ask.skip = rows }
            case "fields": ask.fields = try fields(value, model)
            case "include": try read(value, position, into: &ask)
            case "after", "before":
                if isToOne { throw TreeRefusal(code: "LIMIT_ON_TO_ONE") }
                guard ask.cursor == nil else { throw TreeRefusal(code: "INVALID_FILTER") }
                var values: [String: JSONValue] = [:]
                for member in value.members ?? [] { values[try term(member.key, model).name] = member.value }
                ask.cursor = .init(isAfter: member.key == "after", values: values)
            case "page" where isRoot: ask.isPaged = value == true
            default: throw TreeRefusal(code: "INVALID_FILTER")
            }
        }
        return ask
    }

    private func number(_ json: JSONValue) throws(TreeRefusal) -> Int {
        guard case .number(let text) = json, let number = Int(text), number >= 0 else {
            throw TreeRefusal(code: "INVALID_FILTER")
        }
        return number
    }

    private func column(_ name: String, _ model: TreeModel) throws(TreeRefusal) -> Int {
        guard let column = model.columns.firstIndex(where: { $0.name == name }) else {
            throw TreeRefusal(code: "UNKNOWN_PROPERTY")
        }
        return column
    }

    /// Whether the model has all that a condition names; what it says of related rows has to fit in any case.
    private func isKnown(_ condition: JSONValue, _ model: TreeModel) throws(TreeRefusal) -> Bool {
        var isKnown = true
        for member in condition.members ?? [] {
            switch member.key {
            case "and", "or", "nor":
                for part in member.value.elements ?? [] {
                    let isPartKnown = try self.isKnown(part, model)
                    isKnown = isKnown && isPartKnown
                }
            case "not":
                let isPartKnown = try self.isKnown(member.value, model)
                isKnown = isKnown && isPartKnown
            default:
                if let relation = model.relations.first(where: { $0.name == member.key }) {
                    try check(member.value, relation)
                } else if !model.columns.contains(where: { $0.name == member.key }) {
                    isKnown = false
                }
            }
        }
        return isKnown
    }

    /// Whether the server can't read the embedded records.
    private func isKeptAsText(_ relation: TreeRelation) -> Bool {
        relation.isEmbedded && world.models[relation.source].columns[relation.sourceKey[0]].list != .jsonb
    }

    private func check(_ words: JSONValue, _ relation: TreeRelation) throws(TreeRefusal) {
        guard let target = relation.target else { throw TreeRefusal(code: "UNSUPPORTED") }
        guard let words = words.members, !words.isEmpty else { throw TreeRefusal(code: "INVALID_FILTER") }
        let functions = ["count", "sum", "avg", "min", "max"]
        if relation.isToMany, words.contains(where: { $0.key == "where" }),
            !words.contains(where: { functions.contains($0.key) })
        {
            throw TreeRefusal(code: "INVALID_FILTER")
        }
        for word in words {
            if relation.isToMany, functions.contains(word.key) { continue }
            guard (relation.isToMany ? ["some", "every", "none", "where"] : ["is", "isNot"]).contains(word.key) else {
                throw TreeRefusal(code: "INVALID_FILTER")
            }
            guard try isKnown(word.value, world.models[target]) else { throw TreeRefusal(code: "UNKNOWN_PROPERTY") }
        }
        let source = world.models[relation.source]
        if source.isEmbedded || relation.function != nil || isKeptAsText(relation) {
            throw TreeRefusal(code: "UNSUPPORTED")
        }
    }

    func order(_ json: JSONValue, _ model: TreeModel) throws(TreeRefusal) -> [TreeAsk.Term] {
        let texts = json.elements?.compactMap(\.text) ?? json.text.map { [$0] } ?? []
        var terms: [TreeAsk.Term] = []
        for text in texts.flatMap({ $0.split(separator: ",") }) {
            let words = text.split(separator: " ").map(String.init)
            guard let name = words.first else { continue }
            var term: TreeAsk.Term
            do {
                term = try self.term(name, model)
            } catch {
                if isLenient, error.code == "UNKNOWN_PROPERTY" { continue }
                throw error
            }
            term.isDescending = words.contains("DESC")
            if let place = words.firstIndex(of: "NULLS") { term.nullsFirst = words[place + 1] == "FIRST" }
            if !terms.contains(where: { $0.name == term.name }) { terms.append(term) }
        }
        return terms
    }

    /// A column, `customer.name`, `orders.count` or `orders.max(total)`.
    private func term(_ name: String, _ model: TreeModel) throws(TreeRefusal) -> TreeAsk.Term {
        guard let dot = name.firstIndex(of: "."),
            let relation = model.relations.first(where: { $0.name == name[..<dot] })
        else { return .init(name: name, column: try column(name, model)) }
        guard let target = relation.target, !model.isEmbedded, !isKeptAsText(relation) else {
            throw TreeRefusal(code: "UNSUPPORTED")
        }
        let rest = String(name[name.index(after: dot)...])
        var term: TreeAsk.Term
        if !relation.isToMany {
            term = try self.term(rest, world.models[target])
        } else if rest == "count" || rest == "count()" {
            term = .init(name: "count", function: "count", column: 0)
        } else {
            let parts = rest.split(whereSeparator: { "()".contains($0) }).map(String.init)
            guard parts.count == 2 else { throw TreeRefusal(code: "INVALID_FILTER") }
            term = .init(name: rest, function: parts[0], column: try column(parts[1], world.models[target]))
        }
        term.name = "\(relation.name).\(term.name)"
        term.path.insert(relation, at: 0)
        return term
    }

    /// What is shown: what is named, or all but what is named; nil when nothing is.
    func fields(_ json: JSONValue, _ model: TreeModel) throws(TreeRefusal) -> [Int]? {
        var named: [String] = []
        var isExcluding = false
        switch json {
        case .string(let name): named = [name]
        case .array(let names): named = names.compactMap(\.text)
        case .object(let members):
            named = members.filter { $0.value == true }.map(\.key)
            isExcluding = named.isEmpty
            if isExcluding { named = members.map(\.key) }
        default: break
        }
        if named.isEmpty { return nil }
        var columns: Set<Int> = []
        for name in named {
            if let column = model.columns.firstIndex(where: { $0.name == name }) {
                columns.insert(column)
            } else if !isLenient {
                throw TreeRefusal(code: "UNKNOWN_PROPERTY")
            }
        }
        return model.visible.filter { columns.contains($0) != isExcluding }
    }

    // MARK: Includes

    private func read(_ json: JSONValue, _ model: Int, into ask: inout TreeAsk) throws(TreeRefusal) {
        switch json {
        case .null: break
        case .string(let name): try add(name, [], model, to: &ask)
        case .array(let entries):
            for entry in entries { try read(entry, model, into: &ask) }
        case .object(let members):
            if let name = (json["relation"] ?? json["rel"])?.text {
                return try add(name, members, model, to: &ask)
            }
            for member in members {
                switch member.value {
                case .bool(false): break
                case .bool(true): try add(member.key, [], model, to: &ask)
                default:
                    let scope = JSONValue.object([.init("include", member.value)])
                    try add(member.key, [.init("scope", scope)], model, to: &ask)
                }
            }
        default: throw TreeRefusal(code: "INVALID_INCLUDE")
        }
    }

    private func add(
        _ name: String, _ members: [JSONValue.Member], _ model: Int, to ask: inout TreeAsk
    ) throws(TreeRefusal) {
        guard let relation = world.models[model].relations.first(where: { $0.name == name }) else {
            if isLenient { return }
            throw TreeRefusal(code: "UNKNOWN_RELATION")
        }
        let entry = JSONValue.object(members)
        var include = TreeAsk.Included(relation: relation)
        let strict = TreeReader(world: world)
        if let target = relation.target {
            include.ask = try strict.ask(entry["scope"] ?? .null, target, isToOne: !relation.isToMany)
            if entry["scopes"] != nil { throw TreeRefusal(code: "INVALID_INCLUDE") }
            include.summary = try summary(entry, world.models[target])
            if include.summary != nil, !relation.isToMany { throw TreeRefusal(code: "INVALID_INCLUDE") }
        } else {
            if entry["count"] != nil { throw TreeRefusal(code: "INVALID_INCLUDE") }
            include.types = try types(of: entry["scope"] ?? .null, entry["scopes"] ?? .null)
        }
        if let through = entry["through"] {
            guard let link = relation.link else { throw TreeRefusal(code: "INVALID_INCLUDE") }
            include.link = try strict.link(through, world.models[link.model])
        }
        ask.add(include)
    }

    /// The models a polymorphic belongsTo can lead to.
    private var types: [Int] {
        world.models.indices.filter { world.models[$0].primaryKey.count == 1 && world.models[$0].isDefined }
    }

    func types(of scope: JSONValue, _ scopes: JSONValue) throws(TreeRefusal) -> [Int: TreeAsk] {
        var asks: [Int: TreeAsk] = [:]
        let lenient = TreeReader(world: world, isLenient: true)
        for type in types {
            asks[type] = try lenient.ask(scope, type, isToOne: true)
            let own = scopes[world.models[type].name] ?? .null
            let strict = try TreeReader(world: world).ask(own, type, isToOne: true)
            asks[type] = asks[type]?.merged(later: strict)
        }
        return asks
    }

    private func summary(_ entry: JSONValue, _ model: TreeModel) throws(TreeRefusal) -> TreeAsk.Summary? {
        var summary = TreeAsk.Summary()
        summary.count = entry["count"] == true
        summary.rows = entry["rows"] == true
        for function in entry["aggregate"]?.members ?? [] {
            for name in function.value.elements?.compactMap(\.text) ?? function.value.text.map({ [$0] }) ?? [] {
                let term = (function: function.key, column: try column(name, model))
                if !summary.terms.contains(where: { $0 == term }) { summary.terms.append(term) }
            }
        }
        return summary.count || !summary.terms.isEmpty ? summary : nil
    }

    private func link(_ json: JSONValue, _ model: TreeModel) throws(TreeRefusal) -> TreeAsk.Link {
        var link = TreeAsk.Link()
        link.name = json["as"]?.text
        if let fields = json["fields"] {
            link.fields = (try self.fields(fields, model) ?? model.included).filter { model.included.contains($0) }
            link.name = link.name ?? model.name.prefix(1).lowercased() + model.name.dropFirst()
        } else if link.name != nil {
            link.fields = model.included
        }
        if let condition = json["where"] { link.conditions = [condition] }
        if let order = json["order"] { link.order = try self.order(order, model) }
        return link
    }
}
