// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner

/// Answers requests by the rules, in memory: no statements, no batches, no plan.
final class TreeEvaluator {
    /// The answer and what it may have cost.
    struct Answer {
        var json: JSONValue
        var mostStatements: Int
        var mostTrips: Int
        /// How often the server may be asked besides for the order of embedded texts, where that of their bytes isn't the database's.
        var mostRankings: Int
        var fitsOneTrip: Bool
    }

    private typealias Reached = TreeRows.Reached

    private let world: TreeWorld
    private let rows: TreeRows
    /// Records that were made already, by place and row.
    private var made: [Int: [Int: JSONValue]] = [:]
    private var parts = TreeParts()

    init(_ world: TreeWorld, _ rows: TreeRows) {
        self.world = world
        self.rows = rows
    }

    func answer(_ request: TreeRequest) throws(TreeRefusal) -> Answer {
        guard let model = world.models.firstIndex(where: { $0.name == request.model }) else {
            throw TreeRefusal(code: "UNKNOWN_MODEL")
        }
        var ask = try TreeReader(world: world).ask(request.filter, model, isRoot: true)
        let key = world.models[model].columns[world.models[model].primaryKey[0]].name
        switch request.form {
        case .find: break
        case .byKey(let value):
            let asked = ask
            ask = TreeAsk()
            (ask.includes, ask.fields) = (asked.includes, asked.fields)
            ask.conditions = [.object([.init(key, .object([.init("eq", value)]))])]
        case .byKeys(let keys):
            let wanted = keys.filter { $0 != .null }
            ask.conditions.append(.object([.init(key, .object([.init("inq", .array(wanted))]))]))
            if ask.order.isEmpty { ask.keys = wanted }
            // An order by a list of keys has no values to start behind.
            if ask.keys != nil, ask.cursor != nil { throw TreeRefusal(code: "INVALID_FILTER") }
        }
        var resolver = TreeResolver(world)
        ask = try resolver.resolve(ask, model)
        made = [:]
        parts = TreeParts(root: resolver)
        var found = rows.rows[model].indices.map { Reached(row: $0, link: nil) }
        if let keys = ask.keys {
            let column = world.models[model].primaryKey[0]
            let places = rows.rows[model].map { row in
                keys.firstIndex { TreeRows.compare($0, row[column]) == 0 } ?? keys.count
            }
            found = chosen(found, model, ask, nil) { places[$0.row] - places[$1.row] }
        } else {
            found = chosen(found, model, ask, nil)
        }
        var json = JSONValue.array(found.map { record($0, model, ask, nil) })
        if ask.isPaged {
            let all = rows.rows[model].indices.map { Reached(row: $0) }
            let total = chosen(all, model, ask, nil, limited: false).count
            json = ["rows": json, "total": .number(String(total))]
        }
        if let refusal = parts.refusal { throw refusal }
        return Answer(
            json: json, mostStatements: parts.mostStatements, mostTrips: parts.mostTrips,
            mostRankings: parts.mostRankings,
            fitsOneTrip: resolver.fitsOneTrip)
    }

    // MARK: Rows

    /// Those that are asked for, in their order.
    ///
    /// - Parameter first: what comes before every order.
    private func chosen(
        _ candidates: [Reached], _ model: Int, _ ask: TreeAsk, _ include: TreeAsk.Included?, limited: Bool = true,
        first: (Reached, Reached) -> Int = { _, _ in 0 }
    ) -> [Reached] {
        guard !ask.isNever else { return [] }
        let key = key(of: model)
        let completed = ask.order + key.filter { term in !ask.order.contains { $0.name == term.name } }
        let linkModel = include?.relation.link?.model
        let isEmbedded = world.models[model].isEmbedded
        func compare(_ one: Reached, _ other: Reached) -> Int {
            let given = first(one, other)
            if given != 0 { return given }
            // A list's own order holds unless one is asked (D21).
            if ask.order.isEmpty, ask.cursor == nil, let left = one.place, let right = other.place {
                return left - right
            }
            for term in ask.order {
                let order = compared(one.row, other.row, model, term)
                if order != 0 { return order }
            }
            if let linkModel, let left = one.link, let right = other.link {
                for term in include?.link?.order ?? [] {
                    let order = compared(left, right, linkModel, term)
                    if order != 0 { return order }
                }
            }
            // Of records in a list their place completes the order.
            for term in isEmbedded && ask.cursor == nil ? [] : key {
                let order = compared(one.row, other.row, model, term)
                if order != 0 { return order }
            }
            if let left = one.place, let right = other.place { return left - right }
            guard let linkModel, let left = one.link, let right = other.link else { return 0 }
            for term in self.key(of: linkModel) {
                let order = compared(left, right, linkModel, term)
                if order != 0 { return order }
            }
            return 0
        }
        var found = candidates.filter { rows.meets(ask.conditions, model, $0.row) }
        guard limited else { return found }
        if let cursor = ask.cursor {
            found = found.filter { reached in
                for term in completed {
                    let order = TreeRows.compare(
                        rows.value(of: term, model, reached.row), cursor.values[term.name] ?? .null, by: term)
                    if order != 0 { return (order > 0) == cursor.isAfter }
                }
                return false
            }
        }
        found.sort { compare($0, $1) < 0 }
        let limit = ask.limit.flatMap { $0 == 0 ? nil : $0 }
        let isBackwards = ask.cursor?.isAfter == false && limit != nil
        if isBackwards { found.reverse() }
        found = Array(found.dropFirst(ask.skip ?? 0).prefix(limit ?? Int.max))
        if isBackwards { found.reverse() }
        return found
    }

    private func compared(_ one: Int, _ other: Int, _ model: Int, _ term: TreeAsk.Term) -> Int {
        TreeRows.compare(rows.value(of: term, model, one), rows.value(of: term, model, other), by: term)
    }

    private func key(of model: Int) -> [TreeAsk.Term] {
        world.models[model].primaryKey.map { .init(name: world.models[model].columns[$0].name, column: $0) }
    }

    // MARK: Records

    private func record(
        _ reached: Reached, _ model: Int, _ ask: TreeAsk, _ include: TreeAsk.Included?
    ) -> JSONValue {
        // With columns of its link a record is another one for each link.
        let isShared = reached.link == nil || include?.link?.name == nil
        if isShared, let known = made[ask.id]?[reached.row] { return known }
        var members = shown(ask.fields ?? world.models[model].visible, model, reached.row)
        if let link = reached.link, let relation = include?.relation.link, let name = include?.link?.name {
            let fields = include?.link?.fields ?? []
            members.append(.init(name, .object(shown(fields, relation.model, link))))
        }
        for include in ask.includes {
            members.append(.init(include.relation.name, value(of: include, from: reached.row, of: model)))
        }
        let record = JSONValue.object(members)
        if isShared { made[ask.id, default: [:]][reached.row] = record }
        return record
    }

    private func shown(_ columns: [Int], _ model: Int, _ row: Int) -> [JSONValue.Member] {
        if let record = rows.records[model]?[row] {
            // What the model doesn't know is shown along with all it knows.
            let columns = Set(columns)
            let isAll = columns.count == world.models[model].included.count
            return (record.members ?? []).filter { member in
                world.models[model].columns.firstIndex { $0.name == member.key }.map(columns.contains) ?? isAll
            }
        }
        return columns.map { position in
            let (column, value) = (world.models[model].columns[position], rows.rows[model][row][position])
            return .init(column.name, column.embedded.map { unconcealed(value, of: $0) } ?? value)
        }
    }

    /// Records as a property holds them, without what is hidden or protected (K5).
    private func unconcealed(_ value: JSONValue, of part: Int) -> JSONValue {
        if let elements = value.elements { return .array(elements.map { unconcealed($0, of: part) }) }
        guard let members = value.members else { return value }
        let model = world.models[part]
        return .object(
            members.filter { member in
                model.columns.firstIndex { $0.name == member.key }.map(model.included.contains) ?? true
            })
    }

    private func value(of include: TreeAsk.Included, from row: Int, of model: Int) -> JSONValue {
        let relation = include.relation
        if let function = relation.function {
            let property = world.models[model].columns.firstIndex { $0.name == function.property } ?? 0
            let scope = function.scope(for: rows.rows[model][row][property])
            return parts.include(include, scope: scope, in: world).map { value(of: $0, from: row, of: model) } ?? .null
        }
        guard let target = relation.target else { return typed(include, from: row, of: model) }
        let candidates = rows.related(relation, from: row, links: include.link?.conditions ?? [])
        if let summary = include.summary {
            return numbers(summary, candidates, target, include)
        }
        let found = chosen(candidates, target, include.ask, include)
        guard relation.isToMany else {
            return found.first.map { record($0, target, include.ask, include) } ?? .null
        }
        return .array(found.map { record($0, target, include.ask, include) })
    }

    /// The record of a polymorphic belongsTo; the case of type names doesn't matter here (D18).
    private func typed(_ include: TreeAsk.Included, from row: Int, of model: Int) -> JSONValue {
        let relation = include.relation
        guard let discriminator = relation.discriminator, let name = rows.rows[model][row][discriminator].text,
            let target = world.models.indices.first(where: { position in
                world.models[position].name.lowercased() == name.lowercased() && include.types[position] != nil
            }), let ask = include.types[target]
        else { return .null }
        let candidates = rows.rows(
            of: target, world.models[target].primaryKey, equalTo: row, of: model, relation.sourceKey)
        let found = chosen(candidates.map { Reached(row: $0, link: nil) }, target, ask, include)
        return found.first.map { record($0, target, ask, nil) } ?? .null
    }

    // MARK: Numbers

    private func numbers(
        _ summary: TreeAsk.Summary, _ candidates: [Reached], _ target: Int, _ include: TreeAsk.Included
    ) -> JSONValue {
        let counted = chosen(candidates, target, include.ask, include, limited: false)
        var members: [JSONValue.Member] = []
        if summary.count { members.append(.init("count", .number(String(counted.count)))) }
        for function in ["sum", "avg", "min", "max"] {
            let terms = summary.terms.filter { $0.function == function }
            if terms.isEmpty { continue }
            let values = terms.map { term in
                let values = counted.map { rows.rows[target][$0.row][term.column] }.filter { $0 != .null }
                return JSONValue.Member(
                    world.models[target].columns[term.column].name, TreeRows.aggregate(function, values))
            }
            members.append(.init(function, .object(values)))
        }
        if summary.rows {
            let found = chosen(candidates, target, include.ask, include)
            members.append(.init("rows", .array(found.map { record($0, target, include.ask, include) })))
        }
        return .object(members)
    }
}
