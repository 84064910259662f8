// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

extension Session {
    /// Listens to the changes of a model: with a tenant, to those of its records alone.
    ///
    /// - Parameter limit: how many events are kept until they are taken.
    /// - Returns: a subscription whose first event is a gap: from there on changes are told.
    /// - Throws: ``ChangeError``; ``PlannerError`` `UNKNOWN_MODEL`, `UNSUPPORTED` and `TENANT_REQUIRED`.
    /// - Note: One statement, besides the connection that listens.
    package func subscription(to model: String, limit: Int) async throws -> ChangeSubscription {
        _ = try await look(at: try changeSource(of: model))
        return try subscription(toKnown: model, limit: limit)
    }

    /// The same for a model that is known to have triggers: ``sight(of:)`` has looked.
    package func subscription(toKnown model: String, limit: Int) throws -> ChangeSubscription {
        context.state.changes.subscribe(to: try changeSource(of: model), of: context.tenancy, limit: limit)
    }

    /// Whether a subscription is to the changes of the records that this session reaches.
    package func isOfTenant(of subscription: ChangeSubscription) -> Bool { context.tenancy == subscription.tenancy }

    private func changeSource(of model: String) throws -> ChangeSource {
        let planning = context.planning
        return try ChangeSource(try planning.model(model), of: planning.scoped)
    }

    private func look(at source: ChangeSource) async throws -> ChangeLook {
        let rows = try await context.state.pool.execute(try ChangeLook.statement(source.table))
        let look = try ChangeLook(rows)
        guard look.isInstalled else { throw ChangeError(model: source.model) }
        return look
    }

    /// How far this session sees the records of a model, whatever a request asks for.
    ///
    /// - Throws: ``ChangeError`` where nothing tells of them; ``PlannerError`` `UNKNOWN_MODEL`, `UNSUPPORTED` and `TENANT_REQUIRED`.
    /// - Note: One statement, and what access hooks ask.
    package func sight(of model: String) async throws -> ChangeSight {
        let hidesRows = try await look(at: try changeSource(of: model)).hidesRows
        return try await context.answering { planning in
            let model = try planning.model(model)
            var filter = Filter()
            // Who deletes a record that stays has deleted it all the same.
            filter.deleted = .included
            let resolved = try planning.scoped.resolved(filter, for: model.id, unscoped: context.isUnscoped)
            let shown = resolved.fields.map { Set($0) }
            // Other tenants' changes don't come here, so that what keeps their records back keeps nothing back of these.
            let isOfAllRows = resolved.condition == (try planning.scoped.tenantCondition(of: model))
            return ChangeSight(
                isOfAllRows: isOfAllRows && !hidesRows && resolved.limit == nil && resolved.skip == nil,
                isOfKeys: model.primaryKey.allSatisfy { key in
                    !model.properties[key].isHidden && shown?.contains(key) != false
                })
        }
    }

    /// The records that meet a condition, which says by their keys which ones are meant: a limit or a skip of the default scope (K2)
    /// would leave some of them out, and has no effect.
    ///
    /// - Throws: as ``find(_:filter:)-(String,JSONValue?)``.
    /// - Note: The statements of ``find(_:filter:)-(String,JSONValue?)``.
    package func changedRecords(of model: String, where condition: JSONValue) async throws -> Graph {
        try await context.answering { planning in
            let target = try planning.model(model)
            var resolved = try planning.resolve(
                target, filter: ["where": condition], unscoped: context.isUnscoped)
            (resolved.limit, resolved.skip) = (nil, nil)
            let (plan, values) = try planning.prepare(resolved, for: target)
            return try await context.run(plan, values, planning, as: .find)
        }
    }

    /// What of a key is the same however it is written.
    ///
    /// - Throws: ``PlannerError`` `INVALID_VALUE` for what can't be one.
    package func keyValues(_ key: JSONValue, of model: String) throws -> [BoundValue] {
        let planning = context.planning
        return try planning.keyValues(key, of: try planning.model(model))
    }
}
