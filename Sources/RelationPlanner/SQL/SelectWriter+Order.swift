// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What the rows of a statement are ordered by.
extension SelectWriter {
    /// Orders by the rows' own columns.
    var order: OrderWriter {
        OrderWriter(schema: schema, model: model, alias: RowSource.alias, source: read.source)
    }

    /// Appends the whole order.
    func appendOrder(to sql: inout SQLText) throws(PlannerError) {
        sql.append(" ORDER BY ")
        try appendOrderTerms(to: &sql)
    }

    /// The asked order, the links' order, the primary key, the links' key.
    func appendOrderTerms(to sql: inout SQLText) throws(PlannerError) {
        func directed(_ terms: [OrderTerm]) -> [OrderTerm] { read.isReversed ? terms.map(\.reversed) : terms }
        guard !read.distinct else { return try appendDistinctOrder(to: &sql) }
        let completed = OrderTerm.completed(read.order, for: model)
        guard let link = read.source.link.map({ schema[$0.model] }) else {
            if completed.isEmpty { return appendAnyOrder(to: &sql) }
            return try order.write(directed(completed), isFenced: fencesOrder, to: &sql)
        }
        let links = OrderWriter(schema: schema, model: link, alias: RowSource.linkAlias)
        let completing = Array(completed.dropFirst(read.order.count))
        let lists: [(OrderWriter, [OrderTerm])] = [
            (order, read.order), (links, read.linkOrder), (order, completing),
            (links, OrderTerm.completed([], for: link)),
        ]
        var isFirst = true
        for (writer, terms) in lists where !terms.isEmpty {
            let isFenced = fencesOrder && isFirst
            sql.append(separator: ", ", isFirst: &isFirst)
            try writer.write(directed(terms), isFenced: isFenced, to: &sql)
        }
        if isFirst { appendAnyOrder(to: &sql) }
    }

    /// Rows of which no column has an order (json and point have none) come as they come.
    private func appendAnyOrder(to sql: inout SQLText) { sql.append("(SELECT NULL)") }

    /// Combinations have no key: the shown columns complete their order.
    private func appendDistinctOrder(to sql: inout SQLText) throws(PlannerError) {
        let rest = read.list.selected.map { OrderTerm(Condition.Operand($0.property)) }
            .filter { key in !read.order.contains { $0.hasSameKey(as: key) } }
        let terms = read.order + rest
        if terms.isEmpty { appendAnyOrder(to: &sql) } else { try order.write(terms, to: &sql) }
    }
}
