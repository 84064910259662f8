// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes the condition of keyset pagination: the rows behind a place in an order, or ahead of it (B6).
struct CursorWriter {
    let order: OrderWriter

    /// Appends the condition for a cursor whose keys stand in the order's order, completed by the primary key.
    ///
    /// `(a behind) OR (a equal AND b behind) OR …`: NULL is a value, placed where the order puts it.
    func write(_ cursor: Filter.Cursor, to sql: inout SQLText) throws(PlannerError) {
        sql.append("(")
        var isFirst = true
        for position in cursor.keys.indices {
            sql.append(separator: " OR ", isFirst: &isFirst)
            sql.append("(")
            for key in cursor.keys[..<position] {
                try writeEqual(key, to: &sql)
                sql.append(" AND ")
            }
            try writeBeyond(cursor.keys[position], cursor.side, to: &sql)
            sql.append(")")
        }
        sql.append(cursor.keys.isEmpty ? "TRUE)" : ")")
    }

    private func writeEqual(_ key: Filter.Cursor.Key, to sql: inout SQLText) throws(PlannerError) {
        try order.writeKey(key.term, to: &sql)
        guard key.value.contents != .null else { return sql.append(" IS NULL") }
        sql.append(" = ")
        sql.append(value: key.value)
    }

    private func writeBeyond(
        _ key: Filter.Cursor.Key, _ side: Filter.Cursor.Side, to sql: inout SQLText
    ) throws(PlannerError) {
        let isDescending = (key.term.direction == .descending) != (side == .before)
        // PostgreSQL's default puts NULLs behind everything in ascending order, ahead in descending order.
        let nullsFirst =
            (key.term.nulls.map { $0 == .first } ?? (key.term.direction == .descending)) != (side == .before)
        guard key.value.contents != .null else {
            guard nullsFirst else { return sql.append("FALSE") }
            try order.writeKey(key.term, to: &sql)
            return sql.append(" IS NOT NULL")
        }
        sql.append("(")
        try order.writeKey(key.term, to: &sql)
        sql.append(isDescending ? " < " : " > ")
        sql.append(value: key.value)
        if !nullsFirst {
            sql.append(" OR ")
            try order.writeKey(key.term, to: &sql)
            sql.append(" IS NULL")
        }
        sql.append(")")
    }
}

extension OrderTerm {
    /// The same term the other way round.
    var reversed: OrderTerm {
        var term = self
        let nullsFirst = nulls.map { $0 == .first } ?? (direction == .descending)
        term.direction = direction == .ascending ? .descending : .ascending
        term.nulls = nullsFirst ? .last : .first
        return term
    }
}
