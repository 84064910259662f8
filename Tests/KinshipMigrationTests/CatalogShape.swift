// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

@testable import KinshipMigration

/// A catalog without what doesn't count: order, names that no model gives, spelling of expressions.
struct CatalogShape: Equatable, CustomStringConvertible {
    var lines: Set<String> = []

    /// - Parameter byUse: whether it is the same how values are kept from being there twice: an index that does what a constraint is
    ///   wanted for stays, and the other way round.
    init(_ catalog: TableCatalog, byUse: Bool = false) {
        for table in catalog.tables.values {
            let name = table.name.shown
            lines.insert("\(name) key \(table.primaryKey)")
            for column in table.columns {
                let plain = column.type.hasPrefix("public.") ? String(column.type.dropFirst(7)) : column.type
                lines.insert(
                    "\(name).\(column.name) \(plain) \(column.isNullable ? "null" : "not null") \(Self.text(column.filling))"
                )
            }
            for unique in table.uniques { lines.insert("\(name) unique \(unique.columns.sorted())") }
            for index in table.indexes {
                if byUse, index.isUnique, index.isPlain, index.method == "btree" {
                    lines.insert("\(name) unique \(index.columns.map(\.name).sorted())")
                    continue
                }
                let columns = index.columns.map { $0.name + ($0.isDescending ? " DESC" : "") }
                lines.insert(
                    "\(name) index \(columns) \(index.isUnique) \(index.method) \(index.condition ?? "") \(index.isValid)"
                )
            }
            for key in table.foreignKeys {
                let pairs = zip(key.columns, key.targetColumns).map { "\($0)=\($1)" }.sorted()
                lines.insert(
                    "\(name) to \(key.target.shown) \(pairs) \(key.onDelete) \(key.onUpdate) \(key.isValid)")
            }
            for check in table.checks { lines.insert("\(name) check \(Self.text(check.rule)) \(check.isValid)") }
        }
    }

    var description: String { lines.sorted().joined(separator: "\n") }

    /// A walked catalog, and what models ask for: equal but for what a table that is there may keep.
    ///
    /// - Parameter wanted: an empty database after a migration, or the desired one.
    static func pair(_ walked: TableCatalog, _ wanted: TableCatalog, _ desired: DesiredTables) -> (
        CatalogShape, CatalogShape
    ) {
        var wanted = wanted
        for (name, table) in wanted.tables {
            for (index, column) in table.columns.enumerated() {
                guard let kept = walked.tables[name]?.column(column.name)?.type,
                    let demand = desired.demands[.init(table: name, column: column.name)],
                    // A type that the definition doesn't give is whichever keeps such values.
                    let kind = demand.kind, kind.isKept(in: kept)
                else { continue }
                let type = ColumnType(named: kept)
                if demand.isSized, type.length != nil || type.precision != nil { continue }
                wanted.tables[name]?.columns[index].type = kept
            }
        }
        return (CatalogShape(walked, byUse: true), CatalogShape(wanted, byUse: true))
    }

    /// What is in one only.
    func difference(from other: CatalogShape) -> String {
        let own = lines.subtracting(other.lines).sorted().map { "+ \($0)" }
        return (own + other.lines.subtracting(lines).sorted().map { "- \($0)" }).joined(separator: "\n")
    }

    private static func text(_ filling: TableCatalog.Filling) -> String {
        switch filling {
        case .expression(let text): Spelling.plain(text)
        default: "\(filling)"
        }
    }

    private static func text(_ rule: TableCatalog.Check.Rule) -> String {
        switch rule {
        case .oneOf(let column, let values, let areNumbers): "\(column) in \(values.sorted()) \(areNumbers)"
        case .expression(let text): text
        }
    }
}
