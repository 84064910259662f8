// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes the statements that read one model's rows, or the targets of a relation.
struct SelectWriter {
    let schema: Schema
    let read: Read
    let model: Model
    let tables: SourceWriter
    let columns: ColumnWriter
    /// Whether no index but the key's is to be read for the order, see ``KeyLookup/fencesOrder``.
    let fencesOrder: Bool

    init(_ read: Read, fencesOrder: Bool, in schema: Schema) {
        self.schema = schema
        self.read = read
        self.fencesOrder = fencesOrder
        model = schema[read.source.model]
        tables = SourceWriter(schema: schema, source: read.source)
        columns = ColumnWriter(selected: read.list.selected)
    }

    // MARK: Statements

    /// The root's rows.
    func root(to sql: inout SQLText) throws(PlannerError) {
        if read.isReversed {
            sql.append("SELECT ")
            columns.writeOuter(to: &sql)
            sql.append(" FROM (")
            try appendBody(match: nil, numbering: true, to: &sql)
            sql.append(") AS t ORDER BY ")
            // One row more than is shown comes last.
            if read.readsOneMore, let limit = read.limit?.parameter {
                sql.append("t.\(rowNumber) > ")
                sql.append(parameter: limit)
                sql.append(", ")
            }
            sql.append("t.\(rowNumber) DESC")
        } else {
            try appendBody(match: nil, named: read.isNamed, to: &sql)
        }
    }

    /// How many rows the root would have without limits; distinct combinations when it asks for these.
    func total(to sql: inout SQLText) throws(PlannerError) {
        sql.append("SELECT count(*) FROM ")
        if read.distinct {
            sql.append("(SELECT \(columns.distinct) ")
            try columns.write(named: true, to: &sql)
            sql.append(" FROM ")
        }
        tables.writeRows(to: &sql)
        try appendWhere(match: nil, cursor: nil, to: &sql)
        if read.distinct { sql.append(") AS d") }
    }

    /// The rows of many parents at once.
    ///
    /// - Parameter isNumbered: whether the last columns tell whose rows they are, for the rows' own columns don't.
    func children(
        _ keys: KeyWriter, access: Fetch.Access, isNumbered: Bool, to sql: inout SQLText
    ) throws(PlannerError) {
        switch access {
        case .root, .array, .local:
            try appendBody(match: keys.appendArray, named: read.isNamed, isOrdered: read.isOrdered, to: &sql)
        case .unnest: try appendBody(match: keys.appendUnnest, named: read.isNamed, isOrdered: read.isOrdered, to: &sql)
        case .distinctOn: try appendFirsts(keys, isNumbered: isNumbered, to: &sql)
        case .ordinality:
            sql.append("SELECT ")
            try columns.write(named: read.isNamed, to: &sql)
            if isNumbered {
                sql.append(", ")
                keys.appendNumbers(named: read.isNamed, to: &sql)
            }
            sql.append(" FROM ")
            keys.appendNumberedKeys(to: &sql)
            sql.append(" CROSS JOIN ")
            try tables.writeJoinable(to: &sql)
            try appendWhere(match: keys.appendNumbered, cursor: read.cursor, to: &sql)
            if read.isOrdered { try appendOrder(to: &sql) }
        case .lateral:
            sql.append("SELECT ")
            columns.writeOuter(to: &sql)
            if isNumbered {
                sql.append(", ")
                keys.appendNumbers(named: read.isNamed, to: &sql)
            }
            sql.append(" FROM ")
            keys.appendNumberedKeys(to: &sql)
            sql.append(" CROSS JOIN LATERAL (")
            try appendBody(match: keys.appendNumbered, numbering: read.isReversed, named: true, to: &sql)
            sql.append(") AS t")
            // Ahead of a place the rows are found in the opposite order; whose they are doesn't matter here.
            if read.isReversed { sql.append(" ORDER BY t.\(rowNumber) DESC") }
        case .window:
            sql.append("SELECT ")
            columns.writeOuter(to: &sql)
            sql.append(" FROM (SELECT ")
            try columns.write(named: true, to: &sql)
            sql.append(", row_number() OVER (PARTITION BY ")
            keys.appendColumns(to: &sql)
            try appendOrder(to: &sql)
            sql.append(") AS \(rowNumber) FROM ")
            try tables.write(to: &sql)
            try appendWhere(match: keys.appendArray, cursor: read.cursor, to: &sql)
            sql.append(") AS t")
            appendWindowLimits(to: &sql)
            sql.append(" ORDER BY t.\(rowNumber)")
            if read.isReversed { sql.append(" DESC") }
        }
    }

    // MARK: Parts

    /// The column that numbers rows: of a name that no other one has.
    private var rowNumber: String {
        var name = "kinship_row"
        while read.list.selected.contains(where: { $0.output == name }) { name += "_" }
        return quoted(name)
    }

    /// `SELECT … FROM … WHERE … ORDER BY … LIMIT … OFFSET …`
    private func appendBody(
        match: ((inout SQLText) -> Void)?, numbering: Bool = false, named: Bool = false, isOrdered: Bool = true,
        to sql: inout SQLText
    ) throws(PlannerError) {
        sql.append(read.distinct ? "SELECT \(columns.distinct) " : "SELECT ")
        try columns.write(named: named || numbering, order, to: &sql)
        if numbering {
            sql.append(", row_number() OVER (ORDER BY ")
            try appendOrderTerms(to: &sql)
            sql.append(") AS \(rowNumber)")
        }
        sql.append(" FROM ")
        try tables.write(to: &sql)
        if let term = read.order.first(where: { $0.list != nil }) { appendPlaces(term, to: &sql) }
        try appendWhere(match: match, cursor: read.cursor, to: &sql)
        if isOrdered { try appendOrder(to: &sql) }
        if read.readsOneMore, let limit = read.limit?.parameter {
            // The greatest number is no limit.
            sql.append(" LIMIT nullif(")
            sql.append(parameter: limit)
            sql.append(", \(Int64.max)) + 1")
        } else {
            append(limit: read.limit, " LIMIT ", to: &sql)
        }
        append(limit: read.skip, " OFFSET ", to: &sql)
    }

    /// The places of a list that the rows are ordered by: a join, for looking each row up in an array is quadratic.
    private func appendPlaces(_ term: OrderTerm, to sql: inout SQLText) {
        guard let list = term.list else { return }
        let property = model.properties[term.operand.property]
        sql.append(" LEFT JOIN (SELECT u.\"key\", min(u.\"ordinal\") AS \"ordinal\" FROM ")
        // What the column's collation holds equal is one key: the column lends the values its collation, and no rows.
        let isFolding = property.columnType.isFolding
        if isFolding {
            sql.append("(SELECT c.")
            sql.append(identifier: property.column)
            sql.append(", 0::bigint FROM ")
            sql.append(table: model, alias: "c")
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

    func appendWhere(
        match: ((inout SQLText) -> Void)?, cursor: Filter.Cursor?, to sql: inout SQLText
    ) throws(PlannerError) {
        var keyword = " WHERE "
        if let match {
            sql.append(keyword)
            match(&sql)
            keyword = " AND "
        }
        for restriction in read.restrictions where restriction.condition != .always {
            sql.append(keyword)
            try ConditionWriter(schema: schema, model: schema[restriction.model], alias: restriction.alias)
                .write(restriction.condition, to: &sql)
            keyword = " AND "
        }
        if read.condition != .always {
            sql.append(keyword)
            try ConditionWriter(schema: schema, model: model, alias: RowSource.alias).write(read.condition, to: &sql)
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
        let skip = read.skip?.parameter
        let limit = read.limit?.parameter
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
