// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes a change as one statement, and what goes out ahead of it.
///
/// One part alone is the statement; several are the queries of its WITH, and those that answer are read from there.
struct ChangeWriter {
    let schema: Schema
    let change: Change
    /// What the answer shows of a row.
    let columns: ColumnWriter
    /// Whether every column of the answer is found by its name.
    let isNamed: Bool

    init(_ change: Change, _ read: Read, in schema: Schema) {
        self.schema = schema
        self.change = change
        columns = ColumnWriter(selected: read.list.selected)
        isNamed = read.isNamed
    }

    /// Whether there is nothing but one part.
    var isPlain: Bool { change.parts.count == 1 && change.behind.isEmpty }

    /// What the answer waits for: that keys are left to what goes out behind the change.
    private static let handingOver = "kinship_handed_over"

    /// Appends the whole statement.
    func write(to sql: inout SQLText) throws(PlannerError) {
        if !isPlain {
            sql.append("WITH ")
            try writeParts(to: &sql)
            sql.append(" ")
        }
        try writeAnswer(to: &sql)
    }

    /// Appends the queries of the WITH, for statements that have some of their own.
    func writeParts(to sql: inout SQLText) throws(PlannerError) {
        let parts = change.result == .count && change.behind.isEmpty ? change.parts.dropLast() : change.parts[...]
        var isFirst = true
        for part in parts {
            sql.append(separator: ", ", isFirst: &isFirst)
            sql.append(identifier: part.name)
            // What is found with a lock is found once.
            if case .find = part.action { sql.append(" AS MATERIALIZED (") } else { sql.append(" AS (") }
            try write(part, isNamed: true, to: &sql)
            sql.append(")")
        }
        guard !change.behind.isEmpty else { return }
        sql.append(", \(Self.handingOver) AS MATERIALIZED (SELECT ")
        isFirst = true
        for refresh in change.behind {
            guard case .parts(let names) = refresh.giver else { continue }
            sql.append(separator: " || ", isFirst: &isFirst)
            CopyWriter.write(handingOver: refresh, from: names, to: &sql)
        }
        sql.append(" AS k)")
    }

    /// Appends the condition of an answer whose keys are handed over: it is judged once, also where there are no rows.
    private func writeHandingOver(to sql: inout SQLText) {
        guard !change.behind.isEmpty else { return }
        sql.append(" WHERE (SELECT k FROM \(Self.handingOver)) IS NOT NULL")
    }

    /// Appends what gives the answer.
    func writeAnswer(to sql: inout SQLText) throws(PlannerError) {
        if change.result == .count, !change.behind.isEmpty {
            guard let part = change.parts.last else { return }
            sql.append("SELECT count(*) FROM \(quoted(part.name))")
            return writeHandingOver(to: &sql)
        }
        if isPlain || change.result == .count {
            guard let part = change.parts.last else { return }
            return try write(part, isNamed: isNamed, to: &sql)
        }
        var isFirst = true
        for (position, answer) in change.answers.enumerated() {
            sql.append(separator: " UNION ALL ", isFirst: &isFirst)
            sql.append("SELECT ")
            columns.writeOuter(to: &sql)
            if let tally = change.tally {
                sql.append(", (SELECT \(quoted(tally)).\(quoted(ChangePart.tally)) FROM \(quoted(tally)))")
            }
            if change.tellsParts { sql.append(", \(position)") }
            sql.append(" FROM ")
            sql.append(identifier: answer)
            sql.append(" AS t")
            writeHandingOver(to: &sql)
        }
    }

    // MARK: Parts

    private func write(_ part: ChangePart, isNamed: Bool, to sql: inout SQLText) throws(PlannerError) {
        let model = schema[part.model]
        let values = ChangeValueWriter(schema: schema, model: model)
        switch part.action {
        case .find(let find):
            if let each = find.each { return try write(eachOf: find, each, model, values, to: &sql) }
            return try write(find, part, model, values, isNamed: isNamed, to: &sql)
        case .insert(let insert):
            try InsertWriter(insert: insert, model: model, values: values).write(to: &sql)
        case .update(let update):
            sql.append("UPDATE ")
            sql.append(table: model, alias: RowSource.alias)
            try values.writeAssignments(update.cells, lists: update.match.lists, to: &sql)
            try values.write(sources: update.match, parts: update.cells.parts, keyword: " FROM ", to: &sql)
            try values.write(update.match, to: &sql)
        case .delete(let match):
            sql.append("DELETE FROM ")
            sql.append(table: model, alias: RowSource.alias)
            try values.write(sources: match, parts: [], keyword: " USING ", to: &sql)
            try values.write(match, to: &sql)
        }
        guard part.output != .nothing else { return }
        sql.append(" RETURNING ")
        try writeColumns(of: part, model, isNamed: isNamed, to: &sql)
    }

    private func write(
        _ find: Find, _ part: ChangePart, _ model: Model, _ values: ChangeValueWriter, isNamed: Bool,
        to sql: inout SQLText
    ) throws(PlannerError) {
        sql.append("SELECT ")
        if part.output == .nothing { sql.append("1") }
        try writeColumns(of: part, model, isNamed: isNamed, to: &sql)
        sql.append(" FROM ")
        sql.append(table: model, alias: RowSource.alias)
        try values.write(sources: find.match, parts: [], keyword: ", ", to: &sql)
        try values.write(find.match, to: &sql)
        if !find.order.isEmpty {
            sql.append(" ORDER BY ")
            try OrderWriter(schema: schema, model: model, alias: RowSource.alias).write(find.order, to: &sql)
        }
        if let limit = find.limit {
            sql.append(" LIMIT ")
            sql.append(value: limit)
        }
        if let skip = find.skip {
            sql.append(" OFFSET ")
            sql.append(value: skip)
        }
        if let lock = find.lock { sql.append(" \(lock.rawValue) OF t") }
    }

    private func writeColumns(
        of part: ChangePart, _ model: Model, isNamed: Bool, to sql: inout SQLText
    ) throws(PlannerError) {
        let properties: [Property.ID]
        var isFirst = true
        switch part.output {
        case .nothing: return
        case .tally(let property, let match):
            try ItemList(model.properties[property], of: model, in: schema).write(countOf: match, to: &sql)
            return sql.append(" AS \(quoted(ChangePart.tally))")
        case .answer(let others):
            try columns.write(named: isNamed, to: &sql)
            (properties, isFirst) = (others, false)
        case .properties(let own): properties = own
        }
        for property in properties {
            sql.append(separator: ", ", isFirst: &isFirst)
            sql.append(column: model.properties[property].column, of: RowSource.alias)
            sql.append(" AS ")
            sql.append(identifier: ChangePart.column(of: property))
        }
    }

    // MARK: Locks

    /// Appends what goes out ahead.
    static func write(_ lock: Lock, in schema: Schema, to sql: inout SQLText) throws(PlannerError) {
        switch lock {
        case .row(let id, let match, let strength):
            let model = schema[id]
            sql.append("SELECT 1 FROM ")
            sql.append(table: model, alias: RowSource.alias)
            let values = ChangeValueWriter(schema: schema, model: model)
            try values.write(sources: match, parts: [], keyword: ", ", to: &sql)
            try values.write(match, to: &sql)
            if !match.lists.isEmpty { sql.append(" ORDER BY \(model.keyColumns)") }
            sql.append(" \(strength.rawValue) OF t")
        case .named(let names):
            // Several in one order, whoever asks for them.
            sql.append(
                "SELECT pg_advisory_xact_lock(s.k) FROM (SELECT DISTINCT hashtextextended(n, 0) AS k FROM unnest(")
            sql.append(value: names)
            sql.append(") AS n ORDER BY 1) AS s")
        }
    }
}

extension Model {
    /// The columns of the key of rows that go by `t`, as an order of them has them.
    fileprivate var keyColumns: String {
        primaryKey.map { "t." + quoted(properties[$0].column) }.joined(separator: ", ")
    }
}
