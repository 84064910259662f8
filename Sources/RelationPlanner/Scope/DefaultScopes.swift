// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The default scopes that one request needs. Those that are functions are called when they are needed, and once each, so
/// that all of the request is answered under the same ones.
final class DefaultScopes {
    private let schema: ScopedSchema
    private var results: [Model.ID: Filter?] = [:]
    private var proven: Set<Model.ID> = []

    /// To-one relations whose records are being put in order, by source and position.
    private var ordering: Set<RelationPlace> = []

    init(_ schema: ScopedSchema) { self.schema = schema }

    /// Whether the order of a relation's scope is not being looked at already: one that leads back to it has no end.
    func beginOrder(of relation: Relation) -> Bool { ordering.insert(RelationPlace(relation)).inserted }

    /// The order of a relation's scope has been looked at.
    func endOrder(of relation: Relation) { ordering.remove(RelationPlace(relation)) }

    /// The default scope of a model, nil when there is none.
    func scope(of model: Model) throws(PlannerError) -> Filter? {
        let scopes = schema.scopes[model.id.index]
        guard scopes.defaultFunction != nil else { return scopes.byDefault }
        if proven.insert(model.id).inserted { try prove(model) }
        return try result(model)
    }

    private func result(_ model: Model) throws(PlannerError) -> Filter? {
        let scopes = schema.scopes[model.id.index]
        guard let function = scopes.defaultFunction else { return scopes.byDefault }
        if let known = results[model.id] { return known }
        let result = try schema.checked(try function(()), ["scope"], at: model, .root, of: model)
        results.updateValue(result, forKey: model.id)
        return result
    }

    /// Scopes of definitions are known not to come back to themselves; what functions give has to be looked at.
    private func prove(_ model: Model) throws(PlannerError) {
        guard let scope = try result(model) else { return }
        for isInclude in [true, false] {
            var visited: Set<RelationPlace> = []
            var seen: Set<Model.ID> = []
            var pending = schema.expansion(of: scope, at: model, isInclude, &visited).models
            while let next = pending.popLast() {
                guard next != model.id else {
                    let part = isInclude ? "include" : "where"
                    throw PlannerError(
                        .invalidScope,
                        "The default scope of \(model.name) comes back to itself by way of its \(part): loading it would never end. Take the \(part) out of one of the scopes.",
                        path: "scope.\(part)", file: model.definition.file, model: model.name)
                }
                guard seen.insert(next).inserted, let scope = try result(schema.schema.models[next]) else { continue }
                pending += schema.expansion(of: scope, at: schema.schema.models[next], isInclude, &visited).models
            }
        }
    }
}
