// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Keys on their way from one statement to the next: to their last digit, and whether they are shown or not.
extension Session {
    /// The keys of the records that named scopes and a filter ask for, to their last digit and whether they are shown or not.
    ///
    /// - Throws: ``PlannerError`` as ``find(_:scopes:filter:)``.
    /// - Note: One statement.
    package func keys(_ model: String, scopes: [ScopeRequest], filter: JSONValue?) async throws -> [JSONValue] {
        try await context.answering { planning in
            let target = try planning.model(model)
            var resolved = try planning.resolve(target, scopes: scopes, filter: filter, unscoped: context.isUnscoped)
            (resolved.readsAll, resolved.fields, resolved.include) = (true, nil, [])
            let (plan, values) = try planning.prepare(resolved, for: target)
            let graph = try await context.ask(plan, values, planning, as: .find)
            return try HookedRows.records(graph, of: target).compactMap { HookedRows.key($0, of: target) }
        }
    }

    /// Deletes the records with some keys, as ``keys(_:scopes:filter:)`` gives them.
    ///
    /// - Throws: as ``deleteAll(_:where:)``.
    /// - Note: One statement for 500 keys; one for each where the key is hidden, which no condition names.
    package func deleteAll(_ model: String, keys: [JSONValue]) async throws {
        let target = try context.planning.model(model)
        guard !target.primaryKey.contains(where: { target.properties[$0].isHidden }) else {
            for key in keys { try await deleteById(model, id: key) }
            return
        }
        // A caller's limits aren't meant for conditions that the library makes.
        var trees = trees
        trees.filterLimits = .trusted
        let session = unscoped.with(trees: trees)
        for start in stride(from: 0, to: keys.count, by: 500) {
            let some = Array(keys[start..<min(start + 500, keys.count)])
            // Those with these keys, whatever a scope says of how many there are.
            try await session.deleteAll(model, where: Self.condition(some, of: target))
        }
    }

    /// The condition that records with these keys meet, and no others.
    private static func condition(_ keys: [JSONValue], of model: Model) -> JSONValue {
        guard model.primaryKey.count == 1 else { return ["or": .array(keys)] }
        return .object([.init(model.properties[model.primaryKey[0]].name, ["inq": .array(keys)])])
    }

    /// The key of the record that a to-one relation leads to, to its last digit and whether it is shown or not; nil where there is none.
    ///
    /// - Throws: as ``related(_:id:relation:scopes:filter:)``; `UNSUPPORTED` for a relation to several models.
    /// - Note: The statements of ``related(_:id:relation:scopes:filter:)``.
    package func relatedKey(_ model: String, id: JSONValue, relation: String) async throws -> JSONValue? {
        try await context.answering { planning in
            let source = try planning.model(model)
            var include = try planning.schema.accessor(relation, filter: nil, of: source.id)
            guard let target = source.relations[include.relation].target.map({ planning.schema[$0] }) else {
                throw PlannerError(
                    .unsupported, "\(source.name).\(relation) leads to records of several models.", model: source.name,
                    relation: relation)
            }
            (include.scope.fields, include.scope.readsAll) = ([], true)
            let found = try await related(include, of: source, id: id, planning, as: .related)
            guard let row = found.rows.first else { return .none }
            let records = try HookedRows.records(found.graph, of: target, at: found.node)
            return records.indices.contains(row) ? HookedRows.key(records[row], of: target) : .none
        }
    }
}
