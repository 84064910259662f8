// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Evaluator {
    /// How many rows match.
    func count(_ model: String, _ condition: JSONValue) throws(Refusal) -> Int {
        let (spec, rows) = try table(model)
        let test = all([try self.condition(condition, spec), try self.condition(spec.defaultScope, spec)])
        return rows.count { test($0) == true }
    }

    /// The answer of `find`: a list of objects, or with `page` an object.
    func find(_ model: String, _ filter: JSONValue) throws(Refusal) -> JSONValue {
        let (spec, all) = try table(model)
        let known = ["where", "order", "fields", "limit", "skip", "after", "before", "page", "distinct"]
        for member in filter.members ?? [] where !known.contains(member.key) { throw Refusal(.invalidFilter) }
        let condition = filter["where"] ?? .null
        let test = self.all([try self.condition(condition, spec), try self.condition(spec.defaultScope, spec)])
        let isDistinct = filter["distinct"] == .bool(true)
        // Combinations have no distance of their own.
        let terms = try order(filter["order"] ?? .null, near: isDistinct ? .null : condition, spec)
        let columns = try fields(filter["fields"] ?? .null, spec)
        let limit = try rowCount(filter["limit"])
        let skip = try rowCount(filter["skip"]) ?? 0
        let isPaged = filter["page"] == .bool(true)
        if isDistinct {
            let rows = distinct(all.filter { test($0) == true }, columns, terms)
            return answer(limited(rows, limit, skip), columns, spec, total: isPaged ? rows.count : nil)
        }
        let keyed = all.filter { test($0) == true }.map { row in (row: row, keys: terms.map { $0.value(row) }) }
        var rows = keyed.sorted { compare($0.keys, $1.keys, terms) < 0 }
        let total = rows.count
        for side in ["after", "before"] {
            guard let json = filter[side] else { continue }
            let place = try place(json, terms, spec, isForward: side == "after", among: all)
            rows = rows.filter { compare($0.keys, place, terms) * (side == "after" ? 1 : -1) > 0 }
        }
        // `before` takes the rows just ahead of the place.
        let isReversed = filter["before"] != nil && limit != nil
        if isReversed { rows.reverse() }
        rows = limited(rows, limit, skip)
        if isReversed { rows.reverse() }
        return answer(rows.map(\.row), columns, spec, total: isPaged ? total : nil)
    }

    private func compare(_ one: [Value?], _ other: [Value?], _ terms: [Term]) -> Int {
        for (position, term) in terms.enumerated() {
            let order = term.order(one[position], other[position])
            if order != 0 { return order }
        }
        return 0
    }

    private func limited<T>(_ rows: [T], _ limit: Int?, _ skip: Int) -> [T] {
        Array(rows.dropFirst(skip).prefix(limit ?? rows.count))
    }

    /// nil for no limit.
    private func rowCount(_ json: JSONValue?) throws(Refusal) -> Int? {
        switch json {
        case nil, .null?, .string("")?: return nil
        case .number(let text)?, .string(let text)?:
            guard let count = Int(text), count >= 0 else { throw Refusal(.invalidFilter) }
            return count == 0 ? nil : count
        default: throw Refusal(.invalidFilter)
        }
    }

    private func place(
        _ json: JSONValue, _ terms: [Term], _ spec: TableSpec, isForward: Bool, among rows: [Row]
    ) throws(Refusal) -> [Value?] {
        // Each name has to be one that rows can be ordered by, and there is a value for each term.
        for member in json.members ?? [] { _ = try key(member.key, spec) }
        guard let members = json.members, members.count == terms.count else { throw Refusal(.invalidFilter) }
        let id = terms.first { $0.name == "id" }.flatMap { term in members[utf8: "id"].flatMap { term.read($0) } }
        let named = rows.first { row in
            terms.contains { $0.name == "id" && id != nil && $0.order($0.value(row), id) == 0 }
        }
        var values: [Value?] = []
        for term in terms {
            guard let json = members[utf8: term.name] else { throw Refusal(.invalidFilter) }
            guard json != .null else {
                values.append(nil)
                continue
            }
            guard let value = term.read(json) else { throw Refusal(.invalidValue) }
            values.append(exact(value, term, isForward: isForward, of: named))
        }
        return values
    }

    /// Instants are shown with milliseconds: the row's own value where that is shown so, else where the walk meets the first
    /// of those that are (B6).
    private func exact(_ value: Value, _ term: Term, isForward: Bool, of row: Row?) -> Value {
        guard case .instant(let first) = value, first % 1000 == 0, first != .max else { return value }
        if let row, case .instant(let own)? = term.value(row), own >= first, own <= first + 999 { return .instant(own) }
        return .instant(term.isDescending == isForward ? first + 999 : first)
    }

    // MARK: Fields

    private func fields(_ json: JSONValue, _ spec: TableSpec) throws(Refusal) -> [Int] {
        var (wanted, unwanted): ([String], [String]) = ([], [])
        switch json {
        case .null: break
        case .string(let name): wanted = [name]
        case .array(let elements): wanted = elements.compactMap(\.text)
        case .object(let members):
            wanted = members.filter { $0.value == .bool(true) }.map(\.key)
            unwanted = members.filter { $0.value == .bool(false) }.map(\.key)
        default: throw Refusal(.invalidFilter)
        }
        for name in wanted + unwanted
        where spec.position(of: name) == nil && !spec.relations.contains(where: { $0.name == name }) {
            throw Refusal(.unknownProperty)
        }
        let visible = spec.columns.indices.filter { !spec.columns[$0].isHidden }
        if !wanted.isEmpty { return visible.filter { wanted.contains(spec.columns[$0].name) } }
        return visible.filter { !unwanted.contains(spec.columns[$0].name) }
    }

    /// Each combination once, in the asked order, then by the fields.
    private func distinct(_ rows: [Row], _ columns: [Int], _ terms: [Term]) -> [Row] {
        let own = columns.map { column in
            Term(
                name: "", value: { $0.cells[column].value }, isDescending: false, nullsFirst: false, read: { _ in nil })
        }
        // The key that completes an order is no part of it unless it is shown.
        let all = (columns.contains(0) ? terms : terms.dropLast()) + own
        let keyed = rows.map { row in (row: row, keys: all.map { $0.value(row) }) }
            .sorted { compare($0.keys, $1.keys, all) < 0 }
        var kept: [(row: Row, keys: [Value?])] = []
        for row in keyed where kept.last.map({ compare($0.keys, row.keys, all) != 0 }) ?? true { kept.append(row) }
        return kept.map(\.row)
    }

    private func answer(_ rows: [Row], _ columns: [Int], _ spec: TableSpec, total: Int?) -> JSONValue {
        let list = JSONValue.array(
            rows.map { row in
                .object(columns.map { JSONValue.Member(spec.columns[$0].name, row.cells[$0].json) })
            })
        return total.map { ["rows": list, "total": .number(String($0))] } ?? list
    }
}
