// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What is done to targets of several records at once: one statement, whose text is the same for any number of them. What is pairs are
// the keys of the targets and of the records whose they are or become, by their places.
extension RelationChanges {
    private static let held = "held"
    private static let found = "found"

    /// The record's side of pairs, which stands beside each of them.
    func parents(_ owners: [[BoundValue]], _ properties: [Property.ID], lock: RowLock?) -> ChangePart {
        rows(Self.parent, of: source, owners, sourceScope, lock, relation.sourceKey + properties)
    }

    /// The target's side of pairs.
    private func targets(_ keys: [[BoundValue]], _ properties: [Property.ID], lock: RowLock?) -> ChangePart {
        rows(Self.found, of: target, keys, scope.condition, lock, relation.targetKey + properties)
    }

    /// Rows by their keys, each once and in the order of these.
    func rows(
        _ name: String, of model: Model, _ keys: [[BoundValue]], _ condition: Condition, _ lock: RowLock?,
        _ properties: [Property.ID] = []
    ) -> ChangePart {
        var seen: Set<[BoundValue]> = []
        var match = RowMatch(condition)
        match.name(keys.filter { seen.insert($0).inserted }, of: model)
        var find = Find(match, lock: lock)
        find.order = schema.completedOrder([], for: model.id)
        var shown = model.primaryKey
        for property in properties where !shown.contains(property) { shown.append(property) }
        return ChangePart(name, model.id, .find(find), output: .properties(shown))
    }

    // MARK: Linking

    /// Makes targets that are there the records'; which have become so comes back.
    ///
    /// - Parameter keys: the keys of the targets, each once.
    package func takeEach(_ keys: [[BoundValue]], by owners: [[BoundValue]]) -> Change {
        var match = RowMatch(scope.condition)
        match.name(keys, of: target)
        match.join(Self.parent, source, owners)
        match.within = [.same(Self.held, target)]
        return Change(
            [
                parents(owners, ownedCopies.map(\.from), lock: guardingLock(target, relation.targetKey)),
                rows(Self.held, of: target, keys, .always, .noKeyUpdate),
                ChangePart("taken", target.id, .update(Update(ownedCells, match)), output: .answer),
            ], answers: ["taken"])
    }

    /// Makes the targets that records of a to-one relation have nobody's, but for those that they are to have; the records are held first.
    package func displaceEach(_ keys: [[BoundValue]], by owners: [[BoundValue]]) -> Change {
        var match = RowMatch(scope.condition)
        match.keys = relation.targetKey.enumerated().map {
            RowMatch.Key($1, .part(Self.parent, source.id, relation.sourceKey[$0]))
        }
        if let type = typeKey { match.keys.append(type) }
        match.join(Self.parent, source, owners)
        for (position, property) in target.primaryKey.enumerated() {
            match.except.append(RowMatch.Key(property, .list(match.lists.count)))
            match.lists.append(
                ValueList(type: target.properties[property].columnType, contents: keys.map { $0[position].contents }))
        }
        var change = Change(
            counting: [
                parents(owners, [], lock: nil),
                ChangePart("gone", target.id, .update(Update(nobody, match))),
            ])
        var held = RowMatch(sourceScope)
        held.name(owners, of: source)
        change.ahead = [.row(source.id, held, .noKeyUpdate)]
        return change
    }

    /// Lets records refer to targets that are there; which of them do comes back.
    ///
    /// - Parameter owners: the keys of the records, each once.
    package func pointEach(_ keys: [[BoundValue]], by owners: [[BoundValue]]) -> Change {
        let copies = copied(from: Self.found)
        var match = RowMatch(sourceScope)
        match.name(owners, of: source)
        match.join(Self.found, target, keys)
        match.within = [.same(Self.held, source)]
        let update = Update(reference(to: Self.found) + copies.map(\.cell), match)
        return Change(
            [
                targets(keys, copies.map(\.from), lock: targetLock(source, foreignKey)),
                rows(Self.held, of: source, owners, .always, .noKeyUpdate),
                ChangePart("changed", source.id, .update(update), output: .answer),
            ], answers: ["changed"])
    }

    /// Links targets that are there by rows of another table; links that are there get the data. The links come back.
    ///
    /// - Parameters:
    ///   - records: what new links have besides, of one form.
    ///   - given: the properties that those that are there get, too: none where nothing keeps links apart.
    package func linkEach(
        _ keys: [[BoundValue]], by owners: [[BoundValue]], _ records: [RecordData], given: [Property.ID]
    ) -> Change {
        guard let through = relation.through else { return Change([], answers: []) }
        let link = schema[through.model]
        let (cells, copies) = linkCells(through, of: Self.found)
        var insert = Insert(records, of: link, in: schema)
        insert.cells = cells + insert.cells.filter { cell in !cells.contains { $0.property == cell.property } }
        var match = RowMatch()
        match.lists = insert.lists
        match.join(Self.parent, source, owners)
        match.join(Self.found, target, keys)
        (insert.lists, insert.joined) = (match.lists, match.joined)
        insert.from = [Self.parent, Self.found]
        var parts = [
            parents(owners, copies, lock: guardingLock(link, through.sourceKey)),
            targets(keys, [], lock: targetLock(link, through.targetKey)),
        ]
        if keepsApart(through) {
            let revived = link.softDelete.map { [$0.id] } ?? []
            insert.conflict = .update(
                linkKey(through),
                set: given.filter { property in !cells.contains { $0.property == property } } + revived,
                counting: nil, condition: linkAccess)
            parts.append(ChangePart("made", link.id, .insert(insert), output: .answer))
            return Change(parts, answers: ["made"])
        }
        // Nothing keeps two links apart but that one waits for the other.
        var there = RowMatch(
            keys: zip(through.sourceKey, relation.sourceKey).map {
                RowMatch.Key($0, .part(Self.parent, source.id, $1))
            }
                + zip(through.targetKey, relation.targetKey).map {
                    RowMatch.Key($0, .part(Self.found, target.id, $1))
                } + (typeKey.map { [$0] } ?? []), linkScope)
        insert.missing = there
        there.join(Self.parent, source, owners)
        there.join(Self.found, target, keys)
        var find = Find(there, lock: .noKeyUpdate)
        find.order = schema.completedOrder([], for: link.id)
        parts += [
            ChangePart("there", link.id, .find(find), output: .answer),
            ChangePart("made", link.id, .insert(insert), output: .answer),
        ]
        var change = Change(parts, answers: ["there", "made"])
        change.ahead = [.names(zip(keys, owners).map { pairName(through, $0, of: $1) })]
        return change
    }

    // MARK: Unlinking and deleting

    /// What is written to targets that become nobody's.
    var nobody: [Insert.Cell] {
        relation.targetKey.map { Insert.Cell($0, .null(target.properties[$0])) }
    }

    /// Makes targets of several records nobody's; all that these have where no keys are given.
    ///
    /// - Parameter owners: whose they are: values of the ``ownership``.
    package func letGoEach(_ keys: [[BoundValue]]?, of owners: [[BoundValue]]) -> Change {
        var match = owned(keys, by: owners)
        guard let keys else {
            return Change(counting: [ChangePart("gone", target.id, .update(Update(nobody, match)))])
        }
        match.within.append(.same(Self.held, target))
        return Change(
            counting: [
                rows(Self.held, of: target, keys, .always, .noKeyUpdate),
                ChangePart("gone", target.id, .update(Update(nobody, match))),
            ])
    }

    /// Lets records refer to nothing; those that referred to something come back.
    ///
    /// - Parameter owners: the keys of the records.
    package func unpointEach(_ owners: [[BoundValue]]) -> Change {
        var cells = foreignKey.map { Insert.Cell($0, .null(source.properties[$0])) }
        if let polymorphic = relation.polymorphic {
            cells.append(Insert.Cell(polymorphic.discriminator, .null(source.properties[polymorphic.discriminator])))
        }
        var match = RowMatch(
            foreignKey.reduce(sourceScope) { condition, property in
                condition.and(.isNull(Condition.Operand(property), negated: true))
            })
        match.name(owners, of: source)
        match.within = [.same(Self.held, source)]
        return Change(
            [
                rows(Self.held, of: source, owners, .always, .noKeyUpdate),
                ChangePart("changed", source.id, .update(Update(cells, match)), output: .answer),
            ], answers: ["changed"])
    }

    /// Takes the links of several records to targets away, where links go by the targets' keys.
    ///
    /// - Parameter owners: whose they are: values of the ``ownership``.
    package func unlinkEach(_ keys: [[BoundValue]], of owners: [[BoundValue]]) -> Change {
        guard let through = relation.through else { return Change([], answers: []) }
        return Change(
            counting: [
                ChangePart("removed", through.model, schema[through.model].removal(links(keys, of: owners, through)))
            ])
    }

    private func links(
        _ keys: [[BoundValue]], of owners: [[BoundValue]], _ through: Relation.Through
    ) -> RowMatch {
        let link = schema[through.model]
        var match = RowMatch(linkScope)
        for (values, properties) in [(owners, through.sourceKey), (keys, through.targetKey)] {
            for (position, property) in properties.enumerated() {
                match.keys.append(RowMatch.Key(property, .list(match.lists.count)))
                let type = values.first?[position].type ?? link.properties[property].columnType
                match.lists.append(ValueList(type: type, contents: values.map { $0[position].contents }))
            }
        }
        if let type = typeKey { match.keys.append(type) }
        return match
    }

    /// Deletes targets of several records, with the links to them; which have been deleted comes back.
    ///
    /// - Parameters:
    ///   - keys: the keys of the targets, each once; of links that go by them.
    ///   - owners: whose they are: values of the ``ownership``.
    package func destroyEach(_ keys: [[BoundValue]], of owners: [[BoundValue]]) -> Change {
        let held = rows(Self.held, of: target, keys, .always, .update)
        guard let through = relation.through else {
            var match = owned(keys, by: owners)
            match.within.append(.same(Self.held, target))
            return Change(
                [held, ChangePart("removed", target.id, target.removal(match), output: .answer)], answers: ["removed"])
        }
        // The targets that had a link, which goes first: so a foreign key that is watched at once is kept.
        var find = Find(owned(keys, by: owners), lock: .update)
        find.order = schema.completedOrder([], for: target.id)
        var links = links(keys, of: owners, through)
        let pairs = zip(relation.targetKey, through.targetKey).map { RowSource.Pair(own: $0, other: $1) }
        links.within = [RowMatch.Within(part: Self.found, model: target.id, pairs: pairs)]
        var match = RowMatch()
        match.within = [
            .same(Self.found, target),
            RowMatch.Within(
                part: "links", model: through.model, pairs: pairs.map { RowSource.Pair(own: $0.other, other: $0.own) }),
        ]
        var change = Change(
            [
                ChangePart(Self.found, target.id, .find(find), output: .properties(target.primaryKey)),
                ChangePart(
                    "links", through.model, schema[through.model].removal(links), output: .properties(through.targetKey)
                ),
                ChangePart("removed", target.id, target.removal(match), output: .answer),
            ], answers: ["removed"])
        var ahead = RowMatch()
        ahead.name(keys, of: target)
        change.ahead = [.row(target.id, ahead, .update)]
        return change
    }

    // MARK: Looking

    /// The targets of several records, in the order of their keys.
    ///
    /// - Parameters:
    ///   - keys: the keys of the targets; nil for all that these have, in the order that the relation's scope says.
    ///   - owners: whose they are: values of the ``ownership``.
    ///   - isHeld: whether nobody else changes them until the transaction ends.
    package func lookEach(_ keys: [[BoundValue]]?, of owners: [[BoundValue]], isHeld: Bool) -> Change {
        var find = Find(owned(keys, by: owners), lock: isHeld ? .noKeyUpdate : nil)
        find.order = schema.completedOrder(keys == nil ? scope.order : [], for: target.id)
        return Change([ChangePart(Self.found, target.id, .find(find), output: .answer)], answers: [Self.found])
    }

    /// Targets by their keys that can be referred to, held where no foreign key does it.
    package func lookAtEach(_ keys: [[BoundValue]], from carrier: Model, _ foreignKey: [Property.ID]) -> Change {
        var part = targets(keys, [], lock: targetLock(carrier, foreignKey))
        part.output = .answer
        return Change([part], answers: [Self.found])
    }

    /// Whether links go by the keys of targets, and by what of the records is known with theirs.
    package var linksByKeys: Bool { relation.targetKey == target.primaryKey }

    /// Whether the database keeps links from being there twice.
    package var keepsLinksApart: Bool { relation.through.map { keepsApart($0) } ?? false }

    /// The properties of links that the relation says.
    package var linkKeys: [Property.ID] { relation.through.map { linkKey($0) } ?? [] }
}

extension RowMatch {
    /// Lets the row of a part stand beside each row, by the places of lists of its keys.
    mutating func join(_ part: String, _ model: Model, _ keys: [[BoundValue]]) {
        for (position, property) in model.primaryKey.enumerated() {
            joined.append(Joined(part: part, model: model.id, property: property, list: lists.count))
            lists.append(
                ValueList(type: model.properties[property].columnType, contents: keys.map { $0[position].contents }))
        }
    }
}
