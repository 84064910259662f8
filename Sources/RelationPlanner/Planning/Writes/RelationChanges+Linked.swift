// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What is linked by rows of another table: many-to-many relations.
extension RelationChanges {
    /// Whether the database keeps links from being there twice.
    func keepsApart(_ through: Relation.Through) -> Bool {
        schema.hasArbiter(linkKey(through), of: schema[through.model])
    }

    /// What tells links apart: both keys, and the type.
    func linkKey(_ through: Relation.Through) -> [Property.ID] {
        through.sourceKey + through.targetKey + (typeKey.map { [$0.property] } ?? [])
    }

    /// The values of new links: both keys, the type, and what `through.properties` copies.
    func linkCells(_ through: Relation.Through, of target: String) -> (cells: [Insert.Cell], copies: [Property.ID]) {
        var cells: [Insert.Cell] = []
        for (property, own) in zip(through.sourceKey, relation.sourceKey) {
            cells.append(Insert.Cell(property, .part(Self.parent, source.id, own)))
        }
        for (property, own) in zip(through.targetKey, relation.targetKey) {
            cells.append(Insert.Cell(property, .part(target, self.target.id, own)))
        }
        if let type = typeKey { cells.append(Insert.Cell(type.property, type.value)) }
        // Where a deleted link has the place it is one again.
        if let deleted = schema[through.model].softDelete { cells.append(Insert.Cell(deleted.id, .null(deleted))) }
        var copies: [Property.ID] = []
        for copy in relation.definition.throughProperties {
            guard let from = source.property(copy.from), let to = schema[through.model].property(copy.to),
                !cells.contains(where: { $0.property == to.id })
            else { continue }
            cells.append(Insert.Cell(to.id, .part(Self.parent, source.id, from.id)))
            copies.append(from.id)
        }
        return (cells, copies)
    }

    /// New targets with their links, in one statement.
    ///
    /// - Parameter data: what the links have besides; nil where others make them.
    func createLinked(_ records: [RecordData], link data: RecordData?) throws(PlannerError) -> Change {
        guard let through = relation.through else { return Change([], answers: []) }
        var (insert, copies, _) = try cells(records, withKey: false)
        insert.from = [Self.parent]
        let (linkCells, linkCopies) = linkCells(through, of: "made")
        var change = Change(
            [
                parentPart(copies + linkCopies, lock: guardingLock(schema[through.model], through.sourceKey)),
                ChangePart("made", target.id, .insert(insert), output: .answer(and: relation.targetKey)),
            ], answers: ["made"])
        guard let data else { return change }
        var link = Insert(
            linkCells + data.cells.filter { cell in !linkCells.contains { $0.property == cell.property } })
        link.from = [Self.parent, "made"]
        change.parts.append(ChangePart("linked", through.model, .insert(link)))
        return change
    }

    /// Sees to it that data of new links say no other keys, nor another type, than the relation does.
    ///
    /// - Throws: ``PlannerError`` `KEY_OVERRIDE`.
    package func requireOwnKeys(ofLink data: RecordData, for records: [RecordData]) throws(PlannerError) {
        guard let through = relation.through else { return }
        let link = schema[through.model]
        var own = [data]
        for (position, property) in through.sourceKey.enumerated() {
            try takeOut(property, equal: ownKey?[position], of: &own, in: link)
        }
        for (property, key) in zip(through.targetKey, relation.targetKey) {
            let type = target.properties[key].columnType
            let given = records.count == 1 ? records[0].contents(key).map { BoundValue(type, $0) } : nil
            try takeOut(property, equal: given, of: &own, in: link)
        }
        if let type = typeKey, case .value(let value) = type.value {
            try takeOut(type.property, equal: value, of: &own, in: link)
        }
    }

    /// Links a target that is there; where it is linked already the link gets the data, and comes back (D39).
    ///
    /// - Parameters:
    ///   - data: for a link that is there.
    ///   - new: for one that is made.
    package func add(_ values: [BoundValue], _ data: RecordData, _ new: RecordData) throws(PlannerError) -> Change {
        guard let through = relation.through else { return Change([], answers: []) }
        let linkModel = schema[through.model]
        var records = [data, new]
        for (position, property) in through.sourceKey.enumerated() {
            try takeOut(property, equal: ownKey?[position], of: &records, in: linkModel)
        }
        for (property, key) in zip(through.targetKey, relation.targetKey) {
            let value = target.primaryKey.firstIndex(of: key).map { values[$0] }
            try takeOut(property, equal: value, of: &records, in: linkModel)
        }
        if let type = typeKey, case .value(let value) = type.value {
            try takeOut(type.property, equal: value, of: &records, in: linkModel)
        }
        let (cells, copies) = linkCells(through, of: "target")
        func others(_ data: RecordData) -> [Insert.Cell] {
            data.cells.filter { cell in !cells.contains { $0.property == cell.property } }
        }
        let own = others(records[0])
        let lock = targetLock(linkModel, through.targetKey)
        var parts = [
            parentPart(copies, lock: guardingLock(linkModel, through.sourceKey)),
            ChangePart(
                "target", target.id,
                .find(Find(RowMatch(keys: target.key(values), scope.condition), lock: lock)),
                output: .properties(relation.targetKey)),
        ]
        var insert = Insert(cells + others(records[1]))
        insert.from = [Self.parent, "target"]
        if keepsApart(through) {
            let revived = linkModel.softDelete.map { [$0.id] } ?? []
            // What a scope hides is there all the same; what isn't to be reached stays as it is.
            insert.conflict = .update(
                linkKey(through), set: own.map(\.property) + revived, counting: nil, condition: linkAccess)
            parts.append(ChangePart("made", through.model, .insert(insert), output: .answer))
            return Change(parts, answers: ["made"])
        }
        // Nothing keeps two links apart but that one waits for the other.
        let keys =
            zip(through.sourceKey, relation.sourceKey).map {
                RowMatch.Key($0, .part(Self.parent, source.id, $1))
            }
            + zip(through.targetKey, relation.targetKey).map { RowMatch.Key($0, .part("target", target.id, $1)) }
            + (typeKey.map { [$0] } ?? [])
        var find = Find(RowMatch(keys: keys, linkScope), lock: .noKeyUpdate)
        find.order = schema.completedOrder([], for: linkModel.id)
        find.limit = BoundValue(.int8, .integer(1))
        insert.unless = ["found"]
        var match = RowMatch()
        match.within = [.same("found", linkModel)]
        let changed: ChangePart.Action = own.isEmpty ? .find(find) : .update(Update(own, match))
        if own.isEmpty {
            parts.append(ChangePart("found", linkModel.id, changed, output: .answer))
        } else {
            parts += [
                ChangePart("found", linkModel.id, .find(find), output: .properties(linkModel.primaryKey)),
                ChangePart("changed", linkModel.id, changed, output: .answer),
            ]
        }
        parts.append(ChangePart("made", linkModel.id, .insert(insert), output: .answer))
        var change = Change(parts, answers: [own.isEmpty ? "found" : "changed", "made"])
        change.ahead = [.names([pairName(through, values)])]
        return change
    }

    /// What all wait for who set the links of the record.
    ///
    /// - Parameter owner: the key of the record; nil for the one whose relation it is.
    func listName(_ through: Relation.Through, of owner: [BoundValue]? = nil) -> String {
        let link = schema[through.model]
        return "kinship:\(link.tableSchema).\(link.table):\(sideName(through.sourceKey, owner ?? recordKey, link))"
    }

    private func sideName(_ columns: [Property.ID], _ values: [BoundValue], _ link: Model) -> String {
        columns.map { link.properties[$0].column }.joined(separator: ",") + "=\(values.map(\.contents))"
    }

    /// What all wait for who link the same two records, from whichever side.
    ///
    /// - Parameter owner: the key of the record; nil for the one whose relation it is.
    func pairName(_ through: Relation.Through, _ values: [BoundValue], of owner: [BoundValue]? = nil) -> String {
        let link = schema[through.model]
        let sides = [
            sideName(through.sourceKey, owner ?? recordKey, link), sideName(through.targetKey, values, link),
        ].sorted()
        return "kinship:\(link.tableSchema).\(link.table):\(sides)"
    }

    /// Takes the links to a target away; the target stays.
    package func remove(_ values: [BoundValue]) -> Change {
        guard let through = relation.through else { return Change([], answers: []) }
        var parts = parentParts
        var match = RowMatch(keys: linkKeys(through), linkScope)
        if let type = typeKey { match.keys.append(type) }
        if relation.targetKey == target.primaryKey {
            match.keys += zip(through.targetKey, values).map { RowMatch.Key($0, .value($1)) }
        } else {
            parts.append(
                ChangePart(
                    "target", target.id, .find(Find(RowMatch(keys: target.key(values)))),
                    output: .properties(relation.targetKey)))
            match.keys += zip(through.targetKey, relation.targetKey).map {
                RowMatch.Key($0, .part("target", target.id, $1))
            }
        }
        return Change(counting: parts + [ChangePart("removed", through.model, schema[through.model].removal(match))])
    }

    /// Deletes targets, and the record's links to them.
    ///
    /// The targets are held first: somebody who links one of them meanwhile waits, and finds none. The links go first, and the
    /// targets are those that had one: so a foreign key that is watched at once is kept.
    func destroyLinked(_ condition: Condition, keys: [RowMatch.Key] = []) -> Change {
        guard let through = relation.through else { return Change([], answers: []) }
        var find = Find(targets(condition, keys: keys), lock: .update)
        if scope.limit.isSet || scope.skip.isSet {
            find.order = schema.completedOrder(scope.order, for: target.id)
            (find.limit, find.skip) = (scope.limit?.bound, scope.skip?.bound)
        }
        var links = RowMatch(keys: linkKeys(through), linkScope)
        if let type = typeKey { links.keys.append(type) }
        links.within = [
            RowMatch.Within(
                part: "found", model: target.id,
                pairs: zip(relation.targetKey, through.targetKey).map { RowSource.Pair(own: $0, other: $1) })
        ]
        var match = RowMatch()
        match.within = [
            .same("found", target),
            RowMatch.Within(
                part: "links", model: through.model,
                pairs: zip(through.targetKey, relation.targetKey).map { RowSource.Pair(own: $0, other: $1) }),
        ]
        var seen = target.primaryKey
        for property in relation.targetKey where !seen.contains(property) { seen.append(property) }
        var change = Change(
            counting: parentParts + [
                ChangePart("found", target.id, .find(find), output: .properties(seen)),
                ChangePart(
                    "links", through.model, schema[through.model].removal(links), output: .properties(through.targetKey)
                ),
                ChangePart("removed", target.id, target.removal(match)),
            ])
        if !keys.isEmpty { change.ahead = [.row(target.id, RowMatch(keys: keys), .update)] }
        return change
    }
}
