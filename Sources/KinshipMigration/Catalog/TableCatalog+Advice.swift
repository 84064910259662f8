// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension TableCatalog {
    /// The same with the indexes of another one that were made because they were advised, as far as their columns are there.
    ///
    /// They are nobody's surplus when what they were advised for isn't asked about the next time.
    package func keepingAdvised(of made: TableCatalog) -> TableCatalog {
        var result = self
        for (name, table) in tables {
            for index in made.tables[name]?.indexes ?? [] where index.isAdvised {
                let isKnown = table.indexes.contains { $0.name == index.name || $0.isLike(index) }
                guard !isKnown, index.columns.allSatisfy({ table.column($0.name) != nil }) else { continue }
                result.tables[name]?.indexes.append(index)
            }
        }
        return result
    }
}

extension TableCatalog.Table {
    /// Whether some index, or that of a key or constraint, begins with an index's columns in its directions, or in the opposite ones: it hands out
    /// rows in the same order.
    func orders(like index: TableCatalog.Index) -> Bool {
        let constraints = uniques.filter { !$0.isSpecial }.map(\.columns) + [primaryKey]
        let columns = constraints.map { $0.map { TableCatalog.Index.Column(name: $0) } }
        return indexes.contains { $0.orders(like: index) } || columns.contains { index.isBegun(by: $0) }
    }
}

extension TableCatalog.Index {
    /// Whether it begins with another one's columns in its directions, or in the opposite ones.
    func orders(like other: TableCatalog.Index) -> Bool {
        isPlain && method == other.method && other.isBegun(by: columns)
    }

    fileprivate func isBegun(by others: [Column]) -> Bool {
        guard others.count >= columns.count else { return false }
        let pairs = zip(others, columns)
        guard pairs.allSatisfy({ $0.name == $1.name && !$0.isExpression }) else { return false }
        return Set(pairs.map { $0.isDescending == $1.isDescending }).count <= 1
    }
}

extension Catalog {
    /// What a database with these tables, and nothing in them, would say of itself.
    package init(_ tables: TableCatalog) {
        self.init(
            tables.tables.values.map { table in
                let uniques = table.uniques.filter { !$0.isSpecial }.map { unique in
                    Index(name: unique.name, columns: unique.columns.map { Index.Column($0) }, isUnique: true)
                }
                let indexes = table.indexes.filter { $0.isValid && !$0.isSpecial }.map { index in
                    Index(
                        name: index.name,
                        columns: index.columns.map {
                            Index.Column($0.name, isExpression: $0.isExpression, isDescending: $0.isDescending)
                        }, isUnique: index.isUnique, isPartial: index.condition != nil, method: index.method)
                }
                return Table(
                    schema: table.name.schema, name: table.name.name, kind: table.isPartitioned ? .partitioned : .table,
                    columns: table.columns.map { column in
                        Column(
                            column.name, ColumnType(named: column.type), isNullable: column.isNullable,
                            hasDefault: column.filling != .none)
                    }, primaryKey: table.primaryKey, indexes: uniques + indexes)
            })
    }
}
