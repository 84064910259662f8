// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Records that are changed where they are there, and made where they aren't: which of a level are there is asked once.
extension NestedWriter {
    func upsert(_ parts: [(parent: Int, nested: NestedRelation)], _ level: NestedLevel) async throws {
        guard let target = level.target else { return }
        let names = target.primaryKey.map { target.properties[$0].name }
        var items: [(link: NestedLink, record: NestedRecord)] = []
        for (parent, nested) in parts {
            for record in nested.upsert {
                let isNamed = !names.isEmpty && names.allSatisfy { record[$0] != nil && record[$0] != .null }
                items.append(
                    (
                        NestedLink(
                            parent: parent, key: isNamed ? .some(key(record, names)) : .none, place: record.path),
                        record
                    ))
            }
        }
        guard !items.isEmpty else { return }
        // What is named twice is looked for again when the first is there.
        var seen: Set<RecordName> = []
        var rest: [(link: NestedLink, record: NestedRecord)] = []
        if items.count > 1, canBeTogether(level) {
            rest = items.filter { item in
                guard let key = item.link.key, let name = RecordName(key: key, of: target) else {
                    return item.link.key != nil
                }
                return !seen.insert(name).inserted
            }
            let again = Set(rest.map(\.link.place))
            let first = items.filter { !again.contains($0.link.place) }
            if let found = try await owned(
                first.map(\.link).filter { $0.key != nil }, level, target, isHeld: false, in: context)
            {
                let there = Set(found.compactMap { RecordName($0, of: target) })
                try await upsert(first, level, target) { link in
                    link.key.flatMap { RecordName(key: $0, of: target) }.map(there.contains) ?? false
                }
            } else {
                rest = items
            }
        } else {
            rest = items
        }
        for item in rest {
            var isThere = false
            if let key = item.link.key {
                isThere =
                    try await transaction.relatedExists(
                        level.model.name, id: level.parents[item.link.parent].id, relation: level.relation.name,
                        key: key
                    ).count > 0
            }
            try await upsert([item], level, target) { _ in isThere }
        }
    }

    /// Changes what is there, and makes the others.
    private func upsert(
        _ items: [(link: NestedLink, record: NestedRecord)], _ level: NestedLevel, _ target: Model,
        isThere: (NestedLink) -> Bool
    ) async throws {
        var (changed, made): ([(parent: Int, nested: NestedRelation)], [(parent: Int, nested: NestedRelation)]) = (
            [], []
        )
        for (link, record) in items {
            var one = NestedRelation(relation: level.relation, target: target, path: link.place)
            if isThere(link) {
                one.update = [record]
                changed.append((link.parent, one))
            } else {
                if link.key != nil { looks.noteMissing() }
                one.create = [record]
                made.append((link.parent, one))
            }
        }
        if !changed.isEmpty { try await change(changed, level.relation, of: level.model, level.parents) }
        if !made.isEmpty { try await relateOrRefer(made, level.relation, of: level.model, level.parents) }
    }
}
