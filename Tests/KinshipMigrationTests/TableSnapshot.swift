// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import KinshipMigrator
import TestSupport
import Testing

/// All values of all tables, by table and column, in the order of their keys.
struct TableSnapshot {
    private var tables: [Catalog.TableName: [String: [String?]]] = [:]
    private var types: [Catalog.TableName: [String: String]] = [:]

    init(_ world: MigrationWorld) async throws {
        for table in try await world.migrator.catalog().tables.values {
            let columns = table.columns.map(\.name)
            let list = columns.map { Self.quoted($0) + "::text" }.joined(separator: ", ")
            let rows = try await world.run("SELECT \(list) FROM \(table.name.sql) ORDER BY id")
            for (index, column) in columns.enumerated() {
                tables[table.name, default: [:]][column] = rows.map { $0[index] }
                types[table.name, default: [:]][column] = table.columns[index].type
            }
        }
    }

    static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

    /// Holds what is there after a migration against what was there before.
    ///
    /// - Parameter plan: what was done; nil when the tables are what they were.
    func isKept(_ plan: MigrationPlan?, _ losses: Set<String>, in world: MigrationWorld, _ place: Comment) async throws
    {
        let later = try await TableSnapshot(world)
        var (tableNames, columnNames): ([Catalog.TableName: Catalog.TableName], [String: String]) = ([:], [:])
        var converted: Set<String> = []
        for step in plan?.steps ?? [] {
            switch step.change {
            case .renameTable(let old): tableNames[old] = step.table
            case .renameColumn(let old, let new): columnNames["\(step.table.shown).\(old)"] = new
            case .changeTypes(let changes):
                for change in changes { converted.insert("\(step.table.shown).\(change.column.name)") }
            default: break
            }
        }
        for (old, columns) in tables {
            let name = tableNames[old] ?? old
            guard let found = later.tables[name] else {
                #expect(losses.contains(old.shown) || columns["id"]?.isEmpty == true, "\(place): \(old.shown) is gone")
                continue
            }
            for (column, values) in columns {
                let new = columnNames["\(name.shown).\(column)"] ?? column
                guard let kept = found[new] else {
                    #expect(
                        losses.contains("\(name.shown).\(new)") || values.isEmpty,
                        "\(place): \(name.shown).\(new) is gone")
                    continue
                }
                guard converted.contains("\(name.shown).\(new)") else {
                    #expect(kept == values, "\(place): \(name.shown).\(new)")
                    continue
                }
                #expect(kept.map { $0 == nil } == values.map { $0 == nil }, "\(place): \(name.shown).\(new)")
                guard let from = types[old]?[column], let to = later.types[name]?[new] else { continue }
                let wanted = try await ConvertedText.expected(values, from: from, to: to, in: world)
                if let wanted { #expect(kept == wanted, "\(place): \(name.shown).\(new) from \(from) to \(to)") }
            }
        }
    }
}
