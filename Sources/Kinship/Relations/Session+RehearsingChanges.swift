// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A change whose way up to its first statement is measured.
package enum RehearsedChange: Sendable {
    /// A new record.
    case create(String, JSONValue)
    /// A record by its key.
    case update(String, id: JSONValue, JSONValue)
    /// A related record.
    case createRelated(String, id: JSONValue, relation: String, JSONValue)
}

extension Session {
    /// Does what is done before the first statement of a change is sent, for measuring it.
    ///
    /// - Returns: how many statements would be sent first.
    package func rehearse(_ change: RehearsedChange) throws -> Int {
        let planning = context.planning
        let (planned, model): (Change, Model)
        switch change {
        case .create(let name, let data):
            model = try planning.model(name)
            planned = ModelChanges(planning.schema, model).create(
                try planning.records([data], isList: false, of: model, unscoped: context.isUnscoped))
        case .update(let name, let id, let data):
            model = try planning.model(name)
            let key = try planning.keyValues(id, of: model)
            let record = try planning.withoutKey(try planning.record(data, of: model, .update), key, of: model)
            planned = ModelChanges(planning.schema, model).update(
                key: key, try planning.defaultCondition(of: model, unscoped: context.isUnscoped), record)
        case .createRelated(let name, let id, let relation, let data):
            _ = try planning.filling(of: relation, name)
            let changes = try planning.changes(of: relation, name, id: id, unscoped: context.isUnscoped)
            model = changes.target
            let records = try planning.records(
                [data], isList: false, of: model, takesRelated: changes.givenKeys, unscoped: context.isUnscoped)
            planned = try changes.create(records, link: try planning.link(of: changes, isOne: true))
        }
        let (plan, values) = try planning.prepare(planned, showing: try planning.answer(nil, of: model), of: model)
        var run = try PlanRun(plan, values: values, context.trees)
        return try run.statements(of: plan.plan.waves[0]).statements.count
    }
}
