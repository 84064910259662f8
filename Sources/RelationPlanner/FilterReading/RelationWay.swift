// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How targets of a relation came to be asked about.
struct RelationWay {
    /// Where the question stands.
    enum Place { case definition, include, condition }

    let relation: Relation
    let place: Place

    init(_ relation: Relation, _ place: Place) {
        self.relation = relation
        self.place = place
    }
}
