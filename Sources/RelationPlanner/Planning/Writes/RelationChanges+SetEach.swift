// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What a relation of several records leads to as a whole: one statement, whose text is the same for any number of them.
extension RelationChanges {
    private static let want = "want"
    private static let gone = "gone"
    private static let moved = "moved"

    /// Lets a relation of several records lead to the targets of each and no others; where a record or a target isn't there, or a target
    /// that has the key is to change hands among these records, nothing happens, and fewer targets come back.
    ///
    /// The records are held first, in the order of their keys. Links that stay keep their data.
    ///
    /// - Parameters:
    ///   - all: the keys of the records, each once, whose sides of the relation differ.
    ///   - wanted: for each of them the keys of its targets, each once; where targets have the key no target is another one's as well.
    ///   - link: what new links have besides.
    package func setEach(_ all: [[BoundValue]], _ wanted: [[[BoundValue]]], link: RecordData = RecordData()) -> Change {
        var pairs = Pairs()
        for (rank, (owner, keys)) in zip(all, wanted).enumerated() {
            for key in keys {
                pairs.owners.append(owner)
                pairs.keys.append(key)
                pairs.ranks.append(.integer(Int64(rank)))
            }
        }
        let counted = RowMatch.Counted(Self.want, Set(pairs.keys).count)
        guard let through = relation.through else {
            var want = want(pairs, of: all.count, lock: .noKeyUpdate)
            if case .find(var find) = want.action {
                find.match.within = [.same(Self.moved, target)]
                find.match.within[0].isNegated = true
                want.action = .find(find)
            }
            var change = Change(
                [parents(all, ownedCopies.map(\.from), lock: nil), moves(pairs), want] + takings(pairs, counted),
                answers: ["taken"])
            change.ahead = [lock(all)]
            return change
        }
        let (cells, copies) = linkCells(through, of: Self.want)
        var change = Change(
            [
                parents(all, copies, lock: guardingLock(schema[through.model], through.sourceKey)),
                want(pairs, of: all.count, lock: .keyShare),
            ] + linkings(pairs, through, newLinks(cells, link, through), counted), answers: [Self.want])
        if keepsApart(through) {
            change.ahead = [lock(all)]
        } else {
            let names = zip(pairs.keys, pairs.owners).map { pairName(through, $0, of: $1) }
            change.ahead = [.names(all.map { listName(through, of: $0) } + names)]
        }
        // One that another one makes meanwhile is seen when it is tried again.
        change.findsWhatIsMade = keepsApart(through) && linkAccess != .always
        return change
    }

    /// Targets and the records that are to have them, by their places.
    private struct Pairs {
        var owners: [[BoundValue]] = []
        var keys: [[BoundValue]] = []
        /// The positions of the records.
        var ranks: [BoundValue.Contents] = []
    }

    /// The records' rows, held while what hangs on them is decided.
    private func lock(_ all: [[BoundValue]]) -> Lock {
        var held = RowMatch(sourceScope)
        held.name(all, of: source)
        return .row(source.id, held, .noKeyUpdate)
    }

    /// The targets that there are to be, where all of the records are there.
    private func want(_ pairs: Pairs, of count: Int, lock: RowLock) -> ChangePart {
        var want = rows(Self.want, of: target, pairs.keys, scope.condition, lock, relation.targetKey)
        if case .find(var find) = want.action {
            find.match.counted = RowMatch.Counted(Self.parent, count)
            want.action = .find(find)
        }
        if case .properties(let properties) = want.output { want.output = .answer(and: properties) }
        return want
    }

    // MARK: Targets that have the key

    /// The targets that are another one's of the records by now: one after the other they may be let go of first, and change twice.
    private func moves(_ pairs: Pairs) -> ChangePart {
        var moved = RowMatch()
        moved.name(pairs.keys, of: target)
        if let type = typeKey { moved.keys.append(type) }
        moved.join(Self.parent, source, pairs.owners)
        moved.except = zip(relation.targetKey, relation.sourceKey).map {
            RowMatch.Key($0, .part(Self.parent, source.id, $1))
        }
        moved.within = [
            RowMatch.Within(
                part: Self.parent, model: source.id,
                pairs: zip(relation.sourceKey, relation.targetKey).map { RowSource.Pair(own: $0, other: $1) })
        ]
        return ChangePart(Self.moved, target.id, .find(Find(moved)), output: .properties(target.primaryKey))
    }

    private func takings(_ pairs: Pairs, _ counted: RowMatch.Counted) -> [ChangePart] {
        var old = RowMatch(
            keys: zip(relation.targetKey, relation.sourceKey).map {
                RowMatch.Key($0, .part(Self.parent, source.id, $1))
            }, scope.condition)
        if let type = typeKey { old.keys.append(type) }
        old.within = [.same(Self.want, target)]
        old.within[0].isNegated = true
        old.counted = counted
        var new = RowMatch()
        new.name(pairs.keys, of: target)
        new.join(Self.parent, source, pairs.owners)
        new.within = [.same(Self.want, target)]
        // A unique key is free by then.
        (new.counted, new.after) = (counted, Self.gone)
        return [
            ChangePart(Self.gone, target.id, .update(Update(nobody, old)), output: .properties(target.primaryKey)),
            ChangePart("taken", target.id, .update(Update(ownedCells, new)), output: .answer),
        ]
    }

    // MARK: Links

    private func linkings(
        _ pairs: Pairs, _ through: Relation.Through, _ new: Insert, _ counted: RowMatch.Counted
    ) -> [ChangePart] {
        let link = schema[through.model]
        let owned = zip(through.sourceKey, relation.sourceKey).map {
            RowMatch.Key($0, .part(Self.parent, source.id, $1))
        }
        let type = typeKey.map { [$0] } ?? []
        let wanted = RowMatch(
            keys: owned
                + zip(through.targetKey, relation.targetKey).map {
                    RowMatch.Key($0, .part(Self.want, target.id, $1))
                } + type, linkScope)
        var ends: [Property.ID] = []
        for property in through.sourceKey + through.targetKey where !ends.contains(property) { ends.append(property) }
        // The links that are to be, and are there.
        var stay = wanted
        stay.join(Self.parent, source, pairs.owners)
        stay.join(Self.want, target, pairs.keys)
        var gone = RowMatch(keys: owned + type, linkScope)
        gone.within = [
            RowMatch.Within(
                part: "stay", model: link.id, pairs: ends.map { RowSource.Pair(own: $0, other: $0) }, isNegated: true)
        ]
        gone.counted = counted
        var parts = [ChangePart("stay", link.id, .find(Find(stay)), output: .properties(ends))]
        // What the relation doesn't lead to stays linked.
        if scope.condition != .always {
            let ways = zip(through.targetKey, relation.targetKey).map { RowSource.Pair(own: $0, other: $1) }
            var there = RowMatch(scope.condition)
            there.linked = RowMatch.Linked(
                model: link.id, condition: linkScope, keys: owned + type, pairs: ways)
            gone.within.append(
                RowMatch.Within(
                    part: "there", model: target.id, pairs: ways.map { RowSource.Pair(own: $0.other, other: $0.own) }))
            parts.append(
                ChangePart("there", target.id, .find(Find(there)), output: .properties(relation.targetKey)))
        }
        var insert = new
        var joins = RowMatch()
        joins.join(Self.parent, source, pairs.owners)
        joins.join(Self.want, target, pairs.keys)
        (insert.lists, insert.joined) = (joins.lists, joins.joined)
        // Made in the order in which one after the other would be.
        insert.order = Insert.Order(part: Self.want, properties: target.primaryKey, list: insert.lists.count)
        insert.lists.append(ValueList(type: .int4, contents: pairs.ranks))
        (insert.counted, insert.after) = (counted, Self.gone)
        insert.missing = wanted
        return parts + [
            ChangePart(Self.gone, link.id, link.removal(gone), output: .properties(through.sourceKey)),
            ChangePart("made", link.id, .insert(insert)),
        ]
    }
}
