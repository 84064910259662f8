// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The rows a step reads: one model's table, or a link model's joined with its targets; and to-one relations joined in.
struct RowSource: Sendable, Hashable {
    /// The model whose records these are; its table goes by `t`.
    let model: Model.ID
    /// The link model of a many-to-many relation; its table goes by `l`.
    let link: Link?
    /// To-one relations whose record comes in the same row.
    var joins: [Joined] = []

    /// The links of a many-to-many relation.
    struct Link: Sendable, Hashable {
        let model: Model.ID
        /// Properties of the link, and of the target that each points at.
        let pairs: [Pair]
    }

    /// Two properties that a join equates.
    struct Pair: Sendable, Hashable {
        let own: Property.ID
        let other: Property.ID
    }

    /// The target of a to-one relation, joined in.
    struct Joined: Sendable, Hashable {
        /// The relation, of the model that goes by ``otherAlias``.
        let relation: Relation.ID
        let model: Model.ID
        let alias: String
        /// Its properties, and those they equal.
        let on: [Pair]
        /// The model and the alias of these.
        let other: Model.ID
        let otherAlias: String
        let condition: Condition
    }

    static let alias = Fetch.Column.ownAlias
    static let linkAlias = "l"

    /// A model's own rows.
    init(_ model: Model.ID) {
        self.model = model
        link = nil
    }

    /// The targets of a relation.
    init(targetsOf relation: Relation, _ target: Model.ID) {
        model = target
        link = relation.through.map { through in
            Link(
                model: through.model, pairs: zip(through.targetKey, relation.targetKey).map { Pair(own: $0, other: $1) }
            )
        }
    }

    /// The model whose table holds the key.
    var carrier: Model.ID { link?.model ?? model }

    /// The alias of the table that holds the key.
    var carrierAlias: String { link == nil ? Self.alias : Self.linkAlias }

    /// What is joined in for a relation of the rows that go by an alias, under the same condition.
    func joined(_ relation: Relation.ID, of alias: String, _ condition: Condition) -> Joined? {
        joins.first { $0.relation == relation && $0.otherAlias == alias && $0.condition == condition }
    }

    /// The model whose table goes by an alias.
    func model(of alias: String) -> Model.ID {
        if alias == Self.alias { return model }
        if alias == Self.linkAlias, let link { return link.model }
        return joins.first { $0.alias == alias }?.model ?? model
    }
}
