// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// What can be said of several records of a level by one statement, and whose they are.
extension NestedWriter {
    /// Whether one statement can say whose each of some records is.
    func canBeTogether(_ level: NestedLevel) -> Bool {
        level.relation.embedded == nil && !level.relation.hasScopeFunction && !level.model.hasKeysOfTheServer
            && level.target?.hasKeysOfTheServer != true && !level.model.primaryKey.isEmpty
            && level.target?.primaryKey.isEmpty != true && schema.catalog?.isDistributed != true
    }

    /// Whether hooks have their say in what becomes of the rows of a level: each of them is a change of its own then.
    func hasHooks(_ level: NestedLevel) -> Bool {
        guard let hooks = context.hooks, context.recorder?.isRunning != false else { return false }
        let link = level.relation.through.map { schema[$0.model] }
        return [level.model, level.target, link].compactMap(\.self).contains { hooks.takesPart(in: $0.name) }
    }

    /// What the relation goes by of the records at some positions.
    func ownerRecords(_ positions: [Int], _ level: NestedLevel) async throws -> [Int: ParentRecord] {
        let (relation, model) = (level.relation, level.model)
        var rows: [Int: ParentRecord] = [:]
        if !relation.hasOwnKey {
            let isScoped = try planning.defaultCondition(of: model, unscoped: context.isUnscoped) != .always
            let isByKey = relation.sourceKey.allSatisfy(model.primaryKey.contains)
            if isScoped || !isByKey {
                rows = try await self.rows(of: level.parents, at: positions, of: model, taking: relation.sourceKey)
            }
        }
        for position in Set(positions) where rows[position] == nil {
            rows[position] = keyRecord(level.parents[position].id, of: model)
        }
        return rows
    }

    /// Whether a record refers to somebody, so that it can have targets.
    func refers(_ row: ParentRecord?, _ level: NestedLevel) -> Bool {
        guard let row else { return false }
        return level.relation.hasOwnKey
            || level.relation.sourceKey.allSatisfy { row[level.model.properties[$0].name] != .null }
    }

    /// The changes of the relation, of whichever of the records.
    func way(_ level: NestedLevel, _ position: Int, _ planning: Planning) throws -> RelationChanges {
        try planning.changes(
            of: level.relation.name, level.model.name, id: level.parents[position].id, type: level.target,
            unscoped: context.isUnscoped)
    }

    /// Whose the targets of records at some positions are, as statements say it.
    func values(
        _ positions: [Int], _ rows: [Int: ParentRecord], _ level: NestedLevel, _ way: RelationChanges,
        _ planning: Planning
    ) throws -> [[BoundValue]] {
        let (owner, properties, source) = way.ownership
        return try positions.map { position in
            try zip(properties, source).map { property, from in
                let value = try rows[position]?.value(level.model.properties[from].name) ?? .null
                return try planning.schema.value(value, of: property, in: owner.id)
            }
        }
    }

    /// The names of the records that an answer has.
    func names(_ graph: Graph, _ model: Model) -> Set<RecordName> {
        Set(Self.parents(graph, model).compactMap { RecordName(key: key(of: model, $0), of: model) })
    }

    /// Which of some targets are those of the records that they are named at.
    ///
    /// - Parameter isHeld: whether nobody else changes them until the transaction ends.
    /// - Returns: these, as they are; nil where only one by one it can be said.
    func owned(
        _ links: [NestedLink], _ level: NestedLevel, _ target: Model, isHeld: Bool, in context: SessionContext
    ) async throws -> [JSONValue]? {
        let rows = try await ownerRecords(links.map(\.parent), level)
        let links = links.filter { refers(rows[$0.parent], level) }
        guard let first = links.first else { return [] }
        return try await context.answering { planning -> [JSONValue]? in
            let way = try self.way(level, first.parent, planning)
            guard !way.isLimited else { return nil }
            let keys = try links.map { try planning.keyValues($0.key ?? .null, of: target) }
            let look = way.lookEach(
                keys, of: try values(links.map(\.parent), rows, level, way, planning), isHeld: isHeld)
            let found =
                isHeld
                ? try await context.looking(look, of: target, planning)
                : try await context.reading(look, of: target, planning)
            return try HookedRows.records(found, of: target)
        }
    }

    /// The targets that records of a to-one relation have, by their positions; nil where only one by one it can be said.
    func only(_ positions: [Int], _ level: NestedLevel, _ target: Model) async throws -> [Int: JSONValue]? {
        let relation = level.relation
        if relation.kind == .belongsTo {
            guard relation.targetKey == target.primaryKey else { return nil }
            let rows = try await rows(of: level.parents, at: positions, of: level.model, taking: relation.sourceKey)
            var keys: [Int: JSONValue] = [:]
            for (position, row) in rows {
                let values = try relation.sourceKey.map { try row.value(level.model.properties[$0].name) }
                guard !values.contains(.null) else { continue }
                keys[position] =
                    values.count == 1
                    ? values[0]
                    : .object(zip(target.primaryKey, values).map { .init(target.properties[$0].name, $1) })
            }
            return keys
        }
        let rows = try await ownerRecords(positions, level)
        let positions = positions.filter { refers(rows[$0], level) }
        guard let first = positions.first else { return [:] }
        let found = try await context.answering { planning -> [JSONValue] in
            let way = try self.way(level, first, planning)
            let look = way.lookEach(nil, of: try values(positions, rows, level, way, planning), isHeld: false)
            return try HookedRows.records(try await context.reading(look, of: target, planning), of: target)
        }
        // Of several candidates the first one (D20).
        var firsts: [[RecordName.Part]: JSONValue] = [:]
        for record in found {
            let owner = relation.targetKey.map { property in
                RecordName.Part(record[target.properties[property].name] ?? .null, target.properties[property])
            }
            if firsts[owner] == nil { firsts[owner] = HookedRows.key(record, of: target) }
        }
        var keys: [Int: JSONValue] = [:]
        for position in positions {
            var owner: [RecordName.Part] = []
            for (own, other) in zip(relation.sourceKey, relation.targetKey) {
                let value = try rows[position]?.value(level.model.properties[own].name) ?? .null
                owner.append(RecordName.Part(value, target.properties[other]))
            }
            keys[position] = firsts[owner]
        }
        return keys
    }

    /// Does what is about one place of the data, and tells what is wrong with that place.
    func naming<R>(
        _ place: String, _ target: Model?, _ relation: Relation, _ body: () async throws -> R
    ) async throws -> R {
        do {
            return try await body()
        } catch var error as PlannerError {
            if let path = error.path {
                guard !path.hasPrefix(place), target?.property(path) != nil else { throw error }
                error.path = NestedReader.path(place, path)
            } else if !place.isEmpty {
                error.path = place
            }
            throw error
        } catch let error as ValidationError {
            guard !place.isEmpty, !error.problems.contains(where: { $0.path.hasPrefix(place) }) else { throw error }
            throw ValidationError(
                model: error.model,
                error.problems.map { problem in
                    var problem = problem
                    problem.path = problem.path == relation.name ? place : NestedReader.path(place, problem.path)
                    return problem
                })
        }
    }
}
