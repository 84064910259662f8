// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension TableCatalog {
    /// What two branches have made of one state, together.
    ///
    /// Each table, column, index and constraint is as the branch has it that changed it.
    ///
    /// - Returns: the tables, and what both have changed, each in another way: `person.age`.
    package func merging(_ one: TableCatalog, _ other: TableCatalog) -> (catalog: TableCatalog, conflicts: [String]) {
        var merging = Merging()
        var result = TableCatalog([], schemas: one.schemas.union(other.schemas))
        result.views = one.views.union(other.views)
        for name in Set(one.tables.keys).union(other.tables.keys) {
            if let own = one.tables[name], let others = other.tables[name] {
                let base = tables[name] ?? Table(name)
                result.tables[name] = merging.table(base, own, others)
            } else {
                result.tables[name] = merging.value(name.shown, tables[name], one.tables[name], other.tables[name])
            }
        }
        for name in Set(one.types.keys).union(other.types.keys) {
            result.types[name] = merging.value(name.shown, types[name], one.types[name], other.types[name])
        }
        return (result, merging.conflicts.sorted())
    }

    /// Merges by parts, and keeps what can't be.
    private struct Merging {
        var conflicts: [String] = []

        mutating func value<Value: Equatable>(_ subject: String, _ base: Value, _ one: Value, _ other: Value) -> Value {
            if one == other || base == other { return one }
            if base != one { conflicts.append(subject) }
            return other
        }

        mutating func table(_ base: Table, _ one: Table, _ other: Table) -> Table {
            let shown = one.name.shown
            var result = one
            result.columns = parts(shown, base.columns, one.columns, other.columns, \.name)
            result.primaryKey = value(shown, base.primaryKey, one.primaryKey, other.primaryKey)
            result.uniques = parts(shown, base.uniques, one.uniques, other.uniques, \.name)
            result.indexes = parts(shown, base.indexes, one.indexes, other.indexes, \.name)
            result.foreignKeys = parts(shown, base.foreignKeys, one.foreignKeys, other.foreignKeys, \.name)
            result.checks = parts(shown, base.checks, one.checks, other.checks, \.name)
            return result
        }

        private mutating func parts<Part: Equatable>(
            _ shown: String, _ base: [Part], _ one: [Part], _ other: [Part], _ name: KeyPath<Part, String>
        ) -> [Part] {
            var names = one.map { $0[keyPath: name] }
            names += other.map { $0[keyPath: name] }.filter { !names.contains($0) }
            return names.compactMap { text in
                func find(_ parts: [Part]) -> Part? { parts.first { $0[keyPath: name] == text } }
                return value("\(shown).\(text)", find(base), find(one), find(other))
            }
        }
    }
}
