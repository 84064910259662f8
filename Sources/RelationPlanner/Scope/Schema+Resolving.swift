// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// A filter with everything merged in that applies to it: the default scope of its model, the scopes of included
    /// relations, the default scopes of their targets, and the restrictions of related rows that are asked about.
    ///
    /// ```swift
    /// let tree = try schema.resolved(filter, for: task.id)
    /// ```
    ///
    /// The result is what a plan is made of: nothing else has to be looked up. Resolve a filter once: a second time
    /// would merge the scopes twice. On to-one relations the limits of default scopes have no effect.
    ///
    /// - Parameter unscoped: leaves the default scope of the root's model out (D32); those of included models apply.
    /// - Throws: ``PlannerError`` when a cursor doesn't fit the order; `INVALID_SCOPE` and what a scope function throws;
    ///   `UNSUPPORTED` for conditions and orders on relations whose scope is a function of the record.
    public func resolved(
        _ filter: Filter, for model: Model.ID, unscoped: Bool = false
    ) throws(PlannerError) -> Filter {
        try resolve(filter, models[model], unscoped: unscoped, isNested: false, DefaultScopes(self))
    }

    /// A condition with the default scope of its model, as `count` and the like need it.
    ///
    /// - Throws: ``PlannerError`` as for a filter.
    public func resolved(
        _ condition: Condition, for model: Model.ID, unscoped: Bool = false
    ) throws(PlannerError) -> Condition {
        let model = models[model]
        let defaults = DefaultScopes(self)
        let scope = unscoped ? nil : try defaults.scope(of: model)
        return try resolve(condition.and(scope?.condition ?? .always), model, defaults)
    }

    /// The include of ``accessor(_:filter:of:limits:)`` with everything merged in that applies to it.
    ///
    /// - Parameters:
    ///   - include: what the accessor is asked with.
    ///   - model: the model that has the relation.
    ///   - parent: the record, for a relation whose scope is a function of it; without it such an include is left as it is,
    ///     with its ``Include/deferral``.
    ///   - unscoped: leaves the default scope of the target out (D32): it is what is asked for.
    /// - Throws: ``PlannerError`` as for a filter.
    public func resolved(
        accessor include: Include, of model: Model.ID, for parent: ParentRecord? = nil, unscoped: Bool = false
    ) throws(PlannerError) -> Include {
        var relation = models[model].relations[include.relation]
        if let parent { relation = try evaluated(relation, for: parent) }
        return try resolve(include, by: relation, unscoped: unscoped, DefaultScopes(self))
    }

    /// A filter as a relation's accessor asks the targets: the relation's scope is merged, the targets' default scope
    /// is left to ``resolved(_:for:unscoped:)``.
    public func scoped(_ filter: Filter, by relation: Relation) -> Filter {
        relation.scope.map { filter.merging(scope: $0) } ?? filter
    }

    /// A filter with a named scope of the model merged in; chain by calling again (D31).
    ///
    /// ```swift
    /// let filter = try schema.scoped(Filter(), by: .named("since", ["from": "2026-01-01"]), of: order.id)
    /// ```
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_SCOPE`; `INVALID_FILTER` for parameters of a scope that is no function;
    ///   `INVALID_SCOPE` and what the function throws.
    public func scoped(
        _ filter: Filter, by request: ScopeRequest, of model: Model.ID
    ) throws(PlannerError) -> Filter {
        let model = models[model]
        let name = request.name
        switch model.namedScope(name)?.content {
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
            let hint = Suggestion.text(for: name, among: model.namedScopes.map(\.name))
            throw PlannerError(.unknownScope, "\(model.name) has no scope \"\(name)\".\(hint)", model: model.name)
        }
    }

    /// The order rows come in: the one asked for, completed by the primary key, ascending; by all columns that have an order
    /// where the model has no key.
    public func completedOrder(_ order: [OrderTerm], for model: Model.ID) -> [OrderTerm] {
        OrderTerm.completed(order, for: models[model])
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
        resolved.condition = try resolve(resolved.condition, model, defaults)
        if resolved.order.contains(where: { $0.related != nil }) {
            for index in resolved.order.indices {
                resolved.order[index] = try resolve(resolved.order[index], model, defaults)
            }
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
        if let cursor = resolved.cursor { resolved.cursor = try complete(cursor, resolved.order, model) }
        if resolved.pageCursors { try allowCursors(of: resolved, model) }
        return resolved
    }

    private func resolve(
        _ include: Include, by relation: Relation, unscoped: Bool, _ defaults: DefaultScopes
    ) throws(PlannerError) -> Include {
        var include = include
        guard relation.scopeFunction == nil else {
            include.deferral = .byRecord(unscoped: unscoped)
            return include
        }
        include.deferral = nil
        if let through = relation.through {
            let links = models[through.model]
            if var link = include.link {
                link.condition = try resolve(link.condition, links, defaults)
                for index in link.order.indices { link.order[index] = try resolve(link.order[index], links, defaults) }
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
                scoped(include.scope, by: relation), models[target], unscoped: unscoped, isNested: true, defaults)
            if !relation.isToMany { include.scope.dropLimits() }
            if let cursor = include.scope.cursor, include.link?.order.isEmpty == false {
                throw PlannerError(
                    .invalidFilter,
                    "The records of \(relation.name) come in the order of their links, in which a cursor of theirs is no place. Leave one of the two out.",
                    path: cursor.side.rawValue, model: models[target].name, relation: relation.name)
            }
            if include.probe != .always, relation.isToMany || isSingle(relation) {
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
            if let own = relation.typeScopes.first(where: { $0.model == target }) {
                scope = scope.merging(scope: own.scope)
            }
            scope = try resolve(scope, models[target], unscoped: unscoped, isNested: true, defaults)
            scope.dropLimits()
            if scope != Filter() { types.append(Include.TypeScope(target, scope)) }
        }
        include.typeScopes = types
        return include
    }

    // MARK: Conditions and orders on related rows

    private func resolve(
        _ condition: Condition, _ model: Model, _ defaults: DefaultScopes
    ) throws(PlannerError) -> Condition {
        var resolved = condition
        try resolved.updateChildren { (child) throws(PlannerError) in child = try resolve(child, model, defaults) }
        try resolved.updateRelated { (related) throws(PlannerError) in
            let relation = model.relations[related.relation]
            guard let target = relation.target else { return }
            related.condition = try resolve(related.condition, models[target], defaults)
            (related.scope, related.order) = try restriction(relation, models[target], defaults)
            related.linkScope = try linkRestriction(relation, defaults)
        }
        return resolved
    }

    /// Which targets of a relation there are for conditions and orders: its scope's `where` and the target's default; and in
    /// which order they come, where it is to-one and the first of several is the record (D20).
    private func restriction(
        _ relation: Relation, _ target: Model, _ defaults: DefaultScopes
    ) throws(PlannerError) -> (condition: Condition, order: [OrderTerm]) {
        try refuseFunction(relation)
        var scope = scoped(Filter(), by: relation)
        if let own = try defaults.scope(of: target) { scope = scope.merging(scope: own) }
        let condition = try resolve(scope.condition, target, defaults)
        guard !relation.isToMany, !isSingle(relation) else { return (condition, []) }
        if scope.order.isEmpty { return (condition, nearness(condition).map { [$0] } ?? []) }
        guard scope.order.contains(where: { $0.related != nil }) else { return (condition, scope.order) }
        guard defaults.beginOrder(of: relation) else { throw orderedByItself(relation) }
        defer { defaults.endOrder(of: relation) }
        var order = scope.order
        for index in order.indices { order[index] = try resolve(order[index], target, defaults) }
        return (condition, order)
    }

    private func orderedByItself(_ relation: Relation) -> PlannerError {
        let model = models[relation.source]
        return PlannerError(
            .invalidScope,
            "The scope of \(model.name).\(relation.name) orders its records by way of the relation itself: finding the first would never end. Order them by something else.",
            path: "relations.\(relation.name).scope.order", file: model.definition.file, model: model.name,
            relation: relation.name)
    }

    /// Which links of a relation there are.
    private func linkRestriction(
        _ relation: Relation, _ defaults: DefaultScopes
    ) throws(PlannerError) -> Condition {
        guard let through = relation.through else { return .always }
        let model = models[through.model]
        let scope = (through.scope?.condition ?? .always).and(
            try defaults.scope(of: model)?.condition ?? .always)
        return try resolve(scope, model, defaults)
    }

    private func resolve(
        _ term: OrderTerm, _ model: Model, _ defaults: DefaultScopes
    ) throws(PlannerError) -> OrderTerm {
        guard var related = term.related else { return term }
        var owner = model
        for index in related.path.indices {
            let relation = owner.relations[related.path[index].relation]
            guard let target = relation.target else { break }
            (related.path[index].scope, related.path[index].order) = try restriction(
                relation, models[target], defaults)
            related.path[index].linkScope = try linkRestriction(relation, defaults)
            owner = models[target]
        }
        var resolved = term
        resolved.related = related
        return resolved
    }

    /// A scope that is a function of the record has no meaning where many records are asked about at once; leaving it out
    /// would show rows it was written to keep away.
    private func refuseFunction(_ relation: Relation) throws(PlannerError) {
        guard relation.scopeFunction != nil else { return }
        let model = models[relation.source].name
        throw PlannerError(
            .unsupported,
            "The scope of \(model).\(relation.name) is a function of the record, so the relation can be read and included, but not asked about or ordered by.",
            model: model, relation: relation.name)
    }

    /// Rows near a point come nearest first when no order is asked.
    private func nearness(_ condition: Condition) -> OrderTerm? {
        for case .near(let operand, let nearness) in condition.conjuncts {
            var term = OrderTerm(operand)
            term.distance = nearness.center
            return term
        }
        return nil
    }

    // MARK: Cursors

    /// The cursor's values in the order's order; each term of the completed order needs one.
    private func complete(
        _ cursor: Filter.Cursor, _ order: [OrderTerm], _ model: Model
    ) throws(PlannerError) -> Filter.Cursor {
        var checker = FilterChecker(self, limits: .standard)
        checker.path(push: cursor.side.rawValue)
        func failure(_ message: String) -> PlannerError { checker.error(.invalidFilter, message, model: model) }
        let order = completedOrder(order, for: model.id)
        try checker.allowCursors(in: order, model)
        if let opaque = cursor.opaque {
            try checker.allowShowing(order, model)
            return Filter.Cursor(cursor.side, try checker.keys(opaque, order, model))
        }
        var keys: [Filter.Cursor.Key] = []
        for term in order {
            guard let key = cursor.keys.first(where: { $0.term.hasSameKey(as: term) }) else {
                let property = model.properties[term.operand.property]
                // A scope may order by what the caller must not know of.
                let name =
                    term.related != nil
                    ? "the related value" : property.isHidden ? "what a scope orders by" : property.name
                throw failure(
                    "The cursor lacks the value of \(name), which the rows are ordered by. Give the values of all order terms and of the primary key."
                )
            }
            var completed = key
            completed.term = term
            keys.append(completed)
        }
        if keys.count < cursor.keys.count {
            throw failure(
                "The cursor has values that the rows aren't ordered by. Give those of the order terms and the primary key."
            )
        }
        // A row is found by its key.
        if keys.contains(where: { $0.isNull && model.isKey($0.term) }) {
            for index in keys.indices { keys[index].shown = nil }
        }
        return Filter.Cursor(cursor.side, keys)
    }

    /// Refuses cursors of a page whose order has no places to name.
    private func allowCursors(of filter: Filter, _ model: Model) throws(PlannerError) {
        var checker = FilterChecker(self, limits: .standard)
        checker.path(push: "page")
        let order = completedOrder(filter.order, for: model.id)
        try checker.allowCursors(in: order, model)
        try checker.allowShowing(order, model)
    }
}

extension Filter {
    fileprivate mutating func dropLimits() {
        limit = nil
        skip = nil
    }
}
