// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Orders as columns of an index.
extension OrderTerm {
    /// What has to be in an index for an order: without the completing key, for few rows are equal in all that was asked,
    /// and these are sorted in no time. Nil as in ``columns(of:of:)``.
    static func columns(asked order: [OrderTerm], of model: Model) -> [Catalog.Index.Column]? {
        columns(
            of: order.isEmpty ? model.primaryKey.map { OrderTerm(Condition.Operand($0)) } : order, of: model)
    }

    /// The columns of an order's terms; nil when some term is no column of the table, or one that can't be in an index.
    static func columns(of order: [OrderTerm], of model: Model) -> [Catalog.Index.Column]? {
        var columns: [Catalog.Index.Column] = []
        for term in order {
            guard term.isColumn else { return nil }
            let property = model.properties[term.operand.property]
            guard property.columnType.isOrdered else { return nil }
            columns.append(
                Catalog.Index.Column(
                    property.column, isDescending: term.direction == .descending,
                    nullsFirst: term.nulls.map { $0 == .first }))
        }
        return columns
    }
}
