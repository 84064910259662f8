// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension SelectWriter {
    /// Counts and aggregates of the records in lists of keys, which are sent row by row: the number of the parent's row,
    /// then a column for each number.
    func summary(
        ofReferences lists: Fetch.ID, key: Property, as type: ColumnType, _ summary: Include.Summary
    ) throws(PlannerError) -> SQLText {
        var sql = SQLText()
        sql.append("SELECT k.\"parent\"")
        appendNumbers(of: summary, to: &sql)
        sql.append(" FROM unnest(")
        sql.append(parameter: .rows(lists, column: 2, element: .int4))
        sql.append("::integer[], ")
        sql.append(parameter: .rows(lists, column: 0, element: type.readType))
        if type.readType != type { sql.append("::text[]") }
        sql.append("::\(type.castName)[]) AS k(\"parent\", \"key\") CROSS JOIN ")
        try source.append(to: &sql)
        try appendWhere(
            match: { sql in
                sql.append(
                    equal: (key.columnType, RowSource.alias + "." + quoted(key.column)), to: (type, "k.\"key\""))
            }, cursor: nil, to: &sql)
        sql.append(" GROUP BY k.\"parent\"")
        return sql
    }

    /// Appends `, count(*), sum(t."total")`.
    func appendNumbers(of summary: Include.Summary, to sql: inout SQLText) {
        if summary.count { sql.append(", count(*)") }
        for term in summary.aggregates {
            let property = source.model.properties[term.property]
            let type = property.columnType
            let column = type.operand(RowSource.alias + "." + quoted(property.column))
            var number = "\(type.written(term.function))(\(column))"
            if term.function.isExtreme {
                // The function may be that of a type it can be taken for.
                if type.category == .other { number += "::\(type.castName)" }
                number = type.reading(number)
            }
            sql.append(", " + number)
        }
    }
}
