// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension SelectWriter {
    /// Appends the first row of each key: the record of a to-one relation of which there are several candidates (D20).
    ///
    /// What is asked of it once it has been chosen (``Read/probe``) is asked around the choice.
    func appendFirsts(_ keys: KeyWriter, isNumbered: Bool, to sql: inout SQLText) throws(PlannerError) {
        let isProbed = read.probe != .always
        if isProbed {
            sql.append("SELECT ")
            columns.writeOuter(to: &sql)
            if isNumbered {
                sql.append(", ")
                keys.appendNumberNames(of: RowSource.alias, to: &sql)
            }
            sql.append(" FROM (")
        }
        let isNamed = read.isNamed || isProbed
        sql.append("SELECT DISTINCT ON (")
        appendChoice(keys, isNumbered, to: &sql)
        sql.append(") ")
        try columns.write(named: isNamed, to: &sql)
        if isNumbered {
            sql.append(", ")
            keys.appendNumbers(named: isNamed, to: &sql)
        }
        if isProbed {
            sql.append(", ")
            try ConditionWriter(schema: schema, model: model, alias: RowSource.alias)
                .write(read.probe, to: &sql)
            sql.append(" AS \(Self.holds)")
        }
        sql.append(" FROM ")
        if isNumbered {
            keys.appendNumberedKeys(to: &sql)
            sql.append(" CROSS JOIN ")
            try tables.writeJoinable(to: &sql)
        } else {
            try tables.write(to: &sql)
        }
        try appendWhere(match: isNumbered ? keys.appendNumbered : keys.appendArray, cursor: read.cursor, to: &sql)
        sql.append(" ORDER BY ")
        appendChoice(keys, isNumbered, to: &sql)
        let terms = OrderTerm.deciding(read.order, for: model, in: schema)
        if !terms.isEmpty {
            sql.append(", ")
            try order.write(terms, to: &sql)
        }
        if isProbed { sql.append(") AS \(RowSource.alias) WHERE \(RowSource.alias).\(Self.holds)") }
    }

    /// Whether the chosen record is the one that is looked for.
    private static let holds = "\"kinship_holds\""

    /// What the rows of one key have in common.
    private func appendChoice(_ keys: KeyWriter, _ isNumbered: Bool, to sql: inout SQLText) {
        if isNumbered { keys.appendNumbers(named: false, to: &sql) } else { keys.appendColumns(to: &sql) }
    }
}
