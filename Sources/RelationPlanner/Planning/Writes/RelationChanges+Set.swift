// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What a relation leads to as a whole: which targets it has from now on, and which it hasn't any more.
extension RelationChanges {
    /// Lets a relation lead to these targets and no others; where one of them isn't there nothing happens, and fewer come back.
    ///
    /// The record is held first: who sets its targets meanwhile waits. Links that stay keep their data.
    ///
    /// - Parameter keys: the targets' keys, each once.
    /// - Parameter link: what new links have besides; nil where others make them, and only what goes is taken away.
    package func set(_ keys: [[BoundValue]], link: RecordData? = RecordData()) -> Change {
        if relation.kind == .referencesMany { return setReferenced(keys) }
        var want = RowMatch(scope.condition)
        want.lists = target.primaryKey.enumerated().map { position, property in
            ValueList(
                type: target.properties[property].columnType, contents: keys.map { $0[position].contents })
        }
        want.keys = target.primaryKey.enumerated().map { RowMatch.Key($1, .list($0)) }
        want.counted = RowMatch.Counted(Self.parent)
        var seen = target.primaryKey
        for property in relation.targetKey where !seen.contains(property) { seen.append(property) }
        // Who is only linked stays as it is; who becomes the record's is changed. In the order of their keys, for others do so too.
        var find = Find(want, lock: relation.through == nil ? .noKeyUpdate : .keyShare)
        find.order = schema.completedOrder([], for: target.id)
        let found = ChangePart("want", target.id, .find(find), output: .answer(and: seen))
        let counted = RowMatch.Counted("want", keys.count)
        guard let through = relation.through else {
            var change = Change(
                [parentPart(ownedCopies.map(\.from)), found] + setKeys(counted), answers: ["taken"])
            change.ahead = [parentLock()]
            return change
        }
        let links = setLinks(through, counted, link)
        let guarding = guardingLock(schema[through.model], through.sourceKey)
        var change = Change([parentPart(links.copies, lock: guarding), found] + links.parts, answers: ["want"])
        change.ahead = [setLock(through, keys)]
        // One that another one makes meanwhile is seen when it is tried again.
        change.findsWhatIsMade = keepsApart(through) && linkAccess != .always
        return change
    }

    /// Where nothing keeps links apart, those wait who set the same list, and those who make one of its links.
    func setLock(_ through: Relation.Through, _ keys: [[BoundValue]]) -> Lock {
        keepsApart(through)
            ? parentLock() : .names([listName(through)] + keys.map { pairName(through, $0) })
    }

    /// Links of the record to targets that are held; their keys are among the data.
    ///
    /// - Parameter given: what a link that was deleted, and is one again, gets of them.
    package func newLinks(_ records: [RecordData], given: Set<Property.ID>) -> Change {
        guard let through = relation.through else { return Change([], answers: []) }
        let link = schema[through.model]
        var insert = Insert(records, of: link, in: schema)
        if let deleted = link.softDelete {
            insert.cells.removeAll { $0.property == deleted.id }
            insert.cells.append(Insert.Cell(deleted.id, .null(deleted)))
            if keepsApart(through) {
                let key = linkKey(through)
                let own = given.subtracting(key + link.primaryKey).sorted().filter { $0 != deleted.id }
                insert.conflict = .update(
                    key, set: own + [deleted.id], counting: nil, condition: linkAccess)
            }
        }
        return Change([ChangePart("made", link.id, .insert(insert), output: .answer)], answers: ["made"])
    }

    private func setLinks(
        _ through: Relation.Through, _ counted: RowMatch.Counted, _ data: RecordData?
    ) -> (parts: [ChangePart], copies: [Property.ID]) {
        let link = schema[through.model]
        var old = RowMatch(
            keys: linkKeys(through).map { $0.of(Self.parent, source, relation.sourceKey, through.sourceKey) }, linkScope
        )
        if let type = typeKey { old.keys.append(type) }
        let pairs = zip(relation.targetKey, through.targetKey).map { RowSource.Pair(own: $0, other: $1) }
        var gone = old
        gone.within = [RowMatch.Within(part: "want", model: target.id, pairs: pairs, isNegated: true)]
        gone.counted = counted
        // What the relation doesn't lead to stays linked.
        var there: [ChangePart] = []
        if scope.condition != .always {
            gone.within.append(RowMatch.Within(part: "there", model: target.id, pairs: pairs))
            there.append(
                ChangePart("there", target.id, .find(Find(targets())), output: .properties(relation.targetKey)))
        }
        let (cells, copies) = linkCells(through, of: "want")
        let removal = ChangePart("gone", link.id, link.removal(gone), output: .properties(through.sourceKey))
        guard let data else { return (there + [removal], copies) }
        var insert = newLinks(cells, data, through)
        insert.order = Insert.Order(part: "want", properties: target.primaryKey)
        (insert.counted, insert.after) = (counted, "gone")
        old.keys += zip(through.targetKey, relation.targetKey).map { RowMatch.Key($0, .part("want", target.id, $1)) }
        insert.missing = old
        return (
            there + [
                removal,
                ChangePart("made", link.id, .insert(insert)),
            ],
            copies
        )
    }

    /// The making of links between the record and the targets that it is to have.
    func newLinks(_ cells: [Insert.Cell], _ data: RecordData, _ through: Relation.Through) -> Insert {
        var insert = Insert(cells + data.cells.filter { cell in !cells.contains { $0.property == cell.property } })
        // Somebody else may make it meanwhile; one that isn't to be reached is an error.
        if keepsApart(through) {
            if let deleted = schema[through.model].softDelete {
                insert.conflict = .update(
                    linkKey(through), set: [deleted.id], counting: nil, condition: linkAccess)
            } else if linkAccess == .always {
                insert.conflict = .skip(linkKey(through))
            }
        }
        insert.from = [Self.parent, "want"]
        return insert
    }

    private func setKeys(_ counted: RowMatch.Counted) -> [ChangePart] {
        var old = RowMatch(
            keys: foreignKeys.map { $0.of(Self.parent, source, relation.sourceKey, relation.targetKey) },
            scope.condition)
        if let type = typeKey { old.keys.append(type) }
        old.within = [.same("want", target)]
        old.within[0].isNegated = true
        old.counted = counted
        let none = relation.targetKey.map { Insert.Cell($0, .null(target.properties[$0])) }
        var new = RowMatch()
        new.within = [.same("want", target)]
        // A unique key is free by then.
        (new.counted, new.after) = (counted, "gone")
        return [
            ChangePart("gone", target.id, .update(Update(none, old)), output: .properties(target.primaryKey)),
            ChangePart("taken", target.id, .update(Update(ownedCells, new)), output: .answer),
        ]
    }

    /// The values of targets that become the record's.
    var ownedCells: [Insert.Cell] {
        var cells = zip(relation.targetKey, relation.sourceKey).map {
            Insert.Cell($0, .part(Self.parent, source.id, $1))
        }
        if let type = typeKey { cells.append(Insert.Cell(type.property, type.value)) }
        return cells + ownedCopies.map(\.cell)
    }

    /// What targets that become the record's copy of it, with the properties that it comes from.
    var ownedCopies: [(cell: Insert.Cell, from: Property.ID)] {
        guard !relation.definition.invertProperties else { return [] }
        return relation.definition.properties.compactMap { copy in
            guard let from = source.property(copy.from), let to = target.property(copy.to),
                !relation.targetKey.contains(to.id), to.id != typeKey?.property
            else { return nil }
            return (Insert.Cell(to.id, .part(Self.parent, source.id, from.id)), from.id)
        }
    }

    /// Makes a target that is there the record's.
    package func take(_ values: [BoundValue]) -> Change {
        var match = RowMatch(keys: target.key(values), scope.condition)
        match.counted = RowMatch.Counted(Self.parent)
        return Change(
            [
                parentPart(ownedCopies.map(\.from), lock: guardingLock(target, relation.targetKey)),
                ChangePart("taken", target.id, .update(Update(ownedCells, match)), output: .answer),
            ], answers: ["taken"])
    }

    /// Makes one of the record's targets nobody's; all of them where no key is given.
    package func letGo(_ values: [BoundValue]?) -> Change {
        let none = relation.targetKey.map { Insert.Cell($0, .null(target.properties[$0])) }
        return Change(
            counting: parentParts + [
                ChangePart("gone", target.id, .update(Update(none, targets(keys: values.map { target.key($0) } ?? []))))
            ])
    }
}

extension RowMatch.Key {
    /// The same key with the value that a part has for it.
    func of(_ part: String, _ model: Model, _ key: [Property.ID], _ foreignKey: [Property.ID]) -> RowMatch.Key {
        guard let position = foreignKey.firstIndex(of: property) else { return self }
        return RowMatch.Key(property, .part(part, model.id, key[position]))
    }
}
