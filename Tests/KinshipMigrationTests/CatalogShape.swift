// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

@testable import KinshipMigration

/// A catalog without what doesn't count: order, names that no model gives, spelling of expressions.
struct CatalogShape: Equatable, CustomStringConvertible {
    var lines: Set<String> = []

    /// - Parameter looselyTyped: whether types of one kind are the same: a table that is there may keep the one it has.
    init(_ catalog: TableCatalog, looselyTyped: Bool = false) {
        for table in catalog.tables.values {
            let name = table.name.shown
            lines.insert("\(name) key \(table.primaryKey)")
            for column in table.columns {
                let plain = column.type.hasPrefix("public.") ? String(column.type.dropFirst(7)) : column.type
                let type = looselyTyped ? ColumnKind(plain).rawValue : plain
                lines.insert(
                    "\(name).\(column.name) \(type) \(column.isNullable ? "null" : "not null") \(Self.text(column.filling))"
                )
            }
            for unique in table.uniques { lines.insert("\(name) unique \(unique.columns.sorted())") }
            for index in table.indexes {
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
