// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Lists of keys: those of a level are held, and written by one statement, whichever and however many keys come and go.
extension NestedWriter {
    /// The lists of some records, which are held.
    private struct Lists {
        let property: Property
        /// The property of targets whose values are in the lists.
        let key: Property
        var elements: [Int: [JSONValue]] = [:]

        func contains(_ key: JSONValue, _ position: Int) -> Bool {
            let part = RecordName.Part(key, self.key)
            return elements[position]?.contains { RecordName.Part($0, self.key) == part } ?? false
        }
    }

    /// Puts keys into lists.
    ///
    /// - Returns: what hasn't been put there, for whoever does it one by one knows how that is told.
    func list(_ links: [NestedLink], _ level: NestedLevel, _ target: Model) async throws -> [NestedLink] {
        guard var lists = try await lists(links, level, target) else { return links }
        let there = try await context.answering { planning -> Set<RecordName> in
            let way = try self.way(level, links[0].parent, planning)
            let keys = try links.map { try planning.keyValues($0.key ?? .null, of: target) }
            return names(
                try await context.change(
                    way.lookAtEach(keys, from: level.model, level.relation.sourceKey), of: target, planning,
                    as: .find, isShown: false), target)
        }
        var left: [NestedLink] = []
        for link in links {
            guard let key = link.key, let name = RecordName(key: key, of: target), there.contains(name),
                !lists.contains(key, link.parent), lists.elements[link.parent] != nil
            else {
                left.append(link)
                continue
            }
            lists.elements[link.parent]?.append(key)
        }
        try await write(lists, of: links, but: left, level)
        return left
    }

    /// Takes keys out of lists.
    ///
    /// - Parameter isDeleted: whether what they are the keys of is deleted.
    /// - Returns: what hasn't been taken out, for whoever does it one by one knows how that is told.
    func unlist(
        _ links: [NestedLink], _ level: NestedLevel, _ target: Model, isDeleted: Bool
    ) async throws -> [NestedLink] {
        guard var lists = try await lists(links, level, target) else { return links }
        var left: [NestedLink] = []
        var gone: [NestedLink] = []
        var seen: Set<RecordName> = []
        for link in links {
            // Also a list that hasn't the key is written, as by one.
            guard let key = link.key, lists.elements[link.parent] != nil, let name = RecordName(key: key, of: target),
                !isDeleted || (lists.contains(key, link.parent) && seen.insert(name).inserted)
            else {
                if isDeleted { left.append(link) }
                continue
            }
            gone.append(link)
        }
        if isDeleted {
            let found = try await owned(gone, level, target, isHeld: true, in: context)
            guard let found else { return links }
            let names = Set(found.compactMap { RecordName($0, of: target) })
            left += gone.filter { !(RecordName(key: $0.key ?? .null, of: target).map(names.contains) ?? false) }
            gone.removeAll { !(RecordName(key: $0.key ?? .null, of: target).map(names.contains) ?? false) }
        }
        for link in gone {
            guard let key = link.key else { continue }
            let part = RecordName.Part(key, lists.key)
            lists.elements[link.parent]?.removeAll { RecordName.Part($0, lists.key) == part }
        }
        try await write(lists, of: gone, but: [], level)
        guard isDeleted, !gone.isEmpty else { return left }
        _ = try await context.answering { planning -> CountResult in
            let keys = try gone.map { try planning.keyValues($0.key ?? .null, of: target) }
            return try await context.count(
                ModelChanges(planning.schema, target).deleteEach(keys), of: target, planning, as: .deleteRelated)
        }
        return left
    }

    /// The lists of records as they are, held; nil where only the server can say what is in them.
    private func lists(
        _ links: [NestedLink], _ level: NestedLevel, _ target: Model
    ) async throws -> Lists? {
        guard let id = level.relation.sourceKey.first, level.relation.targetKey == target.primaryKey,
            let key = target.primaryKey.first
        else { return nil }
        let property = level.model.properties[id]
        guard let element = property.columnType.element, case let own = target.properties[key],
            element.isText == own.columnType.isText
        else { return nil }
        var lists = Lists(property: property, key: own)
        let rows = try await rows(
            of: level.parents, at: links.map(\.parent), of: level.model, taking: [id], lock: .noKeyUpdate)
        for (position, row) in rows { lists.elements[position] = try row.value(property.name).elements ?? [] }
        return lists
    }

    private func write(
        _ lists: Lists, of links: [NestedLink], but left: [NestedLink], _ level: NestedLevel
    ) async throws {
        let places = Set(left.map(\.place))
        let positions = Set(links.filter { !places.contains($0.place) }.map(\.parent)).sorted()
        guard !positions.isEmpty else { return }
        _ = try await context.answering { planning -> Graph in
            let keys = try positions.map { try planning.keyValues(level.parents[$0].id, of: level.model) }
            let records = try positions.map { position in
                var record = RecordData()
                record[lists.property.id] = .value(
                    try planning.schema.value(
                        .array(lists.elements[position] ?? []), of: lists.property.id, in: level.model.id))
                return record
            }
            // Keys that were in the lists before may be anybody's, and stay.
            return try await context.trustingKeys.change(
                ModelChanges(planning.schema, level.model).updateEach(keys, .always, records), of: level.model,
                planning, as: .updateById)
        }
    }
}
