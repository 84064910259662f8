// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Records that are linked: one statement for those of a level, whosever they are.
extension NestedWriter {
    /// Links records that are there.
    func connect(_ links: [NestedLink], _ level: NestedLevel) async throws {
        func oneByOne(_ links: [NestedLink]) async throws {
            for link in links { try await connect(one: link, level) }
        }
        let filling = Filling(level.relation, of: level.model)
        guard links.count > 1, let target = level.target, canBeTogether(level), !hasHooks(level),
            filling.map(\.isToTargets) ?? true
        else { return try await oneByOne(links) }
        guard level.relation.kind != .referencesMany else {
            return try await oneByOne(try await list(links, level, target))
        }
        // What is named twice is linked one by one, and the last has its way.
        var (owners, targets): (Set<RecordName>, Set<RecordName>) = ([], [])
        var pairs: Set<[RecordName]> = []
        var (first, rest): ([NestedLink], [NestedLink]) = ([], [])
        for link in links {
            guard let owner = RecordName(key: level.parents[link.parent].id, of: level.model),
                let name = RecordName(key: link.key ?? .null, of: target)
            else {
                rest.append(link)
                continue
            }
            let isNew =
                switch level.relation.kind {
                case .belongsTo: owners.insert(owner).inserted
                case .hasOne: !owners.contains(owner) && !targets.contains(name)
                case .hasMany where level.relation.through == nil: targets.insert(name).inserted
                default: pairs.insert([owner, name]).inserted
                }
            if level.relation.kind == .hasOne, isNew {
                owners.insert(owner)
                targets.insert(name)
            }
            if isNew { first.append(link) } else { rest.append(link) }
        }
        guard first.count > 1 else { return try await oneByOne(links) }
        let left =
            level.relation.through == nil
            ? try await keyed(first, level, target) : try await linked(first, level, target)
        try await oneByOne(left)
        try await oneByOne(rest)
    }

    /// Writes the keys that say what is related to what.
    ///
    /// - Returns: what hasn't been linked, for whoever links one knows how that is told.
    private func keyed(
        _ links: [NestedLink], _ level: NestedLevel, _ target: Model
    ) async throws -> [NestedLink] {
        func changing(
            _ change: (RelationChanges, _ keys: [[BoundValue]], _ owners: [[BoundValue]]) -> Change, of model: Model
        ) async throws -> Set<RecordName> {
            try await context.answering { planning -> Set<RecordName> in
                let way = try self.way(level, links[0].parent, planning)
                let keys = try links.map { try planning.keyValues($0.key ?? .null, of: target) }
                let owners = try links.map { try planning.keyValues(level.parents[$0.parent].id, of: level.model) }
                let change = change(way, keys, owners)
                guard change.showsRows else {
                    _ = try await context.count(change, of: model, planning, as: .addRelated)
                    return []
                }
                return names(try await context.change(change, of: model, planning, as: .addRelated), model)
            }
        }
        if level.relation.kind == .belongsTo {
            let found = try await changing({ $0.pointEach($1, by: $2) }, of: level.model)
            return links.filter { link in
                !(RecordName(key: level.parents[link.parent].id, of: level.model).map(found.contains) ?? false)
            }
        }
        if level.relation.kind == .hasOne { _ = try await changing({ $0.displaceEach($1, by: $2) }, of: target) }
        let found = try await changing({ $0.takeEach($1, by: $2) }, of: target)
        return links.filter { !(RecordName(key: $0.key ?? .null, of: target).map(found.contains) ?? false) }
    }

    /// Makes the links of a many-to-many relation, or writes what they have.
    private func linked(
        _ links: [NestedLink], _ level: NestedLevel, _ target: Model
    ) async throws -> [NestedLink] {
        guard let through = level.relation.through else { return links }
        let model = schema[through.model]
        let (groups, alone) = try await forms(links, level, model)
        var left = alone
        for (links, records) in groups {
            let isDone = try await context.answering { planning -> Bool in
                let way = try self.way(level, links[0].parent, planning)
                let keys = try links.map { try planning.keyValues($0.key ?? .null, of: target) }
                let owners = try links.map { try planning.keyValues(level.parents[$0.parent].id, of: level.model) }
                let graph = try await context.change(
                    way.linkEach(keys, by: owners, records.new, given: records.given), of: model, planning,
                    as: .addRelated)
                let ends = through.sourceKey + through.targetKey
                var pairs: Set<[RecordName.Part]> = []
                for row in try HookedRows.records(graph, of: model) {
                    pairs.insert(
                        ends.map { RecordName.Part(row[model.properties[$0].name] ?? .null, model.properties[$0]) })
                }
                return pairs.count == links.count
            }
            if !isDone { left += links }
        }
        return left
    }

    /// New links by what their data say: those of one form, with their data and the properties that a link that is there gets.
    private func forms(
        _ links: [NestedLink], _ level: NestedLevel, _ model: Model
    ) async throws -> (
        groups: [(links: [NestedLink], records: (new: [RecordData], given: [Property.ID]))], alone: [NestedLink]
    ) {
        let way = try await context.answering { planning -> RelationChanges in
            try self.way(level, links[0].parent, planning)
        }
        let keys = Set(way.linkKeys.map { model.properties[$0].name })
        let places = links.map { $0.link == nil ? $0.place : $0.place + ".through" }
        let own = try planning.records(
            links.map { $0.link ?? [:] }, isList: true, at: places, of: model, .update)
        var reader = DataReader(schema, model, .create, planning.defaults)
        // What it lacks besides its keys, its table says.
        reader.given = Set(model.properties.map(\.id))
        let new = zip(links, places).map { reader.record($0.link ?? [:], at: $1) }
        try reader.finish()
        var alone: [NestedLink] = []
        var groups: [RecordData: [Int]] = [:]
        var order: [RecordData] = []
        for (position, link) in links.enumerated() {
            let namesKeys = link.link?.members?.contains { keys.contains($0.key) } ?? false
            guard !namesKeys, let form = own[position].form, own[position].isEmpty || way.keepsLinksApart else {
                alone.append(link)
                continue
            }
            if groups[form] == nil { order.append(form) }
            groups[form, default: []].append(position)
        }
        let all = order.map { form in
            let positions = groups[form] ?? []
            return (
                positions.map { links[$0] }, (positions.map { new[$0] }, form.assignments.map(\.property))
            )
        }
        return (all, alone)
    }
}
