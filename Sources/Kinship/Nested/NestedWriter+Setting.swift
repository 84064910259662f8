// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Relations that are to lead to these records and no others: one statement for those of a level, whosever they are.
extension NestedWriter {
    /// Lets relations of several records lead to what their data name, and to nothing else.
    func set(_ parts: [(parent: Int, nested: NestedRelation)], _ level: NestedLevel) async throws {
        let sets = parts.compactMap { parent, nested in
            nested.set.map { NestedSet(parent: parent, keys: $0, place: nested.path + ".set") }
        }
        func oneByOne(_ sets: [NestedSet]) async throws {
            for set in sets { try await self.set(one: set, level) }
        }
        // Keys with data of their links are a change of each link.
        let haveData = sets.contains { $0.keys.contains { $0["through"] != nil } }
        guard sets.count > 1, !haveData, let target = level.target, canBeSetTogether(level), !hasHooks(level),
            let sides = try await sides(sets.map(\.parent), level)
        else { return try await oneByOne(sets) }
        // What two of them name is done one by one, and the last has its way.
        var owners: Set<[RecordName.Part]> = []
        var targets: Set<RecordName> = []
        var (first, rest): ([NestedSet], [NestedSet]) = ([], [])
        for set in sets {
            let names = set.keys.map { RecordName(key: $0, of: target) }
            let known = names.compactMap(\.self)
            let isFree = level.relation.through != nil || targets.isDisjoint(with: known)
            targets.formUnion(known)
            if let side = sides[set.parent], owners.insert(side).inserted, isFree, known.count == names.count {
                first.append(set)
            } else {
                rest.append(set)
            }
        }
        // What one of them takes another one may have now: who of them comes first counts, but for links, which are each one's own.
        guard first.count > 1, rest.isEmpty || level.relation.through != nil else { return try await oneByOne(sets) }
        // Where something isn't there whoever sets one knows how that is told; what changes hands does it in the order of the data.
        let isDone = try await setTogether(first, level, target)
        if !isDone { try await oneByOne(first) }
        try await oneByOne(rest)
    }

    /// Whether a statement can say of several records what their relation leads to.
    private func canBeSetTogether(_ level: NestedLevel) -> Bool {
        let relation = level.relation
        // One key of fixed length has several spellings, which only the server takes for the same.
        let isPadded = level.target.map { target in
            target.primaryKey.contains { target.properties[$0].columnType.oid == ColumnType.bpchar.oid }
        }
        guard canBeTogether(level), isPadded == false, let carrier = level.carrier(in: schema),
            !relation.sourceKey.contains(where: { level.model.properties[$0].isComparedByTheServer })
        else { return false }
        // What the relation goes by may change with the rows that are written.
        if Set(relation.sourceKey) != Set(level.model.primaryKey), carrier.table == level.model.table,
            carrier.tableSchema == level.model.tableSchema
        {
            return false
        }
        return relation.through != nil || relation.kind == .hasMany
    }

    /// What the relation goes by of the records at some positions; missing for those that nobody can refer to.
    ///
    /// - Returns: nil where one of them isn't there, or isn't to be reached.
    private func sides(_ positions: [Int], _ level: NestedLevel) async throws -> [Int: [RecordName.Part]]? {
        let (relation, model) = (level.relation, level.model)
        var rows: [Int: ParentRecord] = [:]
        if relation.sourceKey.allSatisfy(model.primaryKey.contains) {
            for position in positions { rows[position] = keyRecord(level.parents[position].id, of: model) }
        } else {
            do {
                rows = try await self.rows(of: level.parents, at: positions, of: model, taking: relation.sourceKey)
            } catch let error as PlannerError where error.code == .modelNotFound {
                return nil
            }
        }
        var sides: [Int: [RecordName.Part]] = [:]
        for (position, row) in rows {
            let values = try relation.sourceKey.map { try row.value(model.properties[$0].name) }
            guard !values.contains(.null) else { continue }
            sides[position] = zip(values, relation.sourceKey).map { RecordName.Part($0, model.properties[$1]) }
        }
        return sides
    }

    /// - Returns: whether all of it is done; else nothing is.
    private func setTogether(_ sets: [NestedSet], _ level: NestedLevel, _ target: Model) async throws -> Bool {
        let isDone = try await context.answering { planning -> Bool? in
            let way = try self.way(level, sets[0].parent, planning)
            let owners = try sets.map { try planning.keyValues(level.parents[$0.parent].id, of: level.model) }
            var wanted: [[[BoundValue]]] = []
            for set in sets {
                let keys = try await naming(set.place, target, level.relation) {
                    try set.keys.map { try planning.keyValues($0, of: target) }
                }
                var seen: Set<[BoundValue]> = []
                wanted.append(keys.filter { seen.insert($0).inserted })
            }
            let pairs = wanted.flatMap(\.self)
            let link = try planning.link(of: way, isOne: pairs.count == 1)
            let graph = try await context.change(
                way.setEach(owners, wanted, link: link), of: target, planning, as: .setRelated)
            guard graph.count == Set(pairs).count else { return false }
            return pairs.isEmpty ? nil : true
        }
        if let isDone { return isDone }
        // Where there is nothing to be set no target tells whether the records were there.
        let found = try await context.records(
            of: level.model, keys: sets.map { level.parents[$0.parent].id }, lock: nil, as: .setRelated)
        return found.count == sets.count
    }
}
