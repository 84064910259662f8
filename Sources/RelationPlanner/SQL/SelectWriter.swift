// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes the statements that read one model's rows, or the targets of a relation.
struct SelectWriter {
    let source: RowSource
    let columns: ColumnList
    let filter: Filter
    /// Conditions beside the filter's own: a polymorphic type, the scope of links.
    var restrictions: [(model: Model, alias: String, condition: Condition)] = []
    /// The order of the links, behind the filter's own (B4).
    var linkOrder: [OrderTerm] = []
    /// What the record of a to-one relation has to meet once it has been chosen among several, see ``Include/probe``.
    var probe = Condition.always
    /// Whether every column of the result is found by its name, for keys to be handed over.
    var isNamed = false
    /// Whether no index but the key's is to be read for the order, see ``AccessChoice/fencesOrder``.
    var fencesOrder = false

    init(_ source: RowSource, columns: ColumnList, filter: Filter) {
        self.source = source
        self.columns = columns
        self.filter = filter
    }

    // MARK: Statements

    /// The root's rows.
    func root() throws(PlannerError) -> SQLText {
        var sql = SQLText()
        if isReversed {
            sql.append("SELECT ")
            columns.appendOuter(to: &sql)
            sql.append(" FROM (")
            try appendBody(match: nil, numbering: true, to: &sql)
            sql.append(") AS t ORDER BY ")
            // One row more than is shown comes last.
            if filter.pageCursors, let limit = filter.limit?.parameter {
                sql.append("t.\(rowNumber) > ")
                sql.append(parameter: limit)
                sql.append(", ")
            }
            sql.append("t.\(rowNumber) DESC")
        } else {
            try appendBody(match: nil, named: isNamed, to: &sql)
        }
        return sql
    }

    /// How many rows the root would have without limits; distinct combinations when it asks for these.
    func total() throws(PlannerError) -> SQLText {
        var sql = SQLText()
        sql.append("SELECT count(*) FROM ")
        if filter.distinct {
            sql.append("(SELECT \(columns.distinct) ")
            try columns.append(named: true, to: &sql)
            sql.append(" FROM ")
        }
        source.appendRows(to: &sql)
        try appendWhere(match: nil, cursor: nil, to: &sql)
        if filter.distinct { sql.append(") AS d") }
        return sql
    }

    /// The rows of many parents at once.
    ///
    /// - Parameter isNumbered: whether the last columns tell whose rows they are, for the rows' own columns don't.
    func children(
        _ keys: KeyMatch, access: Fetch.Access, isNumbered: Bool, isOrdered: Bool
    ) throws(PlannerError) -> SQLText {
        var sql = SQLText()
        switch access {
        case .root, .array, .local:
            try appendBody(match: keys.appendArray, named: isNamed, isOrdered: isOrdered, to: &sql)
        case .unnest: try appendBody(match: keys.appendUnnest, named: isNamed, isOrdered: isOrdered, to: &sql)
        case .distinctOn: try appendFirsts(keys, isNumbered: isNumbered, to: &sql)
        case .ordinality:
            sql.append("SELECT ")
            try columns.append(named: isNamed, to: &sql)
            if isNumbered {
                sql.append(", ")
                keys.appendNumbers(named: isNamed, to: &sql)
            }
            sql.append(" FROM ")
            keys.appendNumberedKeys(to: &sql)
            sql.append(" CROSS JOIN ")
            try appendJoinable(to: &sql)
            try appendWhere(match: keys.appendNumbered, cursor: filter.cursor, to: &sql)
            if isOrdered { try appendOrder(to: &sql) }
        case .lateral:
            sql.append("SELECT ")
            columns.appendOuter(to: &sql)
            if isNumbered {
                sql.append(", ")
                keys.appendNumbers(named: isNamed, to: &sql)
            }
            sql.append(" FROM ")
            keys.appendNumberedKeys(to: &sql)
            sql.append(" CROSS JOIN LATERAL (")
            try appendBody(match: keys.appendNumbered, numbering: isReversed, named: true, to: &sql)
            sql.append(") AS t")
            // Ahead of a place the rows are found in the opposite order; whose they are doesn't matter here.
            if isReversed { sql.append(" ORDER BY t.\(rowNumber) DESC") }
        case .window:
            sql.append("SELECT ")
            columns.appendOuter(to: &sql)
            sql.append(" FROM (SELECT ")
            try columns.append(named: true, to: &sql)
            sql.append(", row_number() OVER (PARTITION BY ")
            appendKey(keys, to: &sql)
            try appendOrder(to: &sql)
            sql.append(") AS \(rowNumber) FROM ")
            try source.append(to: &sql)
            try appendWhere(match: keys.appendArray, cursor: filter.cursor, to: &sql)
            sql.append(") AS t")
            appendWindowLimits(to: &sql)
            sql.append(" ORDER BY t.\(rowNumber)")
            if isReversed { sql.append(" DESC") }
        }
        return sql
    }

    /// Counts and aggregates of the rows of many parents (B3): the key or its number, then a column for each number.
    func summary(
        _ keys: KeyMatch, access: Fetch.Access, _ summary: Include.Summary
    ) throws(PlannerError) -> SQLText {
        var sql = SQLText()
        sql.append("SELECT ")
        appendGroup(keys, access, to: &sql)
        appendNumbers(of: summary, to: &sql)
        sql.append(" FROM ")
        if access == .ordinality {
            keys.appendNumberedKeys(to: &sql)
            sql.append(" CROSS JOIN ")
            try appendJoinable(to: &sql)
        } else {
            try source.append(to: &sql)
        }
        let match =
            switch access {
            case .ordinality: keys.appendNumbered
            case .unnest: keys.appendUnnest
            default: keys.appendArray
            }
        try appendWhere(match: match, cursor: nil, to: &sql)
        sql.append(" GROUP BY ")
        appendGroup(keys, access, to: &sql)
        return sql
    }

    // MARK: Parts

    /// The column that numbers rows: of a name that no other one has.
    private var rowNumber: String {
        var name = "kinship_row"
        while columns.selected.contains(where: { $0.output == name }) { name += "_" }
        return quoted(name)
    }

    /// `before` takes the rows just ahead of a place: they are found in the opposite order and turned round again.
    var isReversed: Bool { filter.readsBackwards }

    /// `SELECT … FROM … WHERE … ORDER BY … LIMIT … OFFSET …`
    private func appendBody(
        match: ((inout SQLText) -> Void)?, numbering: Bool = false, named: Bool = false, isOrdered: Bool = true,
        to sql: inout SQLText
    ) throws(PlannerError) {
        sql.append(filter.distinct ? "SELECT \(columns.distinct) " : "SELECT ")
        try columns.append(named: named || numbering, order, to: &sql)
        if numbering {
            sql.append(", row_number() OVER (ORDER BY ")
            try appendOrderTerms(to: &sql)
            sql.append(") AS \(rowNumber)")
        }
        sql.append(" FROM ")
        try source.append(to: &sql)
        if let term = filter.order.first(where: { $0.list != nil }) { appendPlaces(term, to: &sql) }
        try appendWhere(match: match, cursor: filter.cursor, to: &sql)
        if isOrdered { try appendOrder(to: &sql) }
        if filter.pageCursors, let limit = filter.limit?.parameter {
            // The greatest number is no limit.
            sql.append(" LIMIT nullif(")
            sql.append(parameter: limit)
            sql.append(", \(Int64.max)) + 1")
        } else {
            append(limit: filter.limit, " LIMIT ", to: &sql)
        }
        append(limit: filter.skip, " OFFSET ", to: &sql)
    }

    /// The places of a list that the rows are ordered by: a join, for looking each row up in an array is quadratic.
    private func appendPlaces(_ term: OrderTerm, to sql: inout SQLText) {
        guard let list = term.list else { return }
        let property = source.model.properties[term.operand.property]
        sql.append(" LEFT JOIN (SELECT u.\"key\", min(u.\"ordinal\") AS \"ordinal\" FROM ")
        // What the column's collation holds equal is one key: the column lends the values its collation, and no rows.
        let isFolding = property.columnType.isFolding
        if isFolding {
            sql.append("(SELECT c.")
            sql.append(identifier: property.column)
            sql.append(", 0::bigint FROM ")
            sql.append(table: source.model, alias: "c")
            sql.append(" WHERE FALSE UNION ALL SELECT * FROM ")
        }
        sql.append("unnest(")
        sql.append(value: list)
        sql.append(") WITH ORDINALITY")
        if isFolding { sql.append(")") }
        let type = property.columnType
        let column = type.operand(RowSource.alias + "." + quoted(property.column))
        sql.append(" AS u(\"key\", \"ordinal\") GROUP BY u.\"key\") AS o ON o.\"key\" \(type.written("=")) \(column)")
    }

    func appendJoinable(to sql: inout SQLText) throws(PlannerError) {
        let isSeveral = source.link != nil || !source.joins.isEmpty
        if isSeveral { sql.append("(") }
        try source.append(to: &sql)
        if isSeveral { sql.append(")") }
    }

    private func appendGroup(_ keys: KeyMatch, _ access: Fetch.Access, to sql: inout SQLText) {
        if access == .ordinality { keys.appendNumbers(named: false, to: &sql) } else { appendKey(keys, to: &sql) }
    }

    func appendKey(_ keys: KeyMatch, to sql: inout SQLText) {
        var isFirst = true
        for part in keys.parts {
            sql.append(separator: ", ", isFirst: &isFirst)
            sql.append(column: part.column, of: part.alias)
        }
    }

    func appendWhere(
        match: ((inout SQLText) -> Void)?, cursor: Filter.Cursor?, to sql: inout SQLText
    ) throws(PlannerError) {
        var keyword = " WHERE "
        if let match {
            sql.append(keyword)
            match(&sql)
            keyword = " AND "
        }
        let own = (model: source.model, alias: RowSource.alias, condition: filter.condition)
        for restriction in restrictions + [own] where restriction.condition != .always {
            sql.append(keyword)
            try ConditionWriter(schema: source.schema, model: restriction.model, alias: restriction.alias)
                .write(restriction.condition, to: &sql)
            keyword = " AND "
        }
        if let cursor {
            sql.append(keyword)
            try CursorWriter(order: order).write(cursor, to: &sql)
        }
    }

    private func append(limit: Filter.RowLimit?, _ keyword: String, to sql: inout SQLText) {
        guard let slot = limit?.parameter else { return }
        sql.append(keyword)
        sql.append(parameter: slot)
    }

    private func appendWindowLimits(to sql: inout SQLText) {
        let skip = filter.skip?.parameter
        let limit = filter.limit?.parameter
        guard skip != nil || limit != nil else { return }
        sql.append(" WHERE ")
        if let skip {
            sql.append("t.\(rowNumber) > ")
            sql.append(parameter: skip)
            if limit != nil { sql.append(" AND ") }
        }
        guard let limit else { return }
        // Not `row <= skip + limit`, which could overflow.
        sql.append("t.\(rowNumber)")
        if let skip {
            sql.append(" - ")
            sql.append(parameter: skip)
        }
        sql.append(" <= ")
        sql.append(parameter: limit)
    }
}

extension Filter.RowLimit {
    /// The parameter that holds the number, nil for no limit.
    var parameter: ParameterSlot? {
        switch self {
        case .unlimited: nil
        case .rows(let count): .constant(BoundValue(.int8, .integer(Int64(count))))
        case .slot(let position): .value(position, .int8)
        }
    }
}
