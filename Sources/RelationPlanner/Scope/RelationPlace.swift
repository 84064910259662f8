// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A relation of a schema, and the model it leads to where that is looked at: what circles are found by.
struct RelationPlace: Hashable {
    private let source: Model.ID
    private let relation: Relation.ID
    private let target: Model.ID?

    init(_ relation: Relation, to target: Model.ID? = nil) {
        source = relation.source
        self.relation = relation.id
        self.target = target
    }
}
