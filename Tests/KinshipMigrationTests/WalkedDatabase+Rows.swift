// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import KinshipMigrator
import TestSupport

extension WalkedDatabase {
    /// Puts a row into each table, each value another one, some of them null.
    mutating func insert() async throws {
        let catalog = try await world.migrator.catalog()
        for table in catalog.tables.values.sorted(by: { $0.name.shown < $1.name.shown }) {
            rows += 1
            var columns: [String] = []
            var values: [String] = []
            for column in table.columns where !table.primaryKey.contains(column.name) {
                if column.isNullable, walk.once(in: 5) { continue }
                columns.append(TableSnapshot.quoted(column.name))
                values.append(value(of: column, in: table))
            }
            // Of the few values that a check allows a unique column has each once.
            try await world.run(
                columns.isEmpty
                    ? "INSERT INTO \(table.name.sql) DEFAULT VALUES ON CONFLICT DO NOTHING"
                    : "INSERT INTO \(table.name.sql) (\(columns.joined(separator: ", "))) VALUES (\(values.joined(separator: ", "))) ON CONFLICT DO NOTHING"
            )
        }
    }

    private mutating func value(of column: TableCatalog.Column, in table: TableCatalog.Table) -> String {
        if let key = table.foreignKeys.first(where: { $0.columns == [column.name] }) {
            let isUnique = table.uniques.contains { $0.columns.contains(column.name) }
            // Several records of one parent, where they may be: no key of a hasOne then.
            if !isUnique, walk.once(in: 8) { return "(SELECT max(id) FROM \(key.target.sql))" }
            // A parent that no other row has.
            return """
                (SELECT min(id) FROM \(key.target.sql) p
                 WHERE NOT EXISTS (SELECT 1 FROM \(table.name.sql) c WHERE c.\(TableSnapshot.quoted(column.name)) = p.id))
                """
        }
        for check in table.checks {
            // The model that a key refers to.
            guard case .oneOf(column.name, let kinds, _) = check.rule, !kinds.isEmpty else { continue }
            return literal(kinds.sorted()[rows % kinds.count])
        }
        switch ColumnKind(column.type) {
        case .text: return "'v\(rows)'"
        case .number: return "\(rows)"
        case .date: return "timestamptz '2024-01-01 00:00:00+00' + interval '\(rows * 25) hours'"
        case .boolean: return rows % 2 == 0 ? "true" : "false"
        case .document: return rows % 3 == 0 ? "'[{\"n\": \(rows)}]'" : "'{\"n\": \(rows)}'"
        case .uuid: return "md5('\(rows)')::uuid"
        case .bytes: return "convert_to('v\(rows)', 'UTF8')"
        case .point: return "point(\(rows), 1)"
        case .list: return rows % 4 == 0 ? "'{}'" : "ARRAY['\(rows)', '7']::\(column.type)"
        }
    }
}
