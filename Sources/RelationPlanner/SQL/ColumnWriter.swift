// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes the columns a statement selects.
struct ColumnWriter {
    let selected: [ColumnList.Selected]

    /// Appends the columns with their aliases; `named` when an outer statement has to find them by name.
    func write(named: Bool, _ order: OrderWriter? = nil, to sql: inout SQLText) throws(PlannerError) {
        // A record can have nothing to show and join by nothing: its row still has to come back.
        if selected.isEmpty { sql.append("NULL") }
        var isFirst = true
        for column in selected {
            sql.append(separator: ", ", isFirst: &isFirst)
            if let term = column.term, let order {
                try order.writeKey(term, to: &sql)
                sql.append("::")
                sql.append(column.type.readType.castName)
                sql.append(" AS ")
                sql.append(identifier: column.output)
                continue
            }
            if column.form != .text, column.type.isReadAsItIs {
                sql.append(column: column.column, of: column.alias)
                if named, column.output != column.column {
                    sql.append(" AS ")
                    sql.append(identifier: column.output)
                }
                continue
            }
            let own = column.alias + "." + quoted(column.column)
            let reading = column.form == .text ? column.type.text(own) : column.type.reading(own)
            sql.append(reading)
            if named, reading != own || column.output != column.column {
                sql.append(" AS ")
                sql.append(identifier: column.output)
            }
        }
    }

    /// What leaves each combination once: equal values, not texts, where values are selected as their texts.
    var distinct: String {
        let selected = selected.filter { $0.term == nil }
        let operands = selected.map { $0.type.operand($0.alias + "." + quoted($0.column)) }
        let isPlain = zip(selected, operands).allSatisfy { column, operand in
            column.type.reading(column.alias + "." + quoted(column.column)) == operand && !column.type.isBehindDomain
        }
        return isPlain ? "DISTINCT" : "DISTINCT ON (\(operands.joined(separator: ", ")))"
    }

    /// Appends the columns of a sub-select that goes by `t`.
    func writeOuter(to sql: inout SQLText) {
        if selected.isEmpty { sql.append("NULL") }
        var isFirst = true
        for column in selected {
            sql.append(separator: ", ", isFirst: &isFirst)
            sql.append(column: column.output, of: RowSource.alias)
        }
    }
}
