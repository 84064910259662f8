// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes orders over the rows of one model.
struct OrderWriter {
    let schema: Schema
    let model: Model
    let alias: String
    /// The rows' statement, when it has to-one relations joined in.
    var source: RowSource?
    /// Whether what stands at JSON paths is written as JSON, not as the text that is ordered by.
    var writesJSON = false

    /// Appends the terms, comma-separated.
    ///
    /// - Parameter isFenced: whether the first term is to be one that no index has: the greater of the column and itself,
    ///   which the server takes for an expression and computes in no time.
    func write(_ terms: [OrderTerm], isFenced: Bool = false, to sql: inout SQLText) throws(PlannerError) {
        var isFirst = true
        for term in terms {
            let isHidden = isFenced && isFirst && term.isColumn
            sql.append(separator: ", ", isFirst: &isFirst)
            if isHidden {
                sql.append("greatest(")
                try writeKey(term, to: &sql)
                sql.append(", ")
            }
            try writeKey(term, to: &sql)
            if isHidden { sql.append(")") }
            if term.direction == .descending { sql.append(" DESC") }
            if let nulls = term.nulls { sql.append(" " + nulls.rawValue) }
        }
    }

    /// Appends what a term orders by.
    func writeKey(_ term: OrderTerm, to sql: inout SQLText) throws(PlannerError) {
        if !writesJSON, term.isColumn {
            let property = model.properties[term.operand.property]
            return sql.append(operand: property.column, of: alias, property.columnType)
        }
        let writer = ConditionWriter(schema: schema, model: model, alias: alias)
        if let joined = joined(term) {
            write(
                term.operand, by: ConditionWriter(schema: schema, model: schema[joined.model], alias: joined.alias),
                to: &sql)
        } else if let related = term.related {
            try write(term, related.path[...], related.aggregate, from: writer, to: &sql)
        } else if let center = term.distance {
            writer.writeDistance(term.operand, from: center, to: &sql)
        } else if term.list != nil {
            sql.append("o.\"ordinal\"")
        } else {
            write(term.operand, by: writer, to: &sql)
        }
    }

    private func write(_ operand: Condition.Operand, by writer: ConditionWriter, to sql: inout SQLText) {
        if writesJSON {
            writer.writeContainer(operand, as: .jsonb, to: &sql)
        } else {
            writer.writeOrderKey(operand, to: &sql)
        }
    }

    /// The last model on the way to a related row's property, when the statement has the whole way joined in.
    private func joined(_ term: OrderTerm) -> RowSource.Joined? {
        guard let related = term.related, related.aggregate == nil, let source else { return nil }
        var last: RowSource.Joined?
        for step in related.path {
            guard let next = source.joined(step.relation, of: last?.alias ?? alias, step.scope) else { return nil }
            last = next
        }
        return last
    }

    /// A scalar sub-select: the property of the related row, or a function over the related rows (B2).
    private func write(
        _ term: OrderTerm, _ path: ArraySlice<OrderTerm.Step>, _ aggregate: Aggregate?,
        from writer: ConditionWriter, to sql: inout SQLText
    ) throws(PlannerError) {
        guard let step = path.first else { return write(term.operand, by: writer, to: &sql) }
        let (source, alias) = (writer.model, writer.alias)
        let relation = source.relations[step.relation]
        // What is selected stands before the FROM that names its alias.
        var from = sql.piece()
        let rows = RelatedRows(
            schema: schema, relation: relation, source: source, sourceAlias: alias, scope: step.scope,
            linkScope: step.linkScope, order: step.order, isRepeated: aggregate != nil)
        let rest = path.dropFirst()
        let target = try rows.append(shown: rest.isEmpty && aggregate != .count ? [term.operand] : [], to: &from)
        let isAggregated = rest.isEmpty && aggregate != nil
        if !isAggregated { try rows.appendChoice(of: target, to: &from) }
        sql.adopt(from)
        sql.append("(SELECT ")
        if isAggregated, let aggregate {
            if aggregate == .count {
                sql.append("count(*)")
            } else {
                sql.append("\(target.model.properties[term.operand.property].columnType.written(aggregate))(")
                target.writeOrderKey(term.operand, to: &sql)
                sql.append(")")
            }
        } else {
            try write(term, rest, aggregate, from: target, to: &sql)
        }
        sql.append(from.text)
        sql.append(")")
    }
}
