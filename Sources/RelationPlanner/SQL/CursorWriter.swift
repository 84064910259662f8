// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes the condition of keyset pagination: the rows behind a place in an order, or ahead of it (B6).
struct CursorWriter {
    let order: OrderWriter

    /// Appends the condition for a cursor whose keys stand in the order's order, completed by the primary key.
    ///
    /// `(a behind) OR (a equal AND b behind) OR …`: NULL is a value, placed where the order puts it.
    func write(_ cursor: Filter.Cursor, to sql: inout SQLText) throws(PlannerError) {
        var keys: [Key] = []
        for key in cursor.keys { keys.append(try self.key(key, of: cursor, &sql)) }
        sql.append("(")
        var isFirst = true
        for position in keys.indices {
            sql.append(separator: " OR ", isFirst: &isFirst)
            sql.append("(")
            for key in keys[..<position] {
                try writeEqual(key, to: &sql)
                sql.append(" AND ")
            }
            try writeBeyond(keys[position], to: &sql)
            sql.append(")")
        }
        sql.append(keys.isEmpty ? "TRUE)" : ")")
    }

    /// One term of the order as the walk goes.
    private struct Key {
        let term: OrderTerm
        let type: ColumnType
        /// The value at the place as SQL, nil for NULL.
        let value: String?
        /// Whether only the statement itself finds out whether that is NULL.
        var mayBeNull = false
        let isDescending: Bool
        let nullsFirst: Bool
    }

    private func key(
        _ key: Filter.Cursor.Key, of cursor: Filter.Cursor, _ sql: inout SQLText
    ) throws(PlannerError) -> Key {
        let isDescending = key.term.direction == .descending
        let nullsFirst = key.term.putsNullsFirst
        let isBackwards = cursor.side == .before
        let value = key.isNull && key.shown == nil ? nil : try place(key, of: cursor, isDescending != isBackwards, &sql)
        return Key(
            term: key.term, type: key.value.type, value: value, mayBeNull: key.shown == .anything && key.isNull,
            isDescending: isDescending != isBackwards,
            nullsFirst: nullsFirst != isBackwards)
    }

    // MARK: The place

    /// The value at the place: what the cursor says, or what the row that it names has where that is shown so.
    ///
    /// The row is looked up by its key, once in a statement, for nothing in it depends on the rows around. Where it is gone,
    /// may not be reached, or has another value now, the place is where the walk first meets what was shown.
    private func place(
        _ key: Filter.Cursor.Key, of cursor: Filter.Cursor, _ isDescending: Bool, _ sql: inout SQLText
    ) throws(PlannerError) -> String {
        guard let shown = key.shown else { return sql.reference(to: key.value) }
        var place = sql.piece()
        let model = order.model
        let alias = place.newAlias()
        var row = OrderWriter(schema: order.schema, model: model, alias: alias)
        let isGivenNull = key.isNull
        place.append(isGivenNull ? "(SELECT " : "coalesce((SELECT ")
        try row.writeKey(key.term, to: &place)
        place.append(" FROM ")
        place.append(table: model, alias: alias)
        place.append(" WHERE ")
        var isFirst = true
        for part in cursor.keys where model.isKey(part.term) {
            place.append(separator: " AND ", isFirst: &isFirst)
            try row.writeKey(part.term, to: &place)
            append(part, to: &place)
        }
        if cursor.reach != .always {
            place.append(" AND (")
            try ConditionWriter(schema: order.schema, model: model, alias: alias).write(cursor.reach, to: &place)
            place.append(")")
        }
        switch shown {
        case .upTo where !model.isKey(key.term):
            place.append(" AND ")
            try row.writeKey(key.term, to: &place)
            append(key, to: &place)
        case .json(let json):
            place.append(" AND ")
            row.writesJSON = true
            try row.writeKey(key.term, to: &place)
            place.append(" = ")
            place.append(value: json)
        case .upTo, .anything: break
        }
        place.append(isDescending ? " ORDER BY 1 DESC LIMIT 1)" : " ORDER BY 1 LIMIT 1)")
        if !isGivenNull {
            place.append(", ")
            if case .upTo(let last) = shown, isDescending {
                place.append(value: last)
            } else {
                place.append(value: key.value)
            }
            place.append(")")
        }
        sql.adopt(place)
        return place.text
    }

    /// What a row's own value is to be.
    private func append(_ key: Filter.Cursor.Key, to sql: inout SQLText) {
        guard case .upTo(let last) = key.shown else {
            sql.append(" \(key.value.type.written("=")) ")
            return sql.append(value: key.value)
        }
        sql.append(" BETWEEN ")
        sql.append(value: key.value)
        sql.append(" AND ")
        sql.append(value: last)
    }

    // MARK: The rows

    private func writeEqual(_ key: Key, to sql: inout SQLText) throws(PlannerError) {
        try order.writeKey(key.term, to: &sql)
        guard let value = key.value else { return sql.append(" IS NULL") }
        sql.append(key.mayBeNull ? " IS NOT DISTINCT FROM " : " \(key.type.written("=")) ")
        sql.append(value)
    }

    private func writeBeyond(_ key: Key, to sql: inout SQLText) throws(PlannerError) {
        guard let value = key.value else {
            guard key.nullsFirst else { return sql.append("FALSE") }
            try order.writeKey(key.term, to: &sql)
            return sql.append(" IS NOT NULL")
        }
        sql.append("(")
        try order.writeKey(key.term, to: &sql)
        sql.append(" \(key.type.written(key.isDescending ? "<" : ">")) ")
        sql.append(value)
        if key.mayBeNull {
            sql.append(" OR ")
            try order.writeKey(key.term, to: &sql)
            sql.append(key.nullsFirst ? " IS NOT NULL AND \(value) IS NULL" : " IS NULL AND \(value) IS NOT NULL")
        } else if !key.nullsFirst {
            sql.append(" OR ")
            try order.writeKey(key.term, to: &sql)
            sql.append(" IS NULL")
        }
        sql.append(")")
    }
}
