// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes the tables a statement reads.
struct SourceWriter {
    let schema: Schema
    let source: RowSource

    /// Appends the table, or the two joined, without what is joined in.
    func writeRows(to sql: inout SQLText) {
        let model = schema[source.model]
        guard let link = source.link else { return sql.append(table: model, alias: RowSource.alias) }
        let linkModel = schema[link.model]
        sql.append(table: linkModel, alias: RowSource.linkAlias)
        sql.append(" JOIN ")
        sql.append(table: model, alias: RowSource.alias)
        sql.append(" ON ")
        let pairs = link.pairs.map { (own: model.properties[$0.other], other: linkModel.properties[$0.own]) }
        sql.append(equal: pairs, of: model, RowSource.alias, with: linkModel, RowSource.linkAlias, in: schema)
    }

    /// Appends the rows with what is joined in.
    func write(to sql: inout SQLText) throws(PlannerError) {
        writeRows(to: &sql)
        for joined in source.joins {
            let (model, other) = (schema[joined.model], schema[joined.other])
            sql.append(" LEFT JOIN ")
            sql.append(table: model, alias: joined.alias)
            sql.append(" ON ")
            var isFirst = true
            for pair in joined.on {
                sql.append(separator: " AND ", isFirst: &isFirst)
                let (own, others) = (model.properties[pair.own], other.properties[pair.other])
                sql.append(
                    equal: (own.columnType, joined.alias + "." + quoted(own.column)),
                    to: (others.columnType, joined.otherAlias + "." + quoted(others.column)))
            }
            guard joined.condition != .always else { continue }
            sql.append(" AND ")
            try ConditionWriter(schema: schema, model: model, alias: joined.alias).write(joined.condition, to: &sql)
        }
    }

    /// Appends the rows so that others can be joined with them.
    func writeJoinable(to sql: inout SQLText) throws(PlannerError) {
        let isSeveral = source.link != nil || !source.joins.isEmpty
        if isSeveral { sql.append("(") }
        try write(to: &sql)
        if isSeveral { sql.append(")") }
    }
}
