// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// What a program adds to the operations of sessions, as these see it.
protocol SessionHooks: AnyObject, Sendable {
    /// The models of which it decides which records may be reached.
    var accessed: [String] { get }

    /// Whether it looks at records that a plan shows.
    func looks(at plan: Plan, in schema: Schema) -> Bool

    /// Whether it takes part in changes of a model's records.
    func takesPart(in model: String) -> Bool

    /// Which records of a model may be reached, as a filter's `where`; nil for all.
    func access(to model: String, in context: SessionContext) async throws -> JSONValue?

    /// An answer as it is to be shown.
    func shown(_ graph: Graph, in context: SessionContext) async throws -> Graph
}

/// An operation whose hooks are run by whoever calls it.
struct HooksRun: Sendable {
    /// The models whose hooks are run.
    var models: Set<String> = []
    /// Whether the rows that it answers with are read with all properties.
    var readsAll = false
    /// By model the keys of the rows that hooks have been told of: no others are changed.
    var only: [String: [JSONValue]] = [:]
    /// The model of which a record is made, or changed, and not the other of the two.
    var decided: (model: String, isNew: Bool)?
    /// The links that the operation makes.
    var newLinks: NewLinks?

    /// A change of the rows that hooks have been told of, and of no others.
    func narrowed(_ change: Change, _ planning: Planning) throws(PlannerError) -> Change {
        var change = change
        for (name, keys) in only {
            let model = try planning.model(name)
            guard change.concerns(model.id) else { continue }
            var values: [[BoundValue]] = []
            values.reserveCapacity(keys.count)
            for key in keys { values.append(try planning.keyValues(key, of: model)) }
            change = change.narrowed(to: values, of: model)
        }
        if let decided { change = change.deciding(isNew: decided.isNew, of: try planning.model(decided.model)) }
        return change
    }
}

/// Links that hooks have had their say in, and that are made as they have left them.
final class NewLinks: Sendable {
    /// The data of each, in their order, with its keys.
    let data: [JSONValue]
    /// The properties that hooks have added.
    let given: Set<String>
    private let state = Locked<[JSONValue]>([])

    init(_ data: [JSONValue], given: Set<String>) { (self.data, self.given) = (data, given) }

    /// What was made, in their order.
    var made: [JSONValue] { state.withLock { $0 } }

    func note(_ made: [JSONValue]) { state.withLock { $0 = made } }
}
