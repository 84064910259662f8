// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// What a relation of one record leads to.
    ///
    /// ```swift
    /// let orders = try await database.related(
    ///     "Customer", id: 3, relation: "orders", filter: ["where": ["total": ["gt": 50]], "limit": 2])
    /// ```
    ///
    /// The relation's scope and the default scope of its target are merged into the filter. Rows come in the order asked
    /// for, completed by the primary key; a target that is linked twice appears twice (K8). When the relation's scope is a
    /// function of the record (D11), the record is read with all its properties, and the function called with it.
    ///
    /// - Parameters:
    ///   - model: the name of the model that has the relation.
    ///   - id: the record's key, as ``findById(_:id:filter:)`` takes it.
    ///   - relation: the relation's name.
    ///   - scopes: named scopes of the target, merged as ``find(_:scopes:filter:)`` does.
    ///   - filter: a LoopBack filter for the target.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` when there is no such record, `UNKNOWN_RELATION`, `LIMIT_ON_TO_ONE`,
    ///   `UNKNOWN_SCOPE`, `INVALID_SCOPE`; `UNSUPPORTED` for named scopes of a relation to several models; and as ``find(_:filter:)-(String,JSONValue?)``.
    /// - Note: One statement for the record's keys, one for the related rows when there is a key to ask for, and those of
    ///   the filter's includes; one round trip for each level.
    public func related(
        _ model: String, id: some FilterPart, relation: String, scopes: [ScopeRequest] = [], filter: JSONValue? = nil
    ) async throws -> RelatedRecords {
        let id = try id.part()
        return try await context.answering { planning in
            let source = try planning.model(model)
            return try await related(
                try accessor(relation, of: source, scopes: scopes, filter: filter, planning), of: source, id: id,
                isList: source.relation(relation)?.isToMany == true, planning, as: .related)
        }
    }

    /// How many records a relation of one record leads to. Limits of the relation's scope have no effect; links to the
    /// same target count as often as they are there, as the records are listed (K8).
    ///
    /// - Parameters:
    ///   - scopes: named scopes of the target; their limits have no effect.
    ///   - condition: the `where` of a filter for the target; nil for all.
    /// - Throws: ``PlannerError`` as ``related(_:id:relation:scopes:filter:)``.
    /// - Note: Two statements and round trips: the record's keys, then the count; one when there is no key to ask for.
    public func relatedCount(
        _ model: String, id: some FilterPart, relation: String, scopes: [ScopeRequest] = [],
        where condition: JSONValue? = nil
    ) async throws -> CountResult {
        let filter = condition.map { JSONValue.object([.init("where", $0)]) }
        return try await relatedCount(model, id: try id.part(), relation: relation, scopes: scopes, filter: filter)
    }

    /// The same by a filter, which may say which are meant where deleted ones stay.
    func relatedCount(
        _ model: String, id: JSONValue, relation: String, scopes: [ScopeRequest], filter: JSONValue?
    ) async throws -> CountResult {
        try await context.answering { planning in
            let source = try planning.model(model)
            return try await count(
                try accessor(relation, of: source, scopes: scopes, filter: filter, planning), of: source, id: id,
                planning, as: .relatedCount)
        }
    }

    /// The record with a key among those that a relation of one record leads to. Of a to-one relation with several candidates
    /// that is the one which ``related(_:id:relation:scopes:filter:)`` shows, and no other (D20).
    ///
    /// - Parameter key: the key of the target, as ``findById(_:id:filter:)`` takes it.
    /// - Returns: exactly one record.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` when there is no such record, or it belongs to another one; else as
    ///   ``related(_:id:relation:scopes:filter:)``. `UNSUPPORTED` for a relation to several models.
    /// - Note: The statements of ``related(_:id:relation:scopes:filter:)``.
    public func relatedFindById(
        _ model: String, id: some FilterPart, relation: String, key: some FilterPart
    ) async throws -> RelatedRecords {
        let (id, key) = (try id.part(), try key.part())
        return try await context.answering { planning in
            let source = try planning.model(model)
            let found = try await related(
                try accessor(relation, of: source, key: key, planning), of: source, id: id,
                planning, as: .relatedFindById)
            guard found.count > 0 else {
                throw PlannerError(
                    .modelNotFound,
                    "\(source.name) \(text(of: id)) has no record \(text(of: key)) among its \(relation).",
                    model: planning.schema[found.node.model].name, relation: relation)
            }
            return found
        }
    }

    /// Whether there is a record with a key among those that a relation of one record leads to: false as well when it
    /// belongs to another one (D23). A result's count is 0 or more than 0.
    ///
    /// - Parameter key: the key of the target, as ``findById(_:id:filter:)`` takes it.
    /// - Throws: ``PlannerError`` as ``relatedFindById(_:id:relation:key:)``, but not for a missing target.
    /// - Note: The statements of ``relatedCount(_:id:relation:scopes:where:)``.
    public func relatedExists(
        _ model: String, id: some FilterPart, relation: String, key: some FilterPart
    ) async throws -> CountResult {
        let (id, key) = (try id.part(), try key.part())
        return try await context.answering { planning in
            let source = try planning.model(model)
            return try await count(
                try accessor(relation, of: source, key: key, planning), of: source, id: id,
                planning, as: .relatedExists)
        }
    }

    // MARK: Parts

    /// The accessor of a relation, with named scopes of its target.
    func accessor(
        _ name: String, of source: Model, scopes: [ScopeRequest], filter: JSONValue?, _ planning: Planning
    ) throws(PlannerError) -> Include {
        var include = try planning.schema.accessor(
            name, filter: filter, of: source.id, limits: planning.trees.filterLimits, cursors: planning.trees.cursors)
        if planning.trees.isNarrowing { include.scope.beNarrowed() }
        guard !scopes.isEmpty else { return include }
        guard let target = source.relations[include.relation].target else {
            throw PlannerError(
                .unsupported,
                "\(source.name).\(name) leads to records of several models, which don't share named scopes; ask with a filter instead.",
                model: source.name, relation: name)
        }
        for scope in scopes { include.scope = try planning.scoped.scoped(include.scope, by: scope, of: target) }
        return include
    }

    /// The accessor of a relation, restricted to one target.
    private func accessor(
        _ name: String, of source: Model, key: JSONValue, _ planning: Planning
    ) throws(PlannerError) -> Include {
        var include = try planning.schema.accessor(name, filter: nil, of: source.id)
        guard let target = source.relations[include.relation].target else {
            throw PlannerError(
                .unsupported,
                "\(source.name).\(name) leads to records of several models, whose keys say nothing without their type; read the relation instead.",
                model: source.name, relation: name)
        }
        let model = planning.schema[target]
        let condition = try planning.keyCondition(key, of: model)
        if source.relations[include.relation].isToMany {
            include.scope.condition = condition
            if !planning.schema.isUnique(model.primaryKey, of: model) { include.scope.limit = .rows(1) }
        } else {
            // Of several candidates only the one that the relation shows (D20).
            include.probe = condition
        }
        return include
    }

    /// What a relation of one record leads to, as an include asks.
    func related(
        _ include: Include, of source: Model, id: JSONValue, isList: Bool = false, _ planning: Planning,
        as operation: Operation
    ) async throws -> RelatedRecords {
        var resolved = try planning.scoped.resolved(accessor: include, of: source.id, unscoped: context.isUnscoped)
        if isList { resolved.scope = planning.limited(resolved.scope) }
        return try await related(resolved: resolved, of: source, id: id, planning, as: operation)
    }

    /// The same as an include that is resolved asks.
    func related(
        resolved include: Include, of source: Model, id: JSONValue, _ planning: Planning, as operation: Operation
    ) async throws -> RelatedRecords {
        var filter = Filter()
        // Of the model's default scope only the condition matters: nothing of the record is shown.
        filter.condition = try planning.scoped.resolved(
            try planning.keyCondition(id, of: source), for: source.id, unscoped: context.isUnscoped)
        filter.fields = []
        filter.include = [include]
        let (plan, values) = try planning.prepare(filter, for: source)
        let graph = try await context.run(plan, values, planning, as: operation)
        guard graph.count > 0, let node = graph.plan.nodes.first(where: { $0.parent == Node.root }) else {
            throw PlannerError(
                .modelNotFound, "There is no \(source.name) with the key \(text(of: id)).", model: source.name)
        }
        guard let graft = graph.grafts[node.id] else { return RelatedRecords(graph, of: node) }
        var found = graft.graphs[0]
        found.statistics = graph.statistics
        return RelatedRecords(found, of: found.plan.nodes[Graft.relation])
    }

    private func count(
        _ include: Include, of source: Model, id: JSONValue, _ planning: Planning, as operation: Operation
    ) async throws -> CountResult {
        var include = include
        // There is one row at most of a to-one relation: it is as well fetched as counted.
        if source.relations[include.relation].isToMany { include.summary = Include.Summary(count: true) }
        let found = try await related(include, of: source, id: id, planning, as: operation)
        let count = found.graph.counted(below: found.node.id, parentRow: 0) ?? Int64(found.count)
        return CountResult(count: count, statistics: found.statistics)
    }

    /// A key for messages.
    private func text(of key: JSONValue) -> String {
        var bytes: [UInt8] = []
        key.write(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
