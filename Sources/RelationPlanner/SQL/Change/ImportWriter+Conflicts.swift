// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Records whose key is there already: in the table, or twice in the data.
extension ImportWriter {
    func writeConflict(_ columns: Columns, to sql: inout SQLText) throws(PlannerError) {
        sql.append(" ON CONFLICT (\(key.map { quoted(model.properties[$0].column) }.joined(separator: ", ")))")
        guard conflict == .update else { return sql.append(" DO NOTHING") }
        sql.append(" DO UPDATE SET ")
        var isFirst = true
        for position in columns.given {
            let property = properties[position]
            guard !key.contains(property.id), property.id != model.version?.id else { continue }
            sql.append(separator: ", ", isFirst: &isFirst)
            sql.append("\(column(position)) = excluded.\(column(position))")
        }
        if let version = model.version {
            sql.append(separator: ", ", isFirst: &isFirst)
            sql.append("\(quoted(version.column)) = coalesce(t.\(quoted(version.column)), 0) + 1")
        }
        // Something has to be set for the row to come back.
        if isFirst, let property = key.first {
            let column = quoted(model.properties[property].column)
            sql.append("\(column) = excluded.\(column)")
        }
        guard scope != .always || countsVersion(columns) else { return }
        sql.append(" WHERE ")
        try writeReach(columns, version: { "excluded.\($0)" }, to: &sql)
    }

    /// Appends that a row of the table may be changed by one of the columns.
    private func writeReach(
        _ columns: Columns, version staged: (String) -> String, to sql: inout SQLText
    ) throws(PlannerError) {
        var isFirst = true
        if scope != .always {
            sql.append("COALESCE(")
            try ConditionWriter(schema: schema, model: model, alias: RowSource.alias).write(scope, to: &sql)
            sql.append(", FALSE)")
            isFirst = false
        }
        if countsVersion(columns), let version = model.version {
            let column = quoted(version.column)
            sql.append(separator: " AND ", isFirst: &isFirst)
            sql.append("t.\(column) IS NOT DISTINCT FROM \(staged(column))")
        }
    }

    /// Whether records of some columns can be out of reach.
    func hasReach(_ columns: Columns) -> Bool {
        conflict == .update && hasKey(columns) && (scope != .always || countsVersion(columns))
    }

    /// The lines of staged rows that would change a record which is out of reach: its default scope hides it, or it was changed
    /// meanwhile. They are held until the transaction's end. Nil where there can be none.
    ///
    /// - Parameter lines: the only lines that are looked at; nil for all.
    package func unreachable(
        _ columns: Columns, set number: Int, among lines: [Int]? = nil, limit: Int
    ) throws(PlannerError) -> Query? {
        guard hasReach(columns) else { return nil }
        var sql = SQLText()
        sql.keepsValuesApart = true
        sql.append("SELECT s.\(quoted(Self.line)), s.\(quoted(Self.source)) FROM \(stage) AS s JOIN ")
        sql.append(table: model, alias: RowSource.alias)
        sql.append(" ON \(matches) WHERE s.\(quoted(Self.set)) = ")
        sql.append(value: BoundValue(.int4, .integer(Int64(number))))
        if let lines {
            sql.append(" AND s.\(quoted(Self.line)) = ANY(")
            sql.append(
                value: BoundValue(ColumnType.int8.array, .array(lines.map { .integer(Int64($0)) })))
            sql.append(")")
        }
        sql.append(" AND NOT (")
        let position = model.version.flatMap { place(of: $0.id) }
        try writeReach(columns, version: { _ in "s." + Self.staged(position ?? 0) }, to: &sql)
        sql.append(") ORDER BY 1 LIMIT ")
        sql.append(value: BoundValue(.int8, .integer(Int64(limit))))
        sql.append(" FOR NO KEY UPDATE OF t")
        return query(sql)
    }

    /// The lines of staged rows whose key an earlier one has, with the line of that one.
    package func repeated(limit: Int) -> Query? {
        let places = key.compactMap(place)
        guard conflict == .update, !key.isEmpty, places.count == key.count else { return nil }
        let (line, source) = (quoted(Self.line), quoted(Self.source))
        let names = places.indices.map { "k\($0)" }.joined(separator: ", ")
        var sql = SQLText()
        // Keys are the same as the table's columns find them, by their types and collations, which no row of it lends them.
        sql.append(
            "SELECT line, source, earlier FROM (SELECT line, source, min(line) OVER (PARTITION BY \(names)) AS earlier FROM "
        )
        let lent = places.enumerated().map { "t.\(column($1)) AS k\($0)" }.joined(separator: ", ")
        sql.append(
            "(SELECT NULL::bigint AS line, NULL::bytea AS source, \(lent) FROM \(table) AS t WHERE FALSE UNION ALL "
        )
        sql.append(
            "SELECT s.\(line), s.\(source), \(places.map(value).joined(separator: ", ")) FROM \(stage) AS s WHERE "
        )
        sql.append(places.map { "s.\(Self.staged($0)) IS NOT NULL" }.joined(separator: " AND "))
        sql.append(") AS k) AS q WHERE line > earlier ORDER BY line LIMIT ")
        sql.append(value: BoundValue(.int8, .integer(Int64(limit))))
        return query(sql)
    }
}
