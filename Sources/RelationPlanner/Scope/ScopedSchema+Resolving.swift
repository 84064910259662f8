// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ScopedSchema {
    /// A filter with everything merged in that applies to it: the default scope of its model, the scopes of included
    /// relations, the default scopes of their targets, and the restrictions of related rows that are asked about.
    ///
    /// ```swift
    /// let tree = try scoped.resolved(filter, for: task.id)
    /// ```
    ///
    /// The result is what a plan is made of: nothing else has to be looked up. Resolve a filter once: a second time
    /// would merge the scopes twice. On to-one relations the limits of default scopes have no effect.
    ///
    /// - Parameter unscoped: leaves the default scope of the root's model out (D32); those of included models apply.
    /// - Throws: ``PlannerError`` when a cursor doesn't fit the order; `INVALID_SCOPE` and what a scope function throws;
    ///   `UNSUPPORTED` for conditions and orders on relations whose scope is a function of the record; `UNKNOWN_MODEL` and
    ///   `INVALID_FILTER` for a model and a filter of another schema.
    public func resolved(
        _ filter: Filter, for model: Model.ID, unscoped: Bool = false
    ) throws(PlannerError) -> Filter {
        let model = try schema.model(model)
        try FilterFit(schema: schema).check(filter, model)
        return try resolve(filter, model, unscoped: unscoped, isNested: false, DefaultScopes(self))
    }

    /// A condition with the default scope of its model, as `count` and the like need it.
    ///
    /// - Parameters:
    ///   - isNew: whether it is about records that are to be made, so that who may reach those there are has no say.
    ///   - isCounted: whether the records are counted, so that a scope may say which are meant where deleted ones stay.
    ///   - deleted: which these are.
    /// - Throws: ``PlannerError`` as for a filter.
    package func resolved(
        _ condition: Condition, for model: Model.ID, unscoped: Bool = false, isNew: Bool = false,
        isCounted: Bool = false, deleted: Filter.Deleted? = nil
    ) throws(PlannerError) -> Condition {
        let model = try schema.model(model)
        let defaults = DefaultScopes(self)
        let scope = unscoped ? nil : try defaults.scope(of: model)
        let standing =
            isNew ? model.condition() : try standing(model, deleted: deleted ?? (isCounted ? scope?.deleted : nil))
        return try resolve(condition.and(scope?.condition ?? .always), model, defaults).and(standing)
    }

    /// The include of ``Schema/accessor(_:filter:of:limits:cursors:)`` with everything merged in that applies to it.
    ///
    /// - Parameters:
    ///   - include: what the accessor is asked with.
    ///   - model: the model that has the relation.
    ///   - parent: the record, for a relation whose scope is a function of it; without it such an include is left as it is,
    ///     with its ``Include/deferral``.
    ///   - unscoped: leaves the default scope of the target out (D32): it is what is asked for.
    /// - Throws: ``PlannerError`` as for a filter.
    package func resolved(
        accessor include: Include, of model: Model.ID, for parent: ParentRecord? = nil, unscoped: Bool = false
    ) throws(PlannerError) -> Include {
        let relation = try schema.model(model).relation(include.relation)
        let scopes = try parent.map { (parent) throws(PlannerError) in try self.scopes(of: relation, for: parent) }
        return try resolve(include, by: relation, scopes, unscoped: unscoped, DefaultScopes(self))
    }

    /// A filter as a relation's accessor asks the targets: the relation's scope is merged, the targets' default scope
    /// is left to ``resolved(_:for:unscoped:)``.
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL` or `UNKNOWN_RELATION` for a relation of another schema.
    public func scoped(_ filter: Filter, by relation: Relation) throws(PlannerError) -> Filter {
        scoped(filter, by: try scopes(of: relation))
    }

    func scoped(_ filter: Filter, by scopes: RelationScopes) -> Filter {
        scopes.targets.map { filter.merging(scope: $0) } ?? filter
    }

    /// A filter with a named scope of the model merged in; chain by calling again (D31).
    ///
    /// ```swift
    /// let filter = try scoped.scoped(Filter(), by: .named("since", ["from": "2026-01-01"]), of: order.id)
    /// ```
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_SCOPE`; `INVALID_FILTER` for parameters of a scope that is no function;
    ///   `INVALID_SCOPE` and what the function throws; `UNKNOWN_MODEL`.
    public func scoped(
        _ filter: Filter, by request: ScopeRequest, of model: Model.ID
    ) throws(PlannerError) -> Filter {
        let model = try schema.model(model)
        let name = request.name
        switch scopes[model.id.index].named(name)?.content {
        case .filter(let scope):
            guard request.parameters.isEmpty else {
                throw PlannerError(
                    .invalidFilter, "The scope \"\(name)\" of \(model.name) takes no parameters; leave them out.",
                    path: "scopes.\(name)", model: model.name)
            }
            return filter.merging(scope: scope)
        case .function(let function):
            let scope = try checked(try function(request.parameters), ["scopes", name], at: model, .root, of: model)
            return scope.map { filter.merging(scope: $0) } ?? filter
        case nil:
            let hint = Suggestion.text(for: name, among: scopes[model.id.index].named.map(\.name))
            throw PlannerError(.unknownScope, "\(model.name) has no scope \"\(name)\".\(hint)", model: model.name)
        }
    }

    // MARK: Trees

    private func resolve(
        _ filter: Filter, _ model: Model, unscoped: Bool, isNested: Bool, _ defaults: DefaultScopes
    ) throws(PlannerError) -> Filter {
        var resolved = filter
        if !unscoped, var scope = try defaults.scope(of: model) {
            // The fields of a default scope may name what is shown of the root only.
            if isNested { scope.fields?.removeAll { model.properties[$0].isProtected } }
            resolved = filter.merging(scope: scope)
        }
        let standing = try standing(model, deleted: resolved.deleted)
        resolved.deleted = nil
        resolved.isNarrowed = false
        resolved.condition = try resolve(resolved.condition, model, defaults).and(standing)
        if resolved.order.contains(where: { $0.related != nil }) {
            for index in resolved.order.indices {
                resolved.order[index] = try resolve(resolved.order[index], model, defaults)
            }
        }
        if let related { resolved.fields = related.shown(resolved.fields, of: model, isNested: isNested) }
        if resolved.distinct, related != nil, resolved.fields?.isEmpty == true {
            throw PlannerError(
                .prohibitedProperty, "Nothing that the records are to differ in may be seen.", model: model.name)
        }
        if resolved.distinct {
            resolved = resolved.droppingBeyondDistinct(asked: filter)
            if let problem = resolved.distinctProblem(model) {
                throw PlannerError(.invalidFilter, problem.message, model: model.name, property: problem.property)
            }
        } else if resolved.order.isEmpty, let distance = nearness(resolved.condition) {
            resolved.order = [distance]
        }
        if isNested, resolved.fields == nil, model.properties.contains(where: \.isProtected) {
            resolved.fields = model.properties.filter { !$0.isHidden && !$0.isProtected }.map(\.id)
        }
        // A scope may include what is not shown; nobody would see it (K5).
        resolved.include.removeAll { include in
            let relation = model.relations[include.relation]
            return relation.isHidden || (isNested && relation.isProtected)
        }
        if !resolved.include.isEmpty {
            var include = resolved.include
            for index in include.indices {
                include[index] = try resolve(
                    include[index], by: model.relations[include[index].relation], unscoped: false, defaults)
            }
            resolved.include = include
        }
        if let cursor = resolved.cursor {
            resolved.cursor = try complete(cursor, resolved.order, model)
            resolved.cursor?.reach = try reachable(model)
        }
        if resolved.pageCursors { try allowCursors(of: resolved, model) }
        return resolved
    }

    /// - Parameter given: the relation's scopes for a record; without them those that are written.
    private func resolve(
        _ include: Include, by relation: Relation, _ given: RelationScopes? = nil, unscoped: Bool,
        _ defaults: DefaultScopes
    ) throws(PlannerError) -> Include {
        var include = include
        guard given != nil || !relation.hasScopeFunction else {
            include.deferral = .byRecord(unscoped: unscoped)
            return include
        }
        let scopes = given ?? written(relation)
        include.deferral = nil
        if let through = relation.through {
            let links = schema.models[through.model]
            if var link = include.link {
                link.condition = try resolve(link.condition, links, defaults)
                for index in link.order.indices { link.order[index] = try resolve(link.order[index], links, defaults) }
                include.link = link
            }
            if let related, var link = include.link {
                _ = try related.condition(relation, links, .links, self)
                link.fields = related.shown(link.fields, of: links, isNested: true) ?? []
                include.link = link
            }
            let restriction = try linkRestriction(relation, defaults)
            if restriction != .always {
                var link = include.link ?? Include.Link()
                link.condition = link.condition.and(restriction)
                include.link = link
            }
        }
        if let target = relation.target {
            include.scope = try resolve(
                scopes.targets.map { include.scope.merging(scope: $0) } ?? include.scope, schema.models[target],
                unscoped: unscoped, isNested: true, defaults)
            if !relation.isToMany { include.scope.dropLimits() }
            let place: RelatedAccess.Place = relation.isToMany ? .list : .record
            if let own = try related?.condition(relation, schema.models[target], place, self) {
                // Of one it is asked once it is known which one it is.
                if relation.isToMany {
                    include.scope.condition = include.scope.condition.and(own)
                } else {
                    include.probe = include.probe.and(own)
                }
            }
            if let cursor = include.scope.cursor, include.link?.order.isEmpty == false {
                throw PlannerError(
                    .invalidFilter,
                    "The records of \(relation.name) come in the order of their links, in which a cursor of theirs is no place. Leave one of the two out.",
                    path: cursor.side.rawValue, model: schema.models[target].name, relation: relation.name)
            }
            if include.probe != .always, relation.isToMany || schema.isSingle(relation) {
                // Nothing has to be chosen.
                include.scope.condition = include.scope.condition.and(include.probe)
                include.probe = .always
            }
            return include
        }
        // Each type has a default scope of its own.
        var types: [Include.TypeScope] = []
        for target in relation.polymorphic?.targets ?? [] {
            var scope = include.scope(for: target)
            if let own = scopes.types.first(where: { $0.model == target }) {
                scope = scope.merging(scope: own.scope)
            }
            scope = try resolve(scope, schema.models[target], unscoped: unscoped, isNested: true, defaults)
            scope.dropLimits()
            if let own = try related?.condition(relation, schema.models[target], .record, self) {
                scope.condition = scope.condition.and(own)
            }
            if scope != Filter() { types.append(Include.TypeScope(target, scope)) }
        }
        include.typeScopes = types
        return include
    }
}

extension Filter {
    fileprivate mutating func dropLimits() {
        limit = nil
        skip = nil
    }
}
