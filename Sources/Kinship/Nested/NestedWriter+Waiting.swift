// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

// New records that refer to each other: what can't be written yet waits until the others are there.
extension NestedWriter {
    // MARK: Ahead of a statement

    /// What of relations by keys of their own can be done before new records are made; the rest waits for others.
    ///
    /// - Parameter own: the data of the records, which get the keys that are known already.
    func ready(
        _ parts: [(parent: Int, nested: NestedRelation)], _ relation: Relation, of model: Model, _ target: Model,
        _ records: [NestedRecord], _ own: inout [[JSONValue.Member]?]
    ) throws -> [(parent: Int, nested: NestedRelation)] {
        guard graphRecords.references != nil else { return parts }
        let here = Set(records.compactMap(\.number))
        let isOptional = canWait(relation, of: model)
        return try parts.map { parent, nested in
            var (now, later) = (nested, nested)
            (now.connect, now.create) = ([], [])
            (later.connect, later.create, later.connectOrCreate) = ([], [], [])
            for connect in nested.connect {
                guard case .new(let number, _) = connect, graphRecords.made(number) == nil else {
                    now.connect.append(connect)
                    continue
                }
                if let values = keyAhead(relation, of: model, target, number, here) {
                    for (property, value) in zip(relation.sourceKey, values) {
                        let name = model.properties[property].name
                        own[parent]?.removeAll { $0.key == name }
                        own[parent]?.append(.init(name, value))
                    }
                } else if isOptional {
                    later.connect.append(connect)
                } else {
                    throw isCircular(relation, of: model, nested.path)
                }
            }
            for record in nested.create {
                if isOptional, !graphRecords.missing(needs(of: record, target)).isEmpty {
                    later.create.append(record)
                } else {
                    now.create.append(record)
                }
            }
            if !later.connect.isEmpty || !later.create.isEmpty, let number = records[parent].number {
                graphRecords.wait(.init(owner: .record(number), model: model.id, nested: later))
            }
            return (parent, now)
        }
    }

    /// Leaves keys of records that aren't there yet out of the data of new ones, where the database would refuse them.
    func waitForGiven(_ records: [NestedRecord], of model: Model, _ own: inout [[JSONValue.Member]?]) throws {
        guard graphRecords.references != nil else { return }
        let here = Set(records.compactMap(\.number))
        for (position, record) in records.enumerated() {
            for (relation, number) in record.given where graphRecords.made(number) == nil {
                guard let target = relation.target.map({ schema[$0] }),
                    keyAhead(relation, of: model, target, number, here) == nil
                else { continue }
                guard canWait(relation, of: model), let ownNumber = record.number else {
                    throw isCircular(relation, of: model, record.path)
                }
                let names = relation.sourceKey.map { model.properties[$0].name }
                own[position]?.removeAll { names.contains($0.key) }
                var nested = NestedRelation(relation: relation, target: target, path: record.path)
                nested.connect = [.new(number, link: nil)]
                graphRecords.wait(.init(owner: .record(ownNumber), model: model.id, nested: nested))
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
        var ready = Set(new.indices)
        while true {
            // Those of one statement may refer to each other by keys that are known.
            let here = Set(
                ready.compactMap { new[$0].1.number }.filter {
                    graphRecords.given($0, target.primaryKey, of: target) != nil
                })
            let left = ready.filter { needs[$0].isSubset(of: here) }
            guard left.count < ready.count else { break }
            ready = left
        }
        for index in new.indices where !ready.contains(index) {
            var nested = NestedRelation(relation: relation, target: target, path: path)
            nested.create = [new[index].1]
            graphRecords.wait(.init(owner: .parent(parents[new[index].0]), model: model.id, nested: nested))
        }
        return new.indices.filter(ready.contains).map { new[$0] }
    }

    /// The records of the graph that have to be there before a record with all that belongs to it can be made.
    func needs(of record: NestedRecord, _ model: Model) -> Set<Int> {
        var (needed, made): (Set<Int>, Set<Int>) = ([], [])
        func look(_ record: NestedRecord, _ model: Model) {
            if let number = record.number { made.insert(number) }
            func need(_ relation: Relation, _ number: Int) {
                guard !canWait(relation, of: model), let target = relation.target.map({ schema[$0] }),
                    keyAhead(relation, of: model, target, number, record.number.map { [$0] } ?? [], isAsked: true)
                        == nil
                else { return }
                needed.insert(number)
            }
            for (relation, number) in record.given { need(relation, number) }
            for nested in record.relations {
                for case .new(let number, _) in nested.connect where isReferred(nested.relation) {
                    need(nested.relation, number)
                }
                guard let target = nested.target else { continue }
                for below in nested.create + nested.connectOrCreate.map(\.create) { look(below, target) }
            }
        }
        look(record, model)
        return needed.subtracting(made)
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
    private func keyAhead(
        _ relation: Relation, of model: Model, _ target: Model, _ number: Int, _ here: Set<Int>, isAsked: Bool = false
    ) -> [JSONValue]? {
        guard relation.kind == .belongsTo, relation.polymorphic == nil, !relation.copiesFromTarget,
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

    /// Whether records get copies of what they refer to.
    var copiesFromTarget: Bool { definition.invertProperties || definition.embedsProperties }
}
