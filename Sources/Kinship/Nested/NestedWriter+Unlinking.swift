// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Records that are unlinked or deleted: one statement for those of a level, whosever they are.
extension NestedWriter {
    /// Unlinks records that are there.
    func disconnect(_ links: [NestedLink], _ level: NestedLevel) async throws {
        let relation = level.relation
        guard links.count > 1, canBeTogether(level), !hasHooks(level) else {
            for link in links { try await disconnect(one: link, level) }
            return
        }
        if relation.kind == .belongsTo {
            _ = try await unpoint(links, level, as: .removeRelated)
            return
        }
        guard let target = level.target else { return }
        if relation.kind == .referencesMany {
            for link in try await unlist(links, level, target, isDeleted: false) {
                try await disconnect(one: link, level)
            }
            return
        }
        let rows = try await ownerRecords(links.map(\.parent), level)
        var left: [NestedLink] = []
        for isKeyed in [true, false] {
            let some = links.filter { ($0.key != nil) == isKeyed && refers(rows[$0.parent], level) }
            guard let first = some.first else { continue }
            guard some.count > 1 else {
                left += some
                continue
            }
            let isDone = try await context.answering { planning -> Bool in
                let way = try self.way(level, first.parent, planning)
                let owners = try values(some.map(\.parent), rows, level, way, planning)
                let keys = isKeyed ? try some.map { try planning.keyValues($0.key ?? .null, of: target) } : nil
                guard relation.through == nil || (way.linksByKeys && keys != nil) else { return false }
                let change =
                    relation.through == nil
                    ? way.letGoEach(keys, of: owners) : way.unlinkEach(keys ?? [], of: owners)
                _ = try await context.count(
                    change, of: level.carrier(in: schema) ?? target, planning, as: .removeRelated)
                return true
            }
            if !isDone { left += some }
        }
        for link in left { try await disconnect(one: link, level) }
    }

    /// Deletes records that are there; of a belongsTo only the reference goes (K6).
    func delete(_ links: [NestedLink], _ level: NestedLevel) async throws {
        let relation = level.relation
        func oneByOne(_ links: [NestedLink]) async throws {
            for link in links { try await delete(one: link, level) }
        }
        guard links.count > 1, canBeTogether(level), !hasHooks(level) else { return try await oneByOne(links) }
        if relation.kind == .belongsTo {
            return try await oneByOne(try await unpoint(links, level, as: .deleteRelated))
        }
        guard let target = level.target else { return }
        if relation.kind == .referencesMany {
            return try await oneByOne(try await unlist(links, level, target, isDeleted: true))
        }
        var named = links
        let only = links.filter { $0.key == nil }
        if !only.isEmpty {
            guard let keys = try await self.only(only.map(\.parent), level, target) else {
                return try await oneByOne(links)
            }
            named = links.map { link in
                link.key == nil ? NestedLink(parent: link.parent, key: keys[link.parent], place: link.place) : link
            }
        }
        let rows = try await ownerRecords(links.map(\.parent), level)
        var seen: Set<RecordName> = []
        var (first, rest): ([Int], [NestedLink]) = ([], [])
        for (position, link) in named.enumerated() {
            if let key = link.key, let name = RecordName(key: key, of: target), refers(rows[link.parent], level),
                seen.insert(name).inserted
            {
                first.append(position)
            } else {
                rest.append(links[position])
            }
        }
        if first.count > 1 {
            let some = first.map { named[$0] }
            let found = try await context.answering { planning -> Set<RecordName>? in
                let way = try self.way(level, some[0].parent, planning)
                guard relation.through == nil || (way.linksByKeys && !way.isLimited) else { return nil }
                let change = way.destroyEach(
                    try some.map { try planning.keyValues($0.key ?? .null, of: target) },
                    of: try values(some.map(\.parent), rows, level, way, planning))
                return names(try await context.change(change, of: target, planning, as: .deleteRelated), target)
            }
            first.removeAll { position in
                let name = named[position].key.flatMap { RecordName(key: $0, of: target) }
                return links[position].mayBeGone && found != nil || (name.map { found?.contains($0) ?? false } ?? false)
            }
        }
        try await oneByOne(first.map { links[$0] })
        try await oneByOne(rest)
    }

    /// Lets records refer to nothing.
    ///
    /// - Returns: those that referred to nothing before.
    private func unpoint(
        _ links: [NestedLink], _ level: NestedLevel, as operation: Operation
    ) async throws -> [NestedLink] {
        var seen: Set<RecordName> = []
        let first = links.filter { link in
            RecordName(key: level.parents[link.parent].id, of: level.model).map { seen.insert($0).inserted } ?? false
        }
        guard let one = first.first else { return links }
        let found = try await context.answering { planning -> Set<RecordName> in
            let way = try self.way(level, one.parent, planning)
            let owners = try first.map { try planning.keyValues(level.parents[$0.parent].id, of: level.model) }
            let graph = try await context.change(
                way.unpointEach(owners), of: level.model, planning, as: operation)
            return names(graph, level.model)
        }
        seen = []
        return links.filter { link in
            guard let name = RecordName(key: level.parents[link.parent].id, of: level.model) else { return true }
            return !seen.insert(name).inserted || !found.contains(name)
        }
    }
}
