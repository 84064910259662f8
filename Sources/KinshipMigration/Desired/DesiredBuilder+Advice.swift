// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension DesiredBuilder {
    /// The indexes that are advised, behind all that models ask for: what these do needs no other.
    mutating func addAdvisedIndexes() {
        var added: [(table: Catalog.TableName, index: TableCatalog.Index)] = []
        for advised in options.indexes {
            guard let table = desired.catalog.tables[advised.table], !advised.columns.isEmpty else { continue }
            guard
                advised.columns.allSatisfy({
                    !$0.isExpression && $0.nullsFirst == $0.isDescending && table.column($0.name) != nil
                })
            else {
                desired.remarks.append(
                    "The index of \(advised.table.shown) by \(advised.columns.map(\.name).joined(separator: ", ")) that is advised has to be made by hand: it puts NULLs elsewhere than its direction does, or there is no such column."
                )
                continue
            }
            var index = TableCatalog.Index(
                name: "\(table.name.name)_\(advised.columns.map(\.name).joined(separator: "_"))_idx",
                columns: advised.columns.map { .init(name: $0.name, isDescending: $0.isDescending) })
            guard !table.orders(like: index) else { continue }
            index.name = free(index.name, in: advised.table.schema)
            index.isAdvised = true
            desired.catalog.tables[advised.table]?.indexes.append(index)
            desired.advice[.init(table: advised.table, column: index.name)] = advised.reason
            added.append((advised.table, index))
        }
        guard options.onlySuggestsIndexes else { return }
        for (table, index) in added {
            desired.catalog.tables[table]?.indexes.removeAll { $0 == index }
            desired.suggestions[table, default: []].append(index)
        }
    }
}
