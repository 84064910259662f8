// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

// What is to be sent.
extension PlanRun {
    /// The statements of a wave that have something to ask for.
    mutating func statements(of wave: [Fetch.ID]) throws -> (sent: [Fetch.ID], statements: [Statement]) {
        var sent: [Fetch.ID] = []
        var statements: [Statement] = []
        for id in wave where rowSets[id.index] == nil && prepared.plan.fetches[id].local == nil {
            guard let statement = try statement(for: prepared.plan.fetches[id]) else { continue }
            sent.append(id)
            statistics.fetches[id.index].wasSent = true
            statements.append(statement)
        }
        return (sent, statements)
    }

    /// What goes out around the first of a wave's statements: the locks of a change, and what makes copies right behind it.
    func around(_ wave: [Fetch.ID]) throws -> (ahead: [Statement], behind: [Statement])? {
        guard let root = plan.fetches.first, !root.ahead.isEmpty || !root.behind.isEmpty, wave.contains(root.id),
            rowSets[root.id.index] == nil
        else { return nil }
        return (try root.ahead.map(statement), try root.behind.map(statement))
    }

    private func statement(_ given: Fetch.Ahead) throws -> Statement {
        var parameters = Parameters()
        for slot in given.slots {
            switch slot {
            case .constant(let value): try parameters.append(value)
            case .value(let position, _): try parameters.append(values[position])
            // A lock has nothing else to go by.
            case .keys, .knownKey, .rows: break
            }
        }
        return Statement(given.text, parameters)
    }

    /// What may still come beside what the tree has; nil without limits.
    func room(_ usage: TreeUsage) -> ResultLimits? {
        guard var room = options.room(beside: usage.size) else { return nil }
        // The row that only tells whether there are more doesn't count.
        if prepared.plan.paging != nil, rowSets[0] == nil { room.rows = room.rows.map { $0 &+ 1 } }
        return room
    }

    /// The statement with its values, nil when no parent row has a key to ask for.
    mutating func statement(for fetch: Fetch) throws -> Statement? {
        var keys: KeySet?
        if fetch.passing == .parameter {
            let indexes = try fetch.keys.compactMap { try keyIndex($0) }.filter { $0.count > 0 }
            guard !indexes.isEmpty else { return nil }
            let found = KeySet(indexes)
            statistics.fetches[fetch.id.index].keys = found.count
            keys = found
        } else if fetch.passing == .handedOver, let giver = fetch.keys.first?.fetch {
            // Who has not been asked has nothing to hand over.
            guard statistics.fetches[giver.index].wasSent else { return nil }
        }
        let (text, slots, _) = fetch.statement(forKeys: keys?.count ?? 0)
        var parameters = Parameters()
        for slot in slots {
            switch slot {
            case .value(let position, _): try parameters.append(values[position])
            case .constant(let value): try parameters.append(value)
            case .keys(let part, let element): keys?.appendArray(part: part, of: element, to: &parameters)
            case .rows(let rows, let column, let element):
                rowSets[rows.index]?.appendArray(column: column, of: element, to: &parameters)
            case .knownKey(let position, let element):
                try parameters.append(BoundValue(element.array, .array([values[position].contents])))
            }
        }
        var statement = Statement(text, parameters)
        // What a plan reads calls nothing but what the planner writes.
        statement.isKnownRead = fetch.parts.isEmpty && fetch.ahead.isEmpty && fetch.behind.isEmpty
        return statement
    }
}

extension PreparedPlan {
    /// The first statement with its values.
    func rootStatement(_ values: [BoundValue]) throws -> Statement {
        var run = try PlanRun(self, values: values, TreeOptions())
        guard let statement = try plan.fetches.first.flatMap({ try run.statement(for: $0) }) else {
            throw PostgresError(.misuse, "The plan has no statement for its root.")
        }
        return statement
    }
}
