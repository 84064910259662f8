// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a filter may not ask about: what is hidden or protected (D28), and what has no table.
struct AccessRules: ContextReader {
    let context: ReadingContext

    /// Refuses properties that are not to be asked about (D28).
    func allow(_ property: Property, _ model: Model) throws(PlannerError) {
        guard !isTrusted, property.isHidden || (property.isProtected && isNested) else { return }
        throw error(
            .prohibitedProperty, "\(model.name).\(property.name) is not to be asked about.", model: model,
            property: property.name)
    }

    /// Refuses relations that are not to be asked about (D28).
    func allow(_ relation: Relation, _ model: Model) throws(PlannerError) {
        guard !isTrusted, relation.isHidden || (relation.isProtected && isNested) else { return }
        throw error(
            .prohibitedProperty, "\(model.name).\(relation.name) is not to be asked about.", model: model,
            relation: relation.name)
    }

    /// Refuses a relation to a model that has no table, once the database is known.
    func requireTables(of relation: Relation, _ model: Model) throws(PlannerError) {
        guard schema.catalog != nil, relation.embedded == nil else { return }
        for id in [relation.target, relation.through?.model] {
            guard let end = id.map({ schema.models[$0] }), !end.isPersisted else { continue }
            throw error(.noTable, schema.noTable(end), model: model, relation: relation.name)
        }
    }
}
