// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Reads what a database really has for the tables of a schema: seven statements in one round trip. One more where a table is
/// missing.
struct CatalogReader {
    private var tables: [Catalog.TableName: Catalog.Table] = [:]

    /// The catalog of the tables that models are kept in. Tables that do not exist are missing in it.
    ///
    /// - Parameter connection: one outside a transaction, for the session's `search_path` is another one until its end.
    static func read(for schema: Schema, on connection: Connection) async throws -> Catalog {
        let names = schema.tableNames
        var parameters = Parameters()
        try parameters.append(names.map(\.schema))
        try parameters.append(names.map(\.name))
        let queries = [tablesQuery, columnsQuery, indexesQuery, foreignKeysQuery, checksQuery]
        let results = try await timed {
            try await connection.pipeline(
                [configurationsQuery, searchPath].map { Statement($0, preparation: .unnamed) }
                    + queries.map { Statement($0, parameters, preparation: .unnamed) })
        }
        var reader = CatalogReader()
        let columns = try columns(results[3])
        try reader.addTables(results[2], columns)
        try reader.addIndexes(results[4])
        try reader.addForeignKeys(results[5])
        try reader.addChecks(results[6])
        var catalog = Catalog(Array(reader.tables.values))
        catalog.ordersTextsByCodePoints = try results[1].decode(Bool.self, row: 0, column: 0)
        catalog.textSearchConfigurations = try results[0].decode(String?.self, String.self).flatMap { visible, full in
            [visible, full].compactMap(\.self)
        }
        try await addOtherTables(to: &catalog, for: schema, on: connection)
        return catalog
    }

    /// The first two columns.
    static func name(_ rows: RowSet, row: Int) throws -> Catalog.TableName {
        Catalog.TableName(
            try rows.decode(String.self, row: row, column: 0), try rows.decode(String.self, row: row, column: 1))
    }

    private mutating func addTables(_ rows: RowSet, _ columns: [Catalog.TableName: [Catalog.Column]]) throws {
        for row in 0..<rows.count {
            let name = try Self.name(rows, row: row)
            let kind: Catalog.Table.Kind
            switch try rows.decode(String.self, row: row, column: 2) {
            case "p": kind = .partitioned
            case "v": kind = .view
            case "m": kind = .materializedView
            case "f": kind = .foreign
            default: kind = .table
            }
            let distribution: Catalog.Distribution
            switch try rows.decode(String?.self, row: row, column: 4) {
            case "d": distribution = .distributed(column: try rows.decode(String?.self, row: row, column: 5))
            case "s": distribution = .distributed(column: nil)
            case "r": distribution = .reference
            default: distribution = .none
            }
            tables[name] = Catalog.Table(
                schema: name.schema, name: name.name, kind: kind, columns: columns[name] ?? [],
                estimatedRows: try rows.decode(Double?.self, row: row, column: 6),
                hasRowSecurity: try rows.decode(Bool.self, row: row, column: 3), distribution: distribution,
                hasInheritors: try rows.decode(Bool.self, row: row, column: 7))
        }
    }

    private static func columns(_ rows: RowSet) throws -> [Catalog.TableName: [Catalog.Column]] {
        var columns: [Catalog.TableName: [Catalog.Column]] = [:]
        for row in 0..<rows.count {
            columns[try name(rows, row: row), default: []].append(
                Catalog.Column(
                    try rows.decode(String.self, row: row, column: 3), try type(rows, row: row),
                    isNullable: !(try rows.decode(Bool.self, row: row, column: 4)),
                    filling: try filling(rows, row: row),
                    estimatedDistinct: try rows.decode(Double?.self, row: row, column: 2),
                    correlation: try rows.decode(Double?.self, row: row, column: 19)))
        }
        return columns
    }

    /// `pg_attribute.attidentity` and `attgenerated`, and the expression that stands for the column.
    private static func filling(_ rows: RowSet, row: Int) throws -> Catalog.Column.Filling {
        switch try rows.decode(String.self, row: row, column: 5) {
        case "a": return .identityAlways
        case "d": return .identity
        case "": return try rows.decode(String?.self, row: row, column: 24).map { .expression($0) } ?? .none
        default: return .generated
        }
    }

    private mutating func addIndexes(_ rows: RowSet) throws {
        for row in 0..<rows.count {
            let table = try Self.name(rows, row: row)
            let names = try rows.decode([String].self, row: row, column: 6)
            let areExpressions = try rows.decode([Bool].self, row: row, column: 7)
            let options = try rows.decode([Int32].self, row: row, column: 8)
            let collations = try rows.decode([Bool].self, row: row, column: 10)
            let orders = try rows.decode([Bool].self, row: row, column: 11)
            let counts = [areExpressions.count, options.count, collations.count, orders.count]
            guard counts.allSatisfy({ $0 == names.count }) else {
                throw PostgresError(
                    .decodingFailed,
                    "What the catalog says of the columns of index \"\(try rows.decode(String.self, row: row, column: 2))\" "
                        + "is of different lengths. Look at what lies between here and the server.")
            }
            let columns = names.indices.map { position in
                // pg_index.indoption: bit 0 descending, bit 1 nulls first.
                Catalog.Index.Column(
                    names[position], isExpression: areExpressions[position], isDescending: options[position] & 1 != 0,
                    nullsFirst: options[position] & 2 != 0, hasColumnCollation: collations[position],
                    hasTypeOrder: orders[position])
            }
            if try rows.decode(Bool.self, row: row, column: 4) { tables[table]?.primaryKey = columns.map(\.name) }
            tables[table]?.indexes.append(
                Catalog.Index(
                    name: try rows.decode(String.self, row: row, column: 2), columns: columns,
                    isUnique: try rows.decode(Bool.self, row: row, column: 3),
                    isPartial: try rows.decode(Bool.self, row: row, column: 5),
                    method: try rows.decode(String.self, row: row, column: 9)))
        }
    }

    private mutating func addForeignKeys(_ rows: RowSet) throws {
        for row in 0..<rows.count {
            tables[try Self.name(rows, row: row)]?.foreignKeys.append(
                Catalog.ForeignKey(
                    name: try rows.decode(String.self, row: row, column: 2),
                    columns: try rows.decode([String].self, row: row, column: 7),
                    target: Catalog.TableName(
                        try rows.decode(String.self, row: row, column: 3),
                        try rows.decode(String.self, row: row, column: 4)),
                    targetColumns: try rows.decode([String].self, row: row, column: 8),
                    isValid: try rows.decode(Bool.self, row: row, column: 5),
                    isDeferrable: try rows.decode(Bool.self, row: row, column: 6),
                    isDeferred: try rows.decode(Bool.self, row: row, column: 9)))
        }
    }

    private mutating func addChecks(_ rows: RowSet) throws {
        for row in 0..<rows.count {
            tables[try Self.name(rows, row: row)]?.checks.append(
                Catalog.Check(
                    name: try rows.decode(String.self, row: row, column: 2),
                    columns: try rows.decode([String].self, row: row, column: 3)))
        }
    }

    // MARK: Types

    private static func type(_ rows: RowSet, row: Int) throws -> ColumnType {
        var base = try typeParts(rows, row: row, from: 6)
        let modifier = try rows.decode(Int32.self, row: row, column: 14)
        let isDeterministic = try rows.decode(Bool?.self, row: row, column: 15) ?? true
        var type: ColumnType
        if try rows.decode(Bool.self, row: row, column: 16) {
            var element = try typeParts(rows, row: row, from: 10)
            if element.category == .other { element.features = try features(rows, row: row) }
            type = element.array
            // Arrays of a domain are read as those of its base type.
            if element.arrayOID == 0 { type.oid = base.oid }
        } else {
            if base.category == .other { base.features = try features(rows, row: row) }
            type = base
        }
        type.isBehindDomain = try rows.decode(Bool.self, row: row, column: 23)
        if !isDeterministic { type.equalityIsBytewise = false }
        apply(modifier, to: &type)
        return type
    }

    private static func features(_ rows: RowSet, row: Int) throws -> TypeFeatures {
        var features = TypeFeatures()
        for text in try rows.decode([String].self, row: row, column: 17) {
            let words = text.split(separator: " ", maxSplits: 1)
            if words.count == 2 { features.operators[String(words[0])] = String(words[1]) }
        }
        let classes = try rows.decode([String].self, row: row, column: 18)
        (features.isOrdered, features.isHashed) = (classes.contains("btree"), classes.contains("hash"))
        features.extremes = try rows.decode(String?.self, row: row, column: 20)
        features.hasTextOfItsOwn = try rows.decode(Bool.self, row: row, column: 21)
        features.form =
            switch try rows.decode(String.self, row: row, column: 22) {
            case "r": .range
            case "m": .multirange
            default: .plain
            }
        return features
    }

    /// Four columns: OID, name, array OID, labels of an enumeration.
    private static func typeParts(_ rows: RowSet, row: Int, from column: Int) throws -> ColumnType {
        let oid = try rows.decode(Int64.self, row: row, column: column)
        let name = try rows.decode(String.self, row: row, column: column + 1)
        let array = try rows.decode(Int64.self, row: row, column: column + 2)
        let labels = try rows.decode([String]?.self, row: row, column: column + 3)
        var type =
            ColumnType.builtIn(oid: UInt32(truncatingIfNeeded: oid))
            ?? ColumnType(
                oid: UInt32(truncatingIfNeeded: oid), name: name, category: .other,
                arrayOID: UInt32(truncatingIfNeeded: array), precision: nil, scale: nil, length: nil,
                equalityIsBytewise: false)
        type.name = name
        if let labels {
            type.category = .enumeration(labels: labels)
            type.equalityIsBytewise = true
        }
        return type
    }

    /// The length or precision and scale that `atttypmod` packs.
    private static func apply(_ modifier: Int32, to type: inout ColumnType) {
        guard modifier >= 4 else { return }
        let value = Int(modifier) - 4
        switch TypeID(rawValue: type.oid) {
        case .numeric:
            type.precision = value >> 16
            // Eleven bits, signed: scales may be negative from PostgreSQL 15 on.
            type.scale = ((value & 0x7FF) ^ 1024) - 1024
        case .varchar, .bpchar: type.length = value
        default: break
        }
    }
}
