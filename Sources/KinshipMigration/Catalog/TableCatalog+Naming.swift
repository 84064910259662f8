// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension TableCatalog {
    /// The same with the names that its indexes and constraints have in another one, where these are exactly the same but for the name.
    ///
    /// What is renamed keeps the names of its constraints, and a name that is taken gets a number: what a migration has made is known by
    /// the name it really has.
    package func named(like other: TableCatalog) -> TableCatalog {
        var result = self
        for (name, table) in tables {
            guard let made = other.tables[name] else { continue }
            result.tables[name] = table.named(like: made)
        }
        return result
    }
}

extension TableCatalog.Table {
    fileprivate func named(like made: TableCatalog.Table) -> TableCatalog.Table {
        var result = self
        result.indexes = Self.named(indexes, like: made.indexes, \.name) { $0.isLike($1) }
        result.uniques = Self.named(uniques, like: made.uniques, \.name) {
            $0.columns == $1.columns && !$1.isSpecial
        }
        result.checks = Self.named(checks, like: made.checks, \.name) { $0.rule.isSame(as: $1.rule) }
        result.foreignKeys = Self.named(foreignKeys, like: made.foreignKeys, \.name) {
            $0.ties(like: $1) && !$1.isSpecial
        }
        return result
    }

    private static func named<Part>(
        _ parts: [Part], like others: [Part], _ name: WritableKeyPath<Part, String>, _ isLike: (Part, Part) -> Bool
    ) -> [Part] {
        var taken: Set<String> = []
        return parts.map { part in
            let candidates = others.filter { isLike(part, $0) && !taken.contains($0[keyPath: name]) }
            let found = candidates.first { $0[keyPath: name] == part[keyPath: name] } ?? candidates.first
            guard let found else { return part }
            taken.insert(found[keyPath: name])
            var part = part
            part[keyPath: name] = found[keyPath: name]
            return part
        }
    }
}
