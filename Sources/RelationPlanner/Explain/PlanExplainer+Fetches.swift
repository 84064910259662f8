// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PlanExplainer {
    /// Adds all there is to say about a statement.
    func describe(_ fetch: Fetch, in tree: inout ExplainTree) {
        tree.badge = fetch.access.rawValue
        tree.bars = notes.fetches[fetch.id]?.bars ?? []
        if fetch.local != nil { return describe(local: fetch, in: &tree) }
        tree.lane = fetch.wave
        tree.lines += [.text("\(schema[fetch.model].name): \(fetch.reason)"), .text(passing(of: fetch))]
        describe(fetch.ahead, of: fetch, as: "ahead", "ahead of it, in the same round trip, a lock:", in: &tree)
        tree.lines.append(.code(fetch.text))
        describe(parts: fetch, in: &tree)
        var parameters: [JSONValue] = []
        for (position, slot) in fetch.slots.enumerated() {
            let origin = origin(of: slot, for: fetch)
            tree.lines.append(.text("$\(position + 1) \(slot.typeName): \(origin)"))
            parameters.append(
                .object([.init("type", .string(slot.typeName)), .init("from", .string(origin))]))
        }
        describe(
            fetch.behind, of: fetch, as: "behind", "behind it, in the same round trip, copies that are kept right:",
            in: &tree
        )
        if let many = fetch.forMany {
            tree.lines += [
                .text("from \(counted(many.minimumKeys, "key")) on by \(many.access.rawValue): \(many.reason)"),
                .code(many.text),
            ]
            tree.facts.append(
                .init(
                    "forMany",
                    .object([
                        .init("keys", .number(String(many.minimumKeys))),
                        .init("access", .string(many.access.rawValue)),
                        .init("reason", .string(many.reason)), .init("statement", .string(many.text)),
                    ])))
        }
        tree.facts += [
            .init("fetch", .number(String(fetch.id.index))), .init("rowsFrom", .string(schema[fetch.model].name)),
            .init("access", .string(fetch.access.rawValue)), .init("reason", .string(fetch.reason)),
            .init("passing", .string(fetch.passing.rawValue)), .init("roundTrip", .number(String(fetch.wave + 1))),
            .init("statement", .string(fetch.text)), .init("parameters", .array(parameters)),
        ]
        if !fetch.keys.isEmpty {
            tree.facts.append(.init("keysOf", .array(fetch.keys.map { .string(name(of: $0)) })))
        }
        estimate(fetch, in: &tree)
        if let note = notes.fetches[fetch.id] {
            tree.lines += note.lines
            tree.facts += note.facts
        }
    }

    /// Adds what goes out ahead of a change, or behind it.
    private func describe(
        _ others: [Fetch.Ahead], of fetch: Fetch, as fact: String, _ what: String, in tree: inout ExplainTree
    ) {
        guard !others.isEmpty else { return }
        for other in others {
            tree.lines += [.text(what), .code(other.text)]
            for (position, slot) in other.slots.enumerated() {
                tree.lines.append(.text("$\(position + 1) \(slot.typeName): \(origin(of: slot, for: fetch))"))
            }
        }
        tree.facts.append(
            .init(
                fact,
                .array(
                    others.map { other in
                        .object([
                            .init("statement", .string(other.text)),
                            .init(
                                "parameters",
                                .array(
                                    other.slots.map { slot in
                                        .object([
                                            .init("type", .string(slot.typeName)),
                                            .init("from", .string(origin(of: slot, for: fetch))),
                                        ])
                                    })),
                        ])
                    })))
    }

    /// Adds what the parts of a change do, and which of them give values to which.
    private func describe(parts fetch: Fetch, in tree: inout ExplainTree) {
        guard !fetch.parts.isEmpty else { return }
        for part in fetch.parts where fetch.parts.count > 1 {
            let what =
                switch part.action {
                case .find: "looks \(schema[part.model].name) up"
                case .insert: "makes \(schema[part.model].name)"
                case .update: "changes \(schema[part.model].name)"
                case .delete: "deletes \(schema[part.model].name)"
                }
            let lock = part.lock.map { ", held \($0)" } ?? ""
            let takes = part.takes.isEmpty ? "" : ", by \(part.takes.joined(separator: " and "))"
            tree.lines.append(.text("\(part.name) \(what)\(lock)\(takes)\(part.answers ? ": the answer" : "")"))
        }
        tree.facts.append(
            .init(
                "parts",
                .array(
                    fetch.parts.map { part in
                        .object([
                            .init("name", .string(part.name)), .init("action", .string(part.action.rawValue)),
                            .init("model", .string(schema[part.model].name)),
                            .init("takes", .array(part.takes.map { .string($0) })),
                            .init("lock", part.lock.map { .string($0) } ?? .null),
                            .init("answers", .bool(part.answers)),
                        ])
                    })))
    }

    /// Adds what there is to say about rows that no statement gives.
    private func describe(local fetch: Fetch, in tree: inout ExplainTree) {
        tree.lines.append(
            .text("\(schema[fetch.model].name): \(fetch.reason); read when these rows have come, no statement"))
        tree.facts += [
            .init("fetch", .number(String(fetch.id.index))), .init("rowsFrom", .string(schema[fetch.model].name)),
            .init("access", .string(fetch.access.rawValue)), .init("reason", .string(fetch.reason)),
        ]
        if let note = notes.fetches[fetch.id] {
            tree.lines += note.lines
            tree.facts += note.facts
        }
    }

    // MARK: Keys

    /// The round trip, and how keys get to the statement.
    private func passing(of fetch: Fetch) -> String {
        let trip = "round trip \(fetch.wave + 1)"
        switch fetch.passing {
        case .none: return trip
        case .parameter: return "\(trip), when the keys have come: they are sent as an array"
        case .handedOver:
            let giver = fetch.keys.first.map { schema[plan.fetches[$0.fetch].model].name } ?? ""
            return
                "\(trip); the statement of \(giver) leaves the keys on the server, in \(HandOver.setting(of: fetch.id))"
        case .known: return "\(trip); the filter names the root's key, so nothing is waited for"
        }
    }

    /// What stands on the way from the parent.
    func edge(for fetch: Fetch, _ keys: KeySource?) -> String? {
        guard let keys else { return nil }
        if fetch.local != nil { return keys.columns.isEmpty ? nil : "in \(name(of: keys))" }
        let name = "keys of \(name(of: keys))"
        switch fetch.passing {
        case .none: return name
        case .parameter: return "\(name), as a parameter"
        case .handedOver: return "\(name), handed over"
        case .known: return "\(name), known"
        }
    }

    /// `Order.customerId`, in parentheses when it has several parts, with the type for rows of one type.
    func name(of source: KeySource) -> String {
        let columns = plan.fetches[source.fetch].columns
        // Keys that were taken out of lists are known by the column that holds these.
        if case .references? = plan.fetches[source.fetch].local, let lists = plan.fetches[source.fetch].keys.first {
            return name(of: lists)
        }
        let names = source.columns.map { name(of: columns[$0]) }
        let key = names.count == 1 ? names[0] : "(\(names.joined(separator: ", ")))"
        guard case .typed(let discriminator, let type) = source.form else { return key }
        return "\(key) where \(name(of: columns[discriminator])) is \(type)"
    }

    private func name(of column: Fetch.Column) -> String {
        let model = schema[column.model]
        return column.property.map { "\(model.name).\(model.properties[$0].name)" } ?? model.name
    }

    // MARK: Parameters

    private static let longestValue = 60

    private func origin(of slot: ParameterSlot, for fetch: Fetch) -> String {
        switch slot {
        case .value(let position, _):
            return value(position, fetch.parts.isEmpty ? "from the filter" : "from the data and the request")
        case .knownKey(let position, _): return value(position, "the root's key, from the filter")
        case .rows(let rows, let column, _):
            return "\(plan.fetches[rows].columns[column].output) of each of \(plan.fetches[rows].reason)"
        case .constant(let constant):
            guard case .text(let text) = constant.contents else { return "part of the plan" }
            return "\(JSONValue.string(text)), part of the plan"
        case .keys(let part, _):
            let names = fetch.keys.map { source in
                name(of: KeySource(fetch: source.fetch, columns: [source.columns[part]], form: source.form))
            }
            return "keys of \(names.joined(separator: " and "))"
        }
    }

    private func value(_ position: Int, _ origin: String) -> String {
        guard notes.values.indices.contains(position), let value = notes.values[position] else { return origin }
        return "\(ExplainRows.cut(value, columns: Self.longestValue)), \(origin)"
    }

    // MARK: Estimates

    /// Says how many rows the statement's table has, and how many of them each parent, where the catalog knows.
    private func estimate(_ fetch: Fetch, in tree: inout ExplainTree) {
        let model = schema[fetch.model]
        guard let rows = rowEstimate(of: model) else { return }
        var line = "about \(grouped(rows)) rows in \(model.table)"
        tree.facts.append(.init("estimatedTableRows", .number(String(Int64(rows)))))
        // Where each row has one parent, and its parents are all of a table.
        if let keys = fetch.keys.first, fetch.keys.count == 1, keys.form == .values,
            let parents = rowEstimate(of: schema[plan.fetches[keys.fetch].model]), parents > 0, isToMany(fetch)
        {
            let each = (rows / parents * 10).rounded() / 10
            let number = each < 10 && each != each.rounded() ? "\(each)" : grouped(each)
            line += ", \(number) for each \(schema[plan.fetches[keys.fetch].model].name)"
            tree.facts.append(.init("estimatedRowsPerParent", .number("\(each)")))
        }
        tree.lines.append(.text(line))
    }

    private func rowEstimate(of model: Model) -> Double? {
        schema.catalog?.table(model.tableSchema, model.table)?.estimatedRows.flatMap {
            $0.isFinite && $0 >= 0 && $0 < 1e15 ? $0.rounded() : nil
        }
    }

    /// Whether a fetch's rows are those of a relation whose targets hold the key of the parents.
    private func isToMany(_ fetch: Fetch) -> Bool {
        plan.nodes.contains { node in
            guard node.fetch == fetch.id, node.isToMany, case .key(let source, let child)? = node.link,
                source == fetch.keys.first
            else { return false }
            return child.allSatisfy { fetch.columns.indices.contains($0) && fetch.columns[$0].model == fetch.model }
        }
    }
}

/// `30,000`.
private func grouped(_ number: Double) -> String {
    let digits = Array(String(Int64(number)))
    return String(
        digits.enumerated().flatMap { position, digit in
            position > 0 && (digits.count - position).isMultiple(of: 3) ? [",", digit] : [digit]
        })
}

/// `1 row`, `2 rows`.
package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
