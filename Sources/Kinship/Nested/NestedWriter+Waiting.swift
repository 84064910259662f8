// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

// New records that refer to each other: what can't be written yet waits until the others are there.
extension NestedWriter {
    // MARK: Ahead of a statement

    /// What of relations by keys of their own can be done before new records are made; the rest waits for others.
    ///
    /// - Parameters:
    ///   - own: the data of the records, which get the keys that are known already.
    ///   - trusted: their keys that are those of records which the graph makes itself.
    func ready(
        _ parts: [(parent: Int, nested: NestedRelation)], _ relation: Relation, of model: Model, _ target: Model,
        _ records: [NestedRecord], _ own: inout [[JSONValue.Member]?], _ trusted: inout [[TrustedKey]]
    ) throws -> [(parent: Int, nested: NestedRelation)] {
        guard graphRecords.references != nil else { return parts }
        let here = Set(records.compactMap(\.number))
        let isOptional = canWait(relation, of: model)
        let names = relation.sourceKey.map { model.properties[$0].name }
        var ready: [(parent: Int, nested: NestedRelation)] = []
        for (parent, nested) in parts {
            var now = nested
            (now.connect, now.create) = ([], [])
            func wait(_ later: NestedRelation, for needs: Set<Int>) {
                own[parent]?.removeAll { names.contains($0.key) }
                guard let number = records[parent].number else { return }
                graphRecords.wait(.init(owner: .record(number), model: model.id, nested: later), for: needs)
            }
            for connect in nested.connect {
                guard case .new(let number, _, let key, _) = connect, graphRecords.made(number) == nil else {
                    now.connect.append(connect)
                    continue
                }
                if let values = keyAhead(relation, of: model, target, number, here, isMeant: key != nil) {
                    for (name, value) in zip(names, values) {
                        try requireNoOther(value, name, of: model, records[parent])
                        own[parent]?.removeAll { $0.key == name }
                        own[parent]?.append(.init(name, value))
                    }
                    if graphRecords.isSure(number) {
                        trusted[parent].append(TrustedKey(source: target.id, properties: Set(relation.sourceKey)))
                    }
                } else if isOptional {
                    try requireNoOther(
                        graphRecords.given(number, relation.targetKey, of: target), names, of: model, records[parent])
                    var later = NestedRelation(relation: relation, target: target, path: nested.path)
                    later.connect = [connect]
                    wait(later, for: [number])
                } else {
                    throw isCircular(relation, of: model, nested.path)
                }
            }
            for record in nested.create {
                let needs = isOptional ? needs(of: record, target) : []
                guard isOptional, !graphRecords.missing(needs).isEmpty else {
                    now.create.append(record)
                    continue
                }
                let values = relation.targetKey.compactMap { record[target.properties[$0].name] }
                try requireNoOther(values.count == names.count ? values : nil, names, of: model, records[parent])
                var later = NestedRelation(relation: relation, target: target, path: nested.path)
                later.create = [record]
                wait(later, for: needs)
            }
            ready.append((parent, now))
        }
        return ready
    }

    /// Data beside a record that is only there later may only have its key (D24).
    private func requireNoOther(
        _ values: [JSONValue]?, _ names: [String], of model: Model, _ record: NestedRecord
    ) throws(PlannerError) {
        for (position, name) in names.enumerated() {
            try requireNoOther(values?[position] ?? .null, name, of: model, record)
        }
    }

    private func requireNoOther(
        _ value: JSONValue, _ name: String, of model: Model, _ record: NestedRecord
    ) throws(PlannerError) {
        guard let given = record[name], given.elements == nil, let property = model.property(name) else { return }
        try requireSame(given, value, property, of: model, record.path)
    }

    /// Leaves keys of records that aren't there yet out of the data of new ones, where the database would refuse them.
    func waitForGiven(_ records: [NestedRecord], of model: Model, _ own: inout [[JSONValue.Member]?]) throws {
        guard graphRecords.references != nil else { return }
        let here = Set(records.compactMap(\.number))
        for (position, record) in records.enumerated() {
            for (relation, number) in record.given where graphRecords.made(number) == nil {
                guard let target = relation.target.map({ schema[$0] }),
                    keyAhead(relation, of: model, target, number, here, isMeant: true) == nil
                else { continue }
                guard canWait(relation, of: model), let ownNumber = record.number else {
                    throw isCircular(relation, of: model, record.path)
                }
                let names = relation.sourceKey.map { model.properties[$0].name }
                own[position]?.removeAll { names.contains($0.key) }
                var nested = NestedRelation(relation: relation, target: target, path: record.path)
                nested.connect = [
                    .new(number, link: nil, key: relation.key(of: target, in: record.data, model), path: record.path)
                ]
                graphRecords.wait(.init(owner: .record(ownNumber), model: model.id, nested: nested), for: [number])
            }
        }
    }

    /// Targets that can be made now: the others wait for what they can't be without.
    func ready(
        _ new: [(Int, NestedRecord)], _ relation: Relation, of model: Model, _ target: Model, _ parents: [NestedParent],
        _ path: String
    ) -> [(Int, NestedRecord)] {
        guard graphRecords.references != nil else { return new }
        let needs = new.map { graphRecords.missing(self.needs(of: $0.1, target)) }
        // Those of one statement may refer to each other by keys that are known.
        var places: [Int: Int] = [:]
        for (place, (_, record)) in new.enumerated() {
            guard let number = record.number, graphRecords.given(number, target.primaryKey, of: target) != nil else {
                continue
            }
            places[number] = place
        }
        var dependents: [Int: [Int]] = [:]
        var isLeft = Array(repeating: false, count: new.count)
        var left: [Int] = []
        for (place, needs) in needs.enumerated() {
            for need in needs {
                if places[need] != nil {
                    dependents[need, default: []].append(place)
                } else if !isLeft[place] {
                    isLeft[place] = true
                    left.append(place)
                }
            }
        }
        // Who needs one that waits waits as well.
        while let place = left.popLast() {
            guard let number = new[place].1.number else { continue }
            for dependent in dependents[number] ?? [] where !isLeft[dependent] {
                isLeft[dependent] = true
                left.append(dependent)
            }
        }
        for place in new.indices where isLeft[place] {
            var nested = NestedRelation(relation: relation, target: target, path: path)
            nested.create = [new[place].1]
            graphRecords.wait(
                .init(owner: .parent(parents[new[place].0]), model: model.id, nested: nested), for: needs[place])
        }
        return new.indices.filter { !isLeft[$0] }.map { new[$0] }
    }

    /// The records of the graph that have to be there before a record with all that belongs to it can be made.
    func needs(of record: NestedRecord, _ model: Model) -> Set<Int> {
        graphRecords.needs(of: record) {
            var (needed, made): (Set<Int>, Set<Int>) = ([], [])
            gather(record, model, &needed, &made)
            return needed.subtracting(made)
        }
    }

    private func gather(_ record: NestedRecord, _ model: Model, _ needed: inout Set<Int>, _ made: inout Set<Int>) {
        if let number = record.number { made.insert(number) }
        let own: Set<Int> = record.number.map { [$0] } ?? []
        func isNeeded(_ relation: Relation, _ number: Int, isMeant: Bool) -> Bool {
            guard !canWait(relation, of: model), let target = relation.target.map({ schema[$0] }) else { return false }
            return keyAhead(relation, of: model, target, number, own, isAsked: true, isMeant: isMeant) == nil
        }
        for (relation, number) in record.given where isNeeded(relation, number, isMeant: true) { needed.insert(number) }
        for nested in record.relations {
            if isReferred(nested.relation) {
                for case .new(let number, _, let key, _) in nested.connect
                where isNeeded(nested.relation, number, isMeant: key != nil) {
                    needed.insert(number)
                }
            }
            guard let target = nested.target else { continue }
            for below in nested.create + nested.connectOrCreate.map(\.create) { gather(below, target, &needed, &made) }
        }
    }

    /// Whether a record can be made without what a relation leads to.
    func canWait(_ relation: Relation, of model: Model) -> Bool {
        relation.sourceKey.allSatisfy {
            let property = model.properties[$0]
            return property.isNullable && !property.isRequired
        }
    }

    /// The key of a record that isn't there yet, where data give it and the database lets it be written: in the statement that makes both,
    /// where nothing watches over it, or where it is looked at when all is there.
    ///
    /// - Parameter isMeant: whether the key itself says which record is meant, whatever becomes of the one whose data have it.
    private func keyAhead(
        _ relation: Relation, of model: Model, _ target: Model, _ number: Int, _ here: Set<Int>, isAsked: Bool = false,
        isMeant: Bool
    ) -> [JSONValue]? {
        guard relation.kind == .belongsTo, relation.polymorphic == nil, !relation.copiesFromTarget,
            isMeant || graphRecords.isSure(number),
            let values = graphRecords.given(number, relation.targetKey, of: target)
        else { return nil }
        guard !here.contains(number) else { return values }
        let table = schema.catalog?.table(model.tableSchema, model.table)
        guard let table, table.kind == .table || table.kind == .partitioned else { return nil }
        let columns = Set(relation.sourceKey.map { model.properties[$0].column })
        let keys = table.foreignKeys.filter { !columns.isDisjoint(with: $0.columns) }
        guard keys.allSatisfy(\.isDeferrable) else { return nil }
        if !isAsked {
            for key in keys where !key.isDeferred {
                graphRecords.deferCheck(of: Self.quoted(table.schema) + "." + Self.quoted(key.name))
            }
        }
        return values
    }

    private static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

    func isCircular(_ relation: Relation, of model: Model, _ path: String) -> PlannerError {
        let columns = relation.sourceKey.map { model.properties[$0].column }.joined(separator: ", ")
        return PlannerError(
            .unsupported,
            "A new \(model.name) refers by \(relation.name) to a record that can only be made after it. Let \(columns) be NULL, so that it is written when both are there; or make its foreign key DEFERRABLE, and give the key of the other record in the data.",
            path: path.isEmpty ? nil : path, model: model.name, relation: relation.name)
    }

    /// Tells the server which constraints are to be looked at when all is there.
    func deferChecks() async throws {
        let constraints = graphRecords.takeDeferred()
        guard !constraints.isEmpty, !context.isLooking else { return }
        try await transaction.execute(Statement("SET CONSTRAINTS \(constraints.joined(separator: ", ")) DEFERRED"))
    }
}

extension Relation {
    /// Whether the record itself has the key: the other one has to be there first.
    var hasOwnKey: Bool { kind == .belongsTo || kind == .referencesMany }

    /// The key by which data of a record name the target, as operations take it; nil where they don't have all of it.
    func key(of target: Model, in data: JSONValue, _ model: Model) -> JSONValue? {
        guard targetKey == target.primaryKey else { return nil }
        let values = sourceKey.compactMap { data[model.properties[$0].name] }
        guard values.count == targetKey.count else { return nil }
        return values.count == 1
            ? values[0] : .object(zip(targetKey, values).map { .init(target.properties[$0].name, $1) })
    }

    /// Whether records get copies of what they refer to.
    var copiesFromTarget: Bool { definition.invertProperties || definition.embedsProperties }
}
