// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension FilterChecker {
    /// Refuses a relation to a model that has no table, once the database is known.
    func requireTables(of relation: Relation, _ model: Model) throws(PlannerError) {
        guard schema.catalog != nil, relation.embedded == nil else { return }
        for id in [relation.target, relation.through?.model] {
            guard let end = id.map({ schema.models[$0] }), !end.isPersisted else { continue }
            throw error(.noTable, schema.noTable(end), model: model, relation: relation.name)
        }
    }
}
