// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// What has become of a graph's records so far, and what waits for some of them.
final class GraphRecords: Sendable {
    /// What has become of a record.
    enum Made: Sendable {
        case row(ParentRecord)
        case key(JSONValue)
        /// It isn't made, for another one that was to have it was found.
        case absent
    }

    /// Whose relation it is.
    enum Owner: Sendable {
        /// A record of the graph, by its number.
        case record(Int)
        case parent(NestedParent)
    }

    /// A new record or link that is written when others are there.
    struct Waiting: Sendable {
        let owner: Owner
        let model: Model.ID
        var nested: NestedRelation

        /// Whether it is a record to be made.
        var isRecord: Bool { !nested.create.isEmpty }
    }

    private struct State {
        var made: [Int: Made] = [:]
        var waiting = WaitingQueue<Waiting>()
        /// What records can't be without, once it is known.
        var needs: [Int: Set<Int>] = [:]
        /// Constraints that are checked at the end only, and whether the server has been told.
        var deferred: [String] = []
        var told = 0
    }

    let references: GraphReferences?
    private let state = Locked(State())

    init(_ references: GraphReferences?) { self.references = references?.isUsed == true ? references : nil }

    // MARK: Records

    func note(_ row: ParentRecord, of record: NestedRecord) { note(.row(row), of: record) }

    func note(_ key: JSONValue, of record: NestedRecord) { note(.key(key), of: record) }

    private func note(_ made: Made, of record: NestedRecord) {
        guard references != nil, let number = record.number else { return }
        state.withLock { state in
            state.made[number] = made
            state.waiting.note(number)
        }
    }

    /// Notes that a record with all that belongs to it isn't made, but that another one stands for it.
    func note(found row: ParentRecord, for record: NestedRecord) {
        guard references != nil else { return }
        func noteNone(_ record: NestedRecord) {
            for nested in record.relations {
                for below in nested.create + nested.connectOrCreate.map(\.create) + nested.update + nested.upsert {
                    note(.absent, of: below)
                    noteNone(below)
                }
            }
        }
        note(.row(row), of: record)
        noteNone(record)
    }

    func made(_ number: Int) -> Made? { state.withLock { $0.made[number] } }

    /// What has become of the record that is meant; by a key that isn't its own the one that has the key.
    func made(_ number: Int, meant key: JSONValue?, of model: Model) -> Made? {
        guard let made = made(number) else { return nil }
        guard let key, let name = RecordName(key: key, of: model) else { return made }
        let own: RecordName?
        switch made {
        case .row(let row):
            own = RecordName(
                .object(model.primaryKey.map { .init(model.properties[$0].name, row[model.properties[$0].name]) }),
                of: model)
        case .key(let key): own = RecordName(key: key, of: model)
        case .absent: own = nil
        }
        return own == name ? made : .key(key)
    }

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

    /// Whether a record has the key of its data once it is there: not one in whose place another one may be found.
    func isSure(_ number: Int) -> Bool { references?.records[number].isSure ?? false }

    /// What a record can't be without: it depends on the data alone, and is found out once.
    func needs(of record: NestedRecord, _ find: () -> Set<Int>) -> Set<Int> {
        guard let number = record.number else { return find() }
        if let known = state.withLock({ $0.needs[number] }) { return known }
        let needs = find()
        state.withLock { $0.needs[number] = needs }
        return needs
    }

    // MARK: What waits

    func wait(_ waiting: Waiting, for needs: Set<Int>) {
        var needs = needs
        if case .record(let number) = waiting.owner { needs.insert(number) }
        state.withLock { $0.waiting.wait(waiting, for: needs.sorted()) }
    }

    /// What can be written by now, and is the caller's from then on: records, or links.
    func takeReady(records: Bool) -> [Waiting] {
        state.withLock { $0.waiting.take { $0.isRecord == records } }
    }

    /// The first of all that waits.
    var firstWaiting: Waiting? { state.withLock { $0.waiting.first } }

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
