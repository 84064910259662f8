// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ConditionWriter {
    /// `some`, `every` and `none` (B1), as EXISTS; where the record of a to-one relation is the first of several candidates, as a
    /// question about that one (D20).
    func write(_ related: Condition.RelatedCondition, to sql: inout SQLText) throws(PlannerError) {
        let relation = model.relations[related.relation]
        let rows = RelatedRows(
            schema: schema, relation: relation, source: model, sourceAlias: alias, scope: related.scope,
            linkScope: related.linkScope, order: related.order, isRepeated: related.numbers != nil)
        if let numbers = related.numbers { return try write(numbers, of: rows, related.condition, to: &sql) }
        if !relation.isToMany, related.condition != .always, !schema.isSingle(relation, isCorrelated: true) {
            return try rows.isIndexed
                ? writeFirst(of: rows, related, to: &sql) : writeAmongFirsts(of: rows, related, to: &sql)
        }
        sql.append(related.quantifier == .some ? "EXISTS (SELECT 1" : "NOT EXISTS (SELECT 1")
        let inner = try rows.append(for: related.condition, to: &sql)
        if related.quantifier == .every {
            sql.append(" AND (")
            try inner.write(related.condition, to: &sql)
            sql.append(") IS NOT TRUE")
        } else if related.condition != .always {
            sql.append(" AND ")
            try inner.write(related.condition, to: &sql)
        }
        sql.append(")")
    }

    /// The numbers about the rows that meet a condition are one row, which is asked about: NULL is true of no number (D4).
    private func write(
        _ numbers: RelatedNumbers, of rows: RelatedRows, _ condition: Condition, to sql: inout SQLText
    ) throws(PlannerError) {
        guard let target = rows.relation.target.map({ schema[$0] }) else { return sql.append("FALSE") }
        let row = numbers.row(of: target, called: "\(model.name).\(rows.relation.name)")
        // What is selected stands before the FROM that names its alias.
        var from = sql.piece()
        let properties = numbers.terms.filter { $0.function != .count }.map { Condition.Operand($0.property) }
        let inner = try rows.append(for: condition, shown: properties, to: &from)
        try rows.append(condition, inner, to: &from)
        sql.adopt(from)
        sql.append("EXISTS (SELECT 1 FROM (SELECT ")
        var isFirst = true
        for (term, number) in zip(numbers.terms, row.properties) {
            sql.append(separator: ", ", isFirst: &isFirst)
            if term.function == .count {
                sql.append("count(*)")
            } else {
                let type = target.properties[term.property].columnType
                sql.append("\(type.written(term.function))(")
                inner.writeColumn(Condition.Operand(term.property), to: &sql)
                sql.append(")")
                // The function may be that of a type it can be taken for.
                if term.function.isExtreme, type.category == .other { sql.append("::\(type.castName)") }
            }
            sql.append(" AS \(quoted(number.column))")
        }
        sql.append(from.text)
        let alias = sql.newAlias()
        sql.append(") AS \(alias) WHERE ")
        try ConditionWriter(schema: schema, model: row, alias: alias).write(numbers.test, to: &sql)
        sql.append(")")
    }

    /// The first record of each row is looked up by the index that its key has.
    private func writeFirst(
        of rows: RelatedRows, _ related: Condition.RelatedCondition, to sql: inout SQLText
    ) throws(PlannerError) {
        // What is selected stands before the FROM that names its alias.
        var from = sql.piece()
        let inner = try rows.append(for: related.condition, to: &from)
        try rows.appendChoice(of: inner, to: &from)
        sql.adopt(from)
        sql.append("(SELECT ")
        try inner.write(related.condition, to: &sql)
        sql.append(from.text)
        sql.append(related.quantifier == .some ? ") IS TRUE" : ") IS NOT TRUE")
    }

    /// Without an index the first records of all keys are found at once: looking each up would read the table each time.
    private func writeAmongFirsts(
        of rows: RelatedRows, _ related: Condition.RelatedCondition, to sql: inout SQLText
    ) throws(PlannerError) {
        sql.append(related.quantifier == .some ? "EXISTS (SELECT 1 FROM (" : "NOT EXISTS (SELECT 1 FROM (")
        let keys = try rows.appendFirsts(meeting: related.condition, to: &sql)
        let firsts = sql.newAlias()
        sql.append(") AS \(firsts) WHERE \(firsts).\"holds\"")
        for (position, key) in keys.enumerated() {
            sql.append(" AND \(firsts).\"key\(position + 1)\" \(key.equals) \(key.value)")
        }
        sql.append(")")
    }
}

extension RelatedRows {
    /// Whether an index finds the candidates of one row, as far as is known.
    var isIndexed: Bool {
        guard let catalog = schema.catalog, let target = relation.target.map({ schema[$0] }) else { return true }
        let pairs = zip(relation.targetKey, relation.sourceKey).map { (target.properties[$0], source.properties[$1]) }
        return catalog.hasIndex(
            schema: target.tableSchema, table: target.table, leading: pairs.map(\.0.column))
            && pairs.allSatisfy { $0.0.columnType.isComparable(to: $0.1.columnType) }
    }

    /// Appends a statement that gives, for each key there is, the key as `key1` and so on, and as `holds` whether the first row
    /// that has it meets a condition.
    ///
    /// - Returns: what the keys equal of a row of the source, and the operator.
    func appendFirsts(
        meeting condition: Condition, to sql: inout SQLText
    ) throws(PlannerError) -> [(equals: String, value: String)] {
        guard let target = relation.target.map({ schema[$0] }) else { return [] }
        let alias = sql.newAlias()
        let writer = ConditionWriter(schema: schema, model: target, alias: alias)
        let pairs = zip(relation.targetKey, relation.sourceKey).map { own, other in
            let (own, other) = (target.properties[own], source.properties[other])
            let (key, value) = (alias + "." + quoted(own.column), sourceAlias + "." + quoted(other.column))
            return own.columnType.isComparable(to: other.columnType)
                ? (
                    key: own.columnType.operand(key), equals: own.columnType.written("="),
                    value: other.columnType.operand(value)
                )
                : (key: own.columnType.text(key), equals: "=", value: other.columnType.text(value))
        }
        let keys = pairs.map(\.key)
        sql.append("SELECT DISTINCT ON (\(keys.joined(separator: ", "))) ")
        for (position, key) in keys.enumerated() { sql.append("\(key) AS \"key\(position + 1)\", ") }
        try writer.write(condition, to: &sql)
        sql.append(" AS \"holds\" FROM ")
        sql.append(table: target, alias: alias)
        sql.append(" WHERE \(keys.map { "\($0) IS NOT NULL" }.joined(separator: " AND "))")
        try appendType(of: target, alias: alias, to: &sql)
        try append(scope, writer, to: &sql)
        sql.append(" ORDER BY \(keys.joined(separator: ", "))")
        let terms = OrderTerm.deciding(order, for: target, in: schema)
        if !terms.isEmpty {
            sql.append(", ")
            try OrderWriter(schema: schema, model: target, alias: alias).write(terms, to: &sql)
        }
        return pairs.map { (equals: $0.equals, value: $0.value) }
    }
}
