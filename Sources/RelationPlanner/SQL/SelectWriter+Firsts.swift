// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension SelectWriter {
    /// Appends the first row of each key: the record of a to-one relation of which there are several candidates (D20).
    ///
    /// What is asked of it once it has been chosen (``probe``) is asked around the choice.
    func appendFirsts(_ keys: KeyMatch, isNumbered: Bool, to sql: inout SQLText) throws(PlannerError) {
        let isProbed = probe != .always
        if isProbed {
            sql.append("SELECT ")
            columns.appendOuter(to: &sql)
            if isNumbered {
                sql.append(", ")
                keys.appendNumberNames(of: RowSource.alias, to: &sql)
            }
            sql.append(" FROM (")
        }
        let isNamed = self.isNamed || isProbed
        sql.append("SELECT DISTINCT ON (")
        appendChoice(keys, isNumbered, to: &sql)
        sql.append(") ")
        try columns.append(named: isNamed, to: &sql)
        if isNumbered {
            sql.append(", ")
            keys.appendNumbers(named: isNamed, to: &sql)
        }
        if isProbed {
            sql.append(", ")
            try ConditionWriter(schema: source.schema, model: source.model, alias: RowSource.alias)
                .write(probe, to: &sql)
            sql.append(" AS \(Self.holds)")
        }
        sql.append(" FROM ")
        if isNumbered {
            keys.appendNumberedKeys(to: &sql)
            sql.append(" CROSS JOIN ")
            try appendJoinable(to: &sql)
        } else {
            try source.append(to: &sql)
        }
        try appendWhere(match: isNumbered ? keys.appendNumbered : keys.appendArray, cursor: filter.cursor, to: &sql)
        sql.append(" ORDER BY ")
        appendChoice(keys, isNumbered, to: &sql)
        let terms = OrderTerm.deciding(filter.order, for: source.model, in: source.schema)
        if !terms.isEmpty {
            sql.append(", ")
            try order.write(terms, to: &sql)
        }
        if isProbed { sql.append(") AS \(RowSource.alias) WHERE \(RowSource.alias).\(Self.holds)") }
    }

    /// Whether the chosen record is the one that is looked for.
    private static let holds = "\"kinship_holds\""

    /// What the rows of one key have in common.
    private func appendChoice(_ keys: KeyMatch, _ isNumbered: Bool, to sql: inout SQLText) {
        if isNumbered { keys.appendNumbers(named: false, to: &sql) } else { appendKey(keys, to: &sql) }
    }
}
