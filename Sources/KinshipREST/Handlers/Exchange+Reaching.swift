// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Exchange {
    /// What of a request's arguments counts, and the model they are for.
    private enum Argument {
        case filter(Model)
        /// The filter's `include` and `fields` alone.
        case shown(Model)
        case condition(Model)
    }

    /// Asks the policy of the models that filter or condition reach.
    ///
    /// - Throws: what the policy throws; ``PlannerError`` for an argument that can't be read, as the operation would.
    func passArguments() async throws {
        try await gate.pass { reached in
            if let (filter, model) = try asked() { reached.reach(filter, of: model) }
        }
    }

    /// What a request asks for, and the model that is asked; nil where filter and condition don't count. A condition is a filter too.
    ///
    /// - Throws: ``PlannerError`` for an argument that can't be read, as the operation would.
    func asked() throws(PlannerError) -> (filter: Filter, model: Model)? {
        guard let argument else { return nil }
        let (schema, limits) = (session.schema, settings.limits.filter)
        switch argument {
        case .filter(let model):
            guard let filter = try arguments.filter else { return nil }
            return (try schema.filter(filter, for: model.id, limits: limits, cursors: session.trees.cursors), model)
        case .shown(let model):
            guard let filter = try arguments.filter else { return nil }
            let shown = (filter.members ?? []).filter { ["include", "fields"].contains($0.key) }
            return (try schema.filter(.object(shown), for: model.id, limits: limits), model)
        case .condition(let model):
            guard let condition = try arguments.condition else { return nil }
            var filter = Filter()
            filter.condition = try schema.where(condition, for: model.id, limits: limits)
            return (filter, model)
        }
    }

    private var argument: Argument? {
        switch route.operation {
        case .records(.find), .records(.findOne), .scope(_, .find): .filter(model)
        case .records(.findById): .shown(model)
        case .records(.count), .records(.upsertWithWhere), .records(.updateAll), .scope(_, .count), .scope(_, .delete):
            .condition(model)
        case .relation(let name, let operation): argument(model.relation(name), operation)
        case .nested(let outer, let inner, let operation):
            argument(
                model.relation(outer)?.target.flatMap { session.schema[$0].relation(inner) }, operation)
        case .records, .scope, .method, .user: nil
        }
    }

    private func argument(_ relation: Relation?, _ operation: RelationOperation) -> Argument? {
        guard let relation, relation.isToMany, let target = relation.target.map({ session.schema[$0] }) else {
            return nil
        }
        return switch operation {
        case .get: .filter(target)
        case .count, .delete: .condition(target)
        default: nil
        }
    }
}
