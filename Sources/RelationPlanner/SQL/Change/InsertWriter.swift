// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes the making of rows.
struct InsertWriter {
    let insert: Insert
    let model: Model
    let values: ChangeValueWriter

    /// Whether there is one row, which nothing is looked at for.
    private var isSingle: Bool {
        insert.lists.isEmpty && insert.from.isEmpty && insert.unless.isEmpty && insert.missing == nil
    }

    /// Appends `INSERT INTO … VALUES …` or `INSERT INTO … SELECT …`, without what comes back.
    func write(to sql: inout SQLText) throws(PlannerError) {
        sql.append("INSERT INTO ")
        sql.append(table: model, alias: RowSource.alias)
        if insert.cells.isEmpty, isSingle {
            sql.append(" DEFAULT VALUES")
        } else {
            writeNames(to: &sql)
            try isSingle ? writeRow(to: &sql) : writeRows(to: &sql)
        }
        try writeConflict(to: &sql)
    }

    /// The columns that get values; where none does the key is said to be made by the database.
    private func writeNames(to sql: inout SQLText) {
        guard !insert.cells.isEmpty else { return }
        sql.append(" (")
        var isFirst = true
        for cell in insert.cells {
            sql.append(separator: ", ", isFirst: &isFirst)
            sql.append(identifier: model.properties[cell.property].column)
        }
        sql.append(")")
        // A key that is always the database's own is given here on purpose, where the model lets it be given.
        if insert.cells.contains(where: { values.isIdentity($0.property) }) { sql.append(" OVERRIDING SYSTEM VALUE") }
    }

    private func writeRow(to sql: inout SQLText) throws(PlannerError) {
        sql.append(" VALUES (")
        try writeCells(to: &sql)
        sql.append(")")
    }

    private func writeRows(to sql: inout SQLText) throws(PlannerError) {
        sql.append(" SELECT ")
        try writeCells(to: &sql)
        var isFirst = true
        for part in insert.from {
            sql.append(isFirst ? " FROM " : ", ")
            isFirst = false
            sql.append(identifier: part)
        }
        if !insert.lists.isEmpty {
            sql.append(isFirst ? " FROM " : ", ")
            values.write(insert.lists, to: &sql)
        }
        var isFirstCondition = true
        for part in insert.unless {
            sql.append(isFirstCondition ? " WHERE " : " AND ")
            isFirstCondition = false
            sql.append("NOT EXISTS (SELECT FROM ")
            sql.append(identifier: part)
            sql.append(")")
        }
        for joined in insert.joined {
            sql.append(isFirstCondition ? " WHERE " : " AND ")
            isFirstCondition = false
            values.write(joined, lists: insert.lists, to: &sql)
        }
        if let counted = insert.counted {
            sql.append(isFirstCondition ? " WHERE " : " AND ")
            isFirstCondition = false
            values.write(counted, to: &sql)
        }
        if let after = insert.after {
            sql.append(isFirstCondition ? " WHERE " : " AND ")
            isFirstCondition = false
            values.write(after: after, to: &sql)
        }
        if let missing = insert.missing {
            sql.append(isFirstCondition ? " WHERE " : " AND ")
            sql.append("NOT EXISTS (SELECT FROM ")
            sql.append(table: model, alias: RowSource.alias)
            try values.write(missing, to: &sql)
            sql.append(")")
        }
        // Keys are made, and rows come back, in the order of the list.
        if let order = insert.order, insert.lists.isEmpty || order.list != nil {
            let columns =
                (order.list.map { [ChangeValueWriter.column(of: $0)] } ?? [])
                + order.properties.map { quoted(order.part) + "." + quoted(ChangePart.column(of: $0)) }
            sql.append(" ORDER BY \(columns.joined(separator: ", "))")
        } else if !insert.lists.isEmpty {
            sql.append(" ORDER BY \(ChangeValueWriter.place)")
        }
    }

    private func writeCells(to sql: inout SQLText) throws(PlannerError) {
        var isFirst = true
        for cell in insert.cells {
            sql.append(separator: ", ", isFirst: &isFirst)
            try values.write(cell.value, of: cell.property, lists: insert.lists, to: &sql)
        }
    }

    private func writeConflict(to sql: inout SQLText) throws(PlannerError) {
        switch insert.conflict {
        case .refuse: break
        case .skip(let key):
            sql.append(" ON CONFLICT")
            writeTarget(key, to: &sql)
            sql.append(" DO NOTHING")
        case .update(let key, let set, let counting, let condition):
            sql.append(" ON CONFLICT")
            writeTarget(key, to: &sql)
            sql.append(" DO UPDATE SET ")
            var isFirst = true
            // Something has to be set for the row to come back.
            for property in set.isEmpty ? Array(key.prefix(1)) : set {
                sql.append(separator: ", ", isFirst: &isFirst)
                let column = quoted(model.properties[property].column)
                sql.append(
                    "\(column) = \(property == counting ? "coalesce(t.\(column), 0) + 1" : "excluded.\(column)")")
            }
            guard condition != .always else { return }
            sql.append(" WHERE ")
            try ConditionWriter(schema: values.schema, model: model, alias: RowSource.alias).write(condition, to: &sql)
        }
    }

    private func writeTarget(_ key: [Property.ID], to sql: inout SQLText) {
        guard !key.isEmpty else { return }
        sql.append(" (\(key.map { quoted(model.properties[$0].column) }.joined(separator: ", ")))")
    }
}
