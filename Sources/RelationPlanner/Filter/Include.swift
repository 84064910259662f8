// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One included relation, with the scope its targets are asked with.
package struct Include: Sendable, Hashable {
    /// A relation of the model the include stands at.
    package var relation: Relation.ID
    /// The caller's scope, checked against the target; scopes of the relation and the model are merged by
    /// ``ScopedSchema/resolved(_:for:unscoped:)``. Of a polymorphic belongsTo only `include` and the like that hold for
    /// no type in particular would stand here: it is empty, see ``typeScopes``.
    package var scope: Filter
    /// For a polymorphic belongsTo: the scope of each type that has one (B5, D18), by model. Types that aren't listed
    /// are asked with an empty filter.
    package var typeScopes: [TypeScope] = []
    /// Counts and aggregates instead of the rows, or beside them (B3).
    package var summary: Summary?
    /// What the record of a to-one relation has to meet once it has been chosen among several (D20); else there is none.
    package var probe: Condition = .always
    /// What is shown of the links (B4).
    package var link: Link?
    /// Set when the relation's scope is a function of the record (D11): then the include stands here as it was asked, and is
    /// resolved for each record when these have come. Its values stay where they are, in shapes too.
    package internal(set) var deferral: Deferral?

    /// A relation and its scope.
    package init(_ relation: Relation.ID, scope: Filter = Filter()) {
        self.relation = relation
        self.scope = scope
    }

    /// The scope for rows of one type of a polymorphic belongsTo.
    package func scope(for model: Model.ID) -> Filter {
        typeScopes.first { $0.model == model }?.scope ?? Filter()
    }

    /// What is still to be done to an include.
    package enum Deferral: Sendable, Hashable {
        /// It is resolved for each record, with the target's default scope or without.
        case byRecord(unscoped: Bool)
    }

    /// The scope of one type.
    package struct TypeScope: Sendable, Hashable {
        /// The type, by its model.
        package var model: Model.ID
        /// What its rows are asked with.
        package var scope: Filter

        /// A type and its scope.
        package init(_ model: Model.ID, _ scope: Filter) {
            self.model = model
            self.scope = scope
        }
    }

    /// Numbers about the related rows. They obey the scope's condition, not its order and limits.
    package struct Summary: Sendable, Hashable {
        /// Whether the number of rows is wanted.
        package var count: Bool
        /// Functions of properties, in the order asked; count is no function here.
        package var aggregates: [Term]
        /// Whether the rows are wanted as well.
        package var rows: Bool

        /// What is wanted.
        package init(count: Bool = false, aggregates: [Term] = [], rows: Bool = false) {
            self.count = count
            self.aggregates = aggregates
            self.rows = rows
        }

        /// A function of a property.
        package struct Term: Sendable, Hashable {
            /// What is reckoned.
            package var function: Aggregate
            /// The property of the target it is reckoned of.
            package var property: Property.ID

            /// A function of a property.
            package init(_ function: Aggregate, _ property: Property.ID) {
                self.function = function
                self.property = property
            }
        }
    }

    /// Link columns beside each target.
    package struct Link: Sendable, Hashable {
        /// The member each target gets; nil when no column is shown.
        package var name: String?
        /// Properties of the link model, in its order.
        package var fields: [Property.ID] = []
        /// Which links count.
        package var condition: Condition = .always
        /// After the scope's order.
        package var order: [OrderTerm] = []

        /// Nothing about the links.
        package init() {}
    }
}
