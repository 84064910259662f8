// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What the rows of a statement are ordered by.
extension SelectWriter {
    /// Orders by the rows' own columns.
    var order: OrderWriter {
        OrderWriter(schema: source.schema, model: source.model, alias: RowSource.alias, source: source)
    }

    /// Appends the whole order.
    func appendOrder(to sql: inout SQLText) throws(PlannerError) {
        sql.append(" ORDER BY ")
        try appendOrderTerms(to: &sql)
    }

    /// The asked order, the links' order, the primary key, the links' key.
    func appendOrderTerms(to sql: inout SQLText) throws(PlannerError) {
        func directed(_ terms: [OrderTerm]) -> [OrderTerm] { isReversed ? terms.map(\.reversed) : terms }
        guard !filter.distinct else { return try appendDistinctOrder(to: &sql) }
        let completed = OrderWriter.completed(filter.order, for: source.model)
        guard let link = source.link else {
            if completed.isEmpty { return appendAnyOrder(to: &sql) }
            return try order.write(directed(completed), isFenced: fencesOrder, to: &sql)
        }
        let links = OrderWriter(schema: source.schema, model: link.model, alias: RowSource.linkAlias)
        let completing = Array(completed.dropFirst(filter.order.count))
        let lists: [(OrderWriter, [OrderTerm])] = [
            (order, filter.order), (links, linkOrder), (order, completing),
            (links, link.model.primaryKey.map { OrderTerm(Condition.Operand($0)) }),
        ]
        var isFirst = true
        for (writer, terms) in lists where !terms.isEmpty {
            let isFenced = fencesOrder && isFirst
            sql.append(separator: ", ", isFirst: &isFirst)
            try writer.write(directed(terms), isFenced: isFenced, to: &sql)
        }
        if isFirst { appendAnyOrder(to: &sql) }
    }

    /// A model without a key and an order has no order to speak of: that of the first column which has one (json and point
    /// have none), else none.
    private func appendAnyOrder(to sql: inout SQLText) {
        guard !columns.selected.isEmpty else { return sql.append("1") }
        let position = columns.selected.firstIndex { $0.type.readType.isSortable }
        sql.append(position.map { "\($0 + 1)" } ?? "(SELECT NULL)")
    }

    /// Combinations have no key: the shown columns complete their order.
    private func appendDistinctOrder(to sql: inout SQLText) throws(PlannerError) {
        let rest = columns.selected.map { OrderTerm(Condition.Operand($0.property)) }
            .filter { key in !filter.order.contains { $0.hasSameKey(as: key) } }
        let terms = filter.order + rest
        if terms.isEmpty { appendAnyOrder(to: &sql) } else { try order.write(terms, to: &sql) }
    }
}
