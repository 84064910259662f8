// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What programs say of which records a request may reach, by model: it holds wherever the model is reached, whatever is asked.
///
/// The conditions have to be found out ahead, and may take their time; so who resolves a filter is told which one is missing.
package struct AccessConditions: Sendable {
    /// What the operator of the error is that names a model whose condition isn't known yet.
    private static let mark = "access"

    /// The models that there are conditions of.
    package let models: Set<Model.ID>
    /// Those that are known.
    package fileprivate(set) var known: [Model.ID: Condition] = [:]
    /// Whether those that aren't known count as true: for what only looks at a plan.
    package var isOpen = false

    package init(_ models: Set<Model.ID>) { self.models = models }

    /// Whether what is planned with them is one request's alone.
    package var isOwn: Bool { isOpen || !known.isEmpty }

    /// The model whose condition an error says is missing; nil for other errors.
    package static func missing(_ error: any Error) -> String? {
        guard let error = error as? PlannerError, error.operator == mark, error.code == .unsupported else { return nil }
        return error.model
    }

    /// What records of a model have to meet.
    ///
    /// - Throws: ``PlannerError`` `UNSUPPORTED` where that isn't known yet; see ``missing(_:)``.
    func condition(of model: Model) throws(PlannerError) -> Condition {
        guard models.contains(model.id) else { return .always }
        if let condition = known[model.id] { return condition }
        guard !isOpen else { return .always }
        throw Self.unknown(model)
    }

    /// Sees to it that those are known that a plan may come to when its parents have come, for what can't be begun again: those of the
    /// models that its includes by function lead to, however far.
    package func require(_ plan: Plan, in schema: Schema) throws(PlannerError) {
        guard !isOpen else { return }
        var reached: Set<Model.ID> = []
        var pending: [Model.ID] = []
        func add(_ relation: Relation) {
            let targets = relation.target.map { [$0] } ?? relation.polymorphic?.targets ?? []
            pending += targets + (relation.through.map { [$0.model] } ?? [])
        }
        for node in plan.nodes {
            guard let include = node.deferred, let parent = node.parent else { continue }
            add(schema.models[plan.nodes[parent.index].model].relations[include.relation])
        }
        while let next = pending.popLast() {
            guard reached.insert(next).inserted else { continue }
            for relation in schema.models[next].relations { add(relation) }
        }
        for model in models.sorted() where known[model] == nil && reached.contains(model) {
            throw Self.unknown(schema[model])
        }
    }

    private static func unknown(_ model: Model) -> PlannerError {
        PlannerError(
            .unsupported,
            "Access to \(model.name) is decided by a hook, which this operation doesn't ask; read its records by find.",
            model: model.name, operator: mark)
    }
}

extension ScopedSchema {
    /// The same with a condition that has become known.
    ///
    /// - Parameters:
    ///   - json: the `where` of a filter; hidden properties may be asked about. What it asks of related records isn't restricted
    ///     in turn.
    /// - Throws: ``PlannerError`` `INVALID_SCOPE` where it can't be used.
    package func knowing(_ json: JSONValue?, of name: String) throws(PlannerError) -> ScopedSchema {
        guard var conditions = access else { return self }
        let model = schema[try schema.id(of: name)]
        var condition = Condition.always
        if let json, json != .null {
            do throws(PlannerError) {
                let scope = try schema.scope(.object([.init("where", json)]), ["access"], at: model, .root)
                var own = self
                own.access?.isOpen = true
                own.related = nil
                condition = try own.resolve(scope.condition, model, DefaultScopes(own))
            } catch  where error.code == .tenantRequired {
                throw error
            } catch {
                var error = error.inScope(of: model)
                error.message = "An access hook of \(name) gave no usable condition. \(error.message)"
                throw error
            }
        }
        conditions.know(condition, of: model.id)
        var scoped = self
        scoped.access = conditions
        return scoped
    }

    /// The same where access isn't decided: for what only looks at a plan, and for who decides it.
    package var withoutAccess: ScopedSchema {
        guard access != nil else { return self }
        var scoped = self
        scoped.access?.isOpen = true
        return scoped
    }

    /// Which records of a model may be reached, whatever its scopes say.
    package func reachable(_ model: Model) throws(PlannerError) -> Condition {
        (try access?.condition(of: model) ?? .always).and(try tenantCondition(of: model))
    }

    /// What is said of records of a model besides its scopes: that they aren't deleted, are the tenant's, and may be reached.
    func standing(_ model: Model, deleted: Filter.Deleted? = nil) throws(PlannerError) -> Condition {
        guard access != nil || tenancy != nil else { return model.condition(deleted: deleted) }
        return model.condition(deleted: deleted).and(try reachable(model))
    }
}

extension AccessConditions {
    fileprivate mutating func know(_ condition: Condition, of model: Model.ID) { known[model] = condition }
}
