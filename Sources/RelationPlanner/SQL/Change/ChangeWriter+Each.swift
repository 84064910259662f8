// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Rows that are looked for at each place of lists by itself.
extension ChangeWriter {
    /// Appends the first row for each place of a find, with the place and the first place whose values are the same.
    ///
    /// Values are the same as the columns' types and collations have it, which they take from a row that isn't there.
    func write(
        eachOf find: Find, _ each: Int, _ model: Model, _ values: ChangeValueWriter, to sql: inout SQLText
    ) throws(PlannerError) {
        let place = ChangeValueWriter.place
        sql.append("SELECT ")
        columns.writeOuter(to: &sql)
        sql.append(", \(place), v.\"same\" FROM (SELECT v.*, min(\(place)) OVER (PARTITION BY ")
        var isFirst = true
        for key in find.match.keys {
            guard case .list(let position) = key.value else { continue }
            sql.append(separator: ", ", isFirst: &isFirst)
            sql.append("coalesce(k.\(quoted(model.properties[key.property].column)), ")
            values.writeElement(position, of: find.match.lists, to: &sql)
            sql.append(")")
        }
        sql.append(") AS \"same\" FROM ")
        values.write(find.match.lists, to: &sql)
        sql.append(" LEFT JOIN ")
        sql.append(table: model, alias: "k")
        sql.append(" ON false) AS v LEFT JOIN LATERAL (SELECT ")
        try columns.write(named: true, to: &sql)
        sql.append(" FROM ")
        sql.append(table: model, alias: RowSource.alias)
        try values.write(find.match, to: &sql)
        sql.append(" AND \(ChangeValueWriter.column(of: each))")
        if !find.order.isEmpty {
            sql.append(" ORDER BY ")
            try OrderWriter(schema: schema, model: model, alias: RowSource.alias).write(find.order, to: &sql)
        }
        if let limit = find.limit {
            sql.append(" LIMIT ")
            sql.append(value: limit)
        }
        sql.append(") AS \(RowSource.alias) ON true ORDER BY \(place)")
    }
}
