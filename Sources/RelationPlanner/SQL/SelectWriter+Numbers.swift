// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension SelectWriter {
    /// Counts and aggregates of the rows of many parents (B3): the key or its number, then a column for each number.
    func numbers(
        _ summary: Include.Summary, _ keys: KeyWriter, access: Fetch.Access, to sql: inout SQLText
    ) throws(PlannerError) {
        sql.append("SELECT ")
        appendGroup(keys, access, to: &sql)
        appendNumbers(of: summary, to: &sql)
        sql.append(" FROM ")
        if access == .ordinality {
            keys.appendNumberedKeys(to: &sql)
            sql.append(" CROSS JOIN ")
            try tables.writeJoinable(to: &sql)
        } else {
            try tables.write(to: &sql)
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
    }

    /// Counts and aggregates of all rows: one row, with a column for each number.
    func numbers(_ summary: Include.Summary, to sql: inout SQLText) throws(PlannerError) {
        sql.append("SELECT " + expressions(of: summary).joined(separator: ", ") + " FROM ")
        tables.writeRows(to: &sql)
        try appendWhere(match: nil, cursor: nil, to: &sql)
    }

    private func appendGroup(_ keys: KeyWriter, _ access: Fetch.Access, to sql: inout SQLText) {
        if access == .ordinality { keys.appendNumbers(named: false, to: &sql) } else { keys.appendColumns(to: &sql) }
    }

    /// Counts and aggregates of the records in lists of keys, which are sent row by row: the number of the parent's row,
    /// then a column for each number.
    func numbers(
        _ summary: Include.Summary, ofLists lists: Step.ID, key: Property.ID, as type: ColumnType,
        to sql: inout SQLText
    ) throws(PlannerError) {
        let key = model.properties[key]
        sql.append("SELECT k.\"parent\"")
        appendNumbers(of: summary, to: &sql)
        sql.append(" FROM unnest(")
        sql.append(parameter: .rows(lists, column: 2, element: .int4))
        sql.append("::integer[], ")
        sql.append(parameter: .rows(lists, column: 0, element: type.readType))
        if type.readType != type { sql.append("::text[]") }
        sql.append("::\(type.castName)[]) AS k(\"parent\", \"key\") CROSS JOIN ")
        try tables.write(to: &sql)
        try appendWhere(
            match: { sql in
                sql.append(
                    equal: (key.columnType, RowSource.alias + "." + quoted(key.column)), to: (type, "k.\"key\""))
            }, cursor: nil, to: &sql)
        sql.append(" GROUP BY k.\"parent\"")
    }

    /// Appends `, count(*), sum(t."total")`.
    private func appendNumbers(of summary: Include.Summary, to sql: inout SQLText) {
        for expression in expressions(of: summary) { sql.append(", " + expression) }
    }

    /// `count(*)`, `sum(t."total")`, in the order of the columns.
    private func expressions(of summary: Include.Summary) -> [String] {
        var expressions = summary.count ? ["count(*)"] : []
        for term in summary.aggregates {
            let property = model.properties[term.property]
            let type = property.columnType
            let column = type.operand(RowSource.alias + "." + quoted(property.column))
            var number = "\(type.written(term.function))(\(column))"
            if term.function.isExtreme {
                // The function may be that of a type it can be taken for.
                if type.category == .other { number += "::\(type.castName)" }
                number = type.reading(number)
            }
            expressions.append(number)
        }
        return expressions
    }
}
