// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes the statements that many new records are stored with: a COPY into their table, or one into a temporary table and what
/// brings them from there to theirs.
///
/// Nothing in a text depends on the records but which of the columns they have.
package struct ImportWriter: Sendable {
    /// A statement and what is bound to it.
    package typealias Query = (text: String, values: [BoundValue])

    /// What becomes of a record whose key is there already.
    package enum Conflict: Sendable, Hashable {
        /// An error.
        case fail
        /// It isn't made.
        case skip
        /// The one that is there is changed.
        case update
    }

    /// Which of the columns some records have, by their places.
    package struct Columns: Sendable, Hashable {
        /// Those that are written.
        package var written: [Int]
        /// Those that a record that is there is changed in.
        package var given: [Int]

        package init(written: [Int], given: [Int]) {
            (self.written, self.given) = (written, given)
        }
    }

    let schema: Schema
    let model: Model
    /// The properties that are written, all those that may be.
    let properties: [Property]
    /// The properties whose values tell which record is meant.
    let key: [Property.ID]
    let conflict: Conflict
    /// What a record has to meet to be changed.
    let scope: Condition

    /// The temporary table, and its columns beside those of the records.
    static let stage = "kinship_import"
    static let (line, set, source) = ("kinship_line", "kinship_set", "kinship_source")

    package init(
        _ schema: Schema, _ model: Model, _ properties: [Property], key: [Property.ID], _ conflict: Conflict,
        _ scope: Condition
    ) {
        self.schema = schema
        self.model = model
        self.properties = properties
        self.key = key
        self.conflict = conflict
        self.scope = scope
    }

    /// The names of the properties that tell which record is meant, but hidden ones.
    package var keyNames: [String] { key.map { model.properties[$0] }.filter { !$0.isHidden }.map(\.name) }

    var table: String { quoted(model.tableSchema) + "." + quoted(model.table) }
    var stage: String { "pg_temp." + quoted(Self.stage) }

    func column(_ position: Int) -> String { quoted(properties[position].column) }
    static func staged(_ position: Int) -> String { quoted("c\(position)") }

    /// Where a property's values are staged.
    func place(of property: Property.ID) -> Int? { properties.firstIndex { $0.id == property } }

    // MARK: COPY

    /// Whether columns can be copied straight into the table: the server takes the binary form of each.
    package func canCopy(_ position: Int) -> Bool {
        let type = properties[position].columnType
        // An array of domains says in its binary form what it is made of.
        return type.wireType == type && !(type.element != nil && type.isBehindDomain)
    }

    /// Stores rows of the columns.
    package func copy(_ columns: Columns) -> String {
        "COPY \(table) (\(columns.written.map(column).joined(separator: ", "))) FROM STDIN (FORMAT binary)"
    }

    /// Stages rows of all columns, behind their line, which columns they have, and what they were read from.
    package var copyToStage: String {
        let columns = [Self.line, Self.set, Self.source].map(quoted) + properties.indices.map(Self.staged)
        return "COPY \(stage) (\(columns.joined(separator: ", "))) FROM STDIN (FORMAT binary)"
    }

    /// Makes the temporary table, which is gone with the transaction.
    package var createStage: String {
        let columns = properties.indices.map {
            "\(Self.staged($0)) \(properties[$0].columnType.wireType.castName)"
        }
        let own = ["\(quoted(Self.line)) bigint", "\(quoted(Self.set)) integer", "\(quoted(Self.source)) bytea"]
        return
            "CREATE TEMPORARY TABLE \(quoted(Self.stage)) (\((own + columns).joined(separator: ", "))) ON COMMIT DROP"
    }

    /// Takes the temporary table away, where the transaction goes on.
    package var dropStage: String { "DROP TABLE \(stage)" }

    /// Lets the server find rows by their columns and lines: of many sets of columns each would look through all rows.
    package var indexStage: String {
        "CREATE INDEX ON \(stage) (\(quoted(Self.set)), \(quoted(Self.line)))"
    }

    /// Lets the server know how many rows there are, and of which kind.
    package var analyzeStage: String { "ANALYZE \(stage)" }

    // MARK: From the temporary table

    /// Stores the staged rows of some columns whose lines are in a range, and tells how many were made and how many changed.
    package func store(
        _ columns: Columns, set number: Int, lines: ClosedRange<Int>
    ) throws(PlannerError) -> Query {
        var sql = SQLText()
        sql.keepsValuesApart = true
        let isUpdate = conflict == .update && hasKey(columns)
        sql.append("WITH stored AS (INSERT INTO ")
        sql.append(table: model, alias: RowSource.alias)
        // Rows without any value of their own: the first column's default, said for each.
        let names = columns.written.isEmpty ? [0] : columns.written
        sql.append(" (\(names.map(column).joined(separator: ", ")))")
        let values = ChangeValueWriter(schema: schema, model: model)
        if names.contains(where: { values.isIdentity(properties[$0].id) }) { sql.append(" OVERRIDING SYSTEM VALUE") }
        sql.append(" SELECT ")
        sql.append(
            columns.written.isEmpty
                ? DefaultExpression(properties[0], of: model, in: schema).text
                : columns.written.map(value).joined(separator: ", "))
        sql.append(" FROM \(stage) AS s WHERE ")
        write(number, lines, to: &sql)
        sql.append(" ORDER BY s.\(quoted(Self.line))")
        if conflict != .fail, hasKey(columns) { try writeConflict(columns, to: &sql) }
        // A row that was there has been locked by who changed it.
        sql.append(
            isUpdate && isPlainTable ? " RETURNING (t.xmax = 0) AS made" : " RETURNING TRUE AS made")
        guard hasReach(columns) else {
            sql.append(") SELECT count(*), count(*) FILTER (WHERE made) FROM stored")
            return query(sql)
        }
        for (number, property) in key.enumerated() {
            sql.append(", t.\(quoted(model.properties[property].column)) AS k\(number)")
        }
        sql.append(
            ") SELECT count(*), count(*) FILTER (WHERE made), ARRAY(SELECT s.\(quoted(Self.line)) FROM \(stage) AS s WHERE "
        )
        write(number, lines, to: &sql)
        let same = key.enumerated().compactMap { number, property in
            place(of: property).map { "k.k\(number) = \(value($0))" }
        }
        sql.append(
            " AND NOT EXISTS (SELECT FROM stored AS k WHERE \(same.joined(separator: " AND ")))) FROM stored"
        )
        return query(sql)
    }

    /// A staged value as the column takes it.
    func value(_ position: Int) -> String {
        let type = properties[position].columnType
        let name = "s." + Self.staged(position)
        return type.wireType == type ? name : "\(name)::\(type.castName)"
    }

    /// How many of the staged rows of some columns have a record with their key; nil where ``store(_:set:lines:)`` tells it.
    package func known(_ columns: Columns, set number: Int, lines: ClosedRange<Int>) -> Query? {
        guard conflict == .update, hasKey(columns), !isPlainTable else { return nil }
        var sql = SQLText()
        sql.keepsValuesApart = true
        sql.append("SELECT count(*) FROM \(stage) AS s WHERE ")
        write(number, lines, to: &sql)
        sql.append(" AND EXISTS (SELECT FROM ")
        sql.append(table: model, alias: RowSource.alias)
        sql.append(" WHERE \(matches))")
        return query(sql)
    }

    /// What a staged row was read from.
    package func source(ofLine line: Int, set number: Int) -> Query {
        var sql = SQLText()
        sql.append("SELECT s.\(quoted(Self.source)) FROM \(stage) AS s WHERE ")
        write(number, line...line, to: &sql)
        return query(sql)
    }

    /// Takes staged rows away.
    ///
    /// - Parameter number: the set of columns that all of them have; nil where they have several.
    package func discard(lines: [Int], set number: Int?) -> Query {
        var sql = SQLText()
        sql.append("DELETE FROM \(stage) WHERE ")
        if let number {
            sql.append("\(quoted(Self.set)) = ")
            sql.append(value: BoundValue(.int4, .integer(Int64(number))))
            sql.append(" AND ")
        }
        sql.append("\(quoted(Self.line)) = ANY(")
        sql.append(value: BoundValue(ColumnType.int8.array, .array(lines.map { .integer(Int64($0)) })))
        sql.append(")")
        return query(sql)
    }

    // MARK: Parts

    private func write(_ number: Int, _ lines: ClosedRange<Int>, to sql: inout SQLText) {
        sql.append("s.\(quoted(Self.set)) = ")
        sql.append(value: BoundValue(.int4, .integer(Int64(number))))
        sql.append(" AND s.\(quoted(Self.line)) BETWEEN ")
        sql.append(value: BoundValue(.int8, .integer(Int64(lines.lowerBound))))
        sql.append(" AND ")
        sql.append(value: BoundValue(.int8, .integer(Int64(lines.upperBound))))
    }

    var matches: String {
        key.compactMap { property -> String? in
            guard let position = place(of: property) else { return nil }
            return "t.\(column(position)) = \(value(position))"
        }.joined(separator: " AND ")
    }

    func hasKey(_ columns: Columns) -> Bool {
        !key.isEmpty
            && key.allSatisfy { property in columns.written.contains { properties[$0].id == property } }
    }

    func countsVersion(_ columns: Columns) -> Bool {
        guard let version = model.version else { return false }
        return columns.given.contains { properties[$0].id == version.id }
    }

    /// Whether rows have the hidden columns of tables.
    private var isPlainTable: Bool {
        schema.catalog?.table(model.tableSchema, model.table)?.kind == .table
    }

    func query(_ sql: SQLText) -> Query {
        let values = sql.slots.compactMap { slot -> BoundValue? in
            if case .constant(let value) = slot { value } else { nil }
        }
        return (sql.text, values)
    }
}
