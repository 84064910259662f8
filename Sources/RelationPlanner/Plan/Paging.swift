// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How cursors are made of a page's rows: of the root's, one more of which is asked for than is shown.
public struct Paging: Sendable, Hashable {
    /// The columns of the root's statement that hold the values of the order's terms.
    public let columns: [Int]
    /// The order, completed by the primary key.
    package let order: String
    /// Which side of a place the rows are; nil when they begin where all rows do.
    package let side: Filter.Cursor.Side?
    /// How many rows are shown, nil for all.
    package let limit: ParameterSlot?
    /// Whether rows are left out first.
    package let skips: Bool
}

extension PlanBuilder {
    /// Adds the columns that a page's cursors are made of.
    func paging(_ filter: Filter, _ model: Model, _ columns: inout ColumnList) -> Paging {
        let order = schema.completedOrder(filter.order, for: model.id)
        let reader = CursorReader(context: ReadingContext(schema, limits: .trusted, isTrusted: true))
        return Paging(
            columns: order.map { term in
                term.isColumn
                    ? columns.position(of: term.operand.property, in: model)
                    : columns.position(of: term, as: reader.ordered(term, of: model).type, in: model)
            },
            order: schema.text(of: order, of: model), side: filter.cursor?.side, limit: filter.limit?.parameter,
            skips: filter.skip.isSet)
    }
}
