// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// What has become of a graph's records so far, and what waits for some of them.
final class GraphRecords: Sendable {
    /// A record that is there by now.
    enum Made: Sendable {
        case row(ParentRecord)
        case key(JSONValue)
    }

    /// Whose relation it is.
    enum Owner: Sendable {
        /// A record of the graph, by its number.
        case record(Int)
        case parent(NestedParent)
    }

    /// New records and links that are written when others are there.
    struct Waiting: Sendable {
        let owner: Owner
        let model: Model.ID
        var nested: NestedRelation
    }

    private struct State {
        var made: [Int: Made] = [:]
        var waiting: [Waiting] = []
        /// Constraints that are checked at the end only, and whether the server has been told.
        var deferred: [String] = []
        var told = 0
    }

    let references: GraphReferences?
    private let state = Locked(State())

    init(_ references: GraphReferences?) { self.references = references?.isUsed == true ? references : nil }

    // MARK: Records

    func note(_ row: ParentRecord, of record: NestedRecord) {
        guard references != nil, let number = record.number else { return }
        state.withLock { $0.made[number] = .row(row) }
    }

    func note(_ key: JSONValue, of record: NestedRecord) {
        guard references != nil, let number = record.number else { return }
        state.withLock { $0.made[number] = .key(key) }
    }

    func made(_ number: Int) -> Made? { state.withLock { $0.made[number] } }

    /// Those that aren't there yet.
    func missing(_ numbers: Set<Int>) -> Set<Int> {
        state.withLock { state in numbers.filter { state.made[$0] == nil } }
    }

    /// What the data of a record say of some properties; nil where they don't say all of them.
    func given(_ number: Int, _ properties: [Property.ID], of model: Model) -> [JSONValue]? {
        guard let data = references?.records[number].data else { return nil }
        let values = properties.compactMap { property in
            data[model.properties[property].name].flatMap { $0 == .null ? nil : .some($0) }
        }
        return values.count == properties.count ? values : nil
    }

    // MARK: What waits

    func wait(_ waiting: Waiting) { state.withLock { $0.waiting.append(waiting) } }

    /// All that waits, which is the caller's from then on.
    func takeWaiting() -> [Waiting] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    // MARK: Constraints

    func deferCheck(of constraint: String) {
        state.withLock { if !$0.deferred.contains(constraint) { $0.deferred.append(constraint) } }
    }

    /// The constraints that the server isn't told of yet.
    func takeDeferred() -> [String] {
        state.withLock { state in
            defer { state.told = state.deferred.count }
            return Array(state.deferred[state.told...])
        }
    }

    /// All constraints that are checked at the end only.
    var deferred: [String] { state.withLock { $0.deferred } }
}
