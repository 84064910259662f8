// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One term of an order.
package struct OrderTerm: Sendable, Hashable {
    /// Which way.
    package enum Direction: String, Sendable, Hashable {
        case ascending = "ASC"
        case descending = "DESC"
    }

    /// Where NULLs go.
    package enum Nulls: String, Sendable, Hashable {
        case first = "NULLS FIRST"
        case last = "NULLS LAST"
    }

    /// What is ordered by. With ``related`` it belongs to the related model; for a count it has no meaning.
    package var operand: Condition.Operand
    /// Which way.
    package var direction: Direction
    /// Where NULLs go; nil for PostgreSQL's default.
    package var nulls: Nulls?
    /// Set for an order by related rows (B2).
    package var related: Related?
    /// Set for an order by the distance from a point: the operand is a point, the value too.
    package var distance: BoundValue? {
        get { boxedDistance?.value }
        set { boxedDistance = newValue.map { .box($0) } }
    }
    private var boxedDistance: Boxed<BoundValue>?
    /// Set for an order by the place in a list, at the root: an array of the column's type. What it lacks comes last.
    package var list: BoundValue? {
        get { boxedList?.value }
        set { boxedList = newValue.map { .box($0) } }
    }
    private var boxedList: Boxed<BoundValue>?

    /// A term.
    package init(_ operand: Condition.Operand, _ direction: Direction = .ascending, nulls: Nulls? = nil) {
        self.operand = operand
        self.direction = direction
        self.nulls = nulls
    }

    /// The way to the value of related rows.
    package struct Related: Sendable, Hashable {
        /// To-one relations, from model to model; the last may be to-many when there is an aggregate.
        package var path: [Step]
        /// nil: the property of the one related row.
        package var aggregate: Aggregate?

        /// A way.
        package init(_ path: [Step], aggregate: Aggregate? = nil) {
            self.path = path
            self.aggregate = aggregate
        }
    }

    /// One relation on the way.
    package struct Step: Sendable, Hashable {
        /// A relation of the model the step starts from.
        package var relation: Relation.ID
        /// Which rows are looked at; see ``Condition/RelatedCondition/scope``.
        package var scope: Condition = .always
        /// Likewise for the rows of a link model.
        package var linkScope: Condition = .always
        /// Which row is the first; see ``Condition/RelatedCondition/order``.
        package var order: [OrderTerm] = []

        /// A step without restrictions.
        package init(_ relation: Relation.ID) { self.relation = relation }
    }

    /// Whether both terms are about the same value, whatever the direction.
    package func hasSameKey(as other: OrderTerm) -> Bool {
        operand == other.operand && related?.aggregate == other.related?.aggregate && distance == other.distance
            && list == other.list && related?.path.map(\.relation) == other.related?.path.map(\.relation)
    }
}
