// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension TableCatalog {
    /// The same less what another program asks for in the same database.
    ///
    /// - Parameter own: what this program asks for: its tables stay, without the columns and constraints that are the other's as well.
    package func without(_ other: TableCatalog, wantedBy own: TableCatalog) -> TableCatalog {
        var result = self
        for (name, shared) in other.tables {
            guard var table = tables[name] else { continue }
            guard own.tables[name] != nil else {
                result.tables[name] = nil
                continue
            }
            table.columns.removeAll { shared.column($0.name) != nil }
            table.indexes.removeAll { index in shared.indexes.contains { $0.isSame(as: index) } }
            table.uniques.removeAll { unique in shared.uniques.contains { $0.isSame(as: unique) } }
            table.checks.removeAll { check in shared.checks.contains { $0.rule.isSame(as: check.rule) } }
            table.foreignKeys.removeAll { key in shared.foreignKeys.contains { $0.ties(like: key) } }
            result.tables[name] = table
        }
        return result
    }
}
