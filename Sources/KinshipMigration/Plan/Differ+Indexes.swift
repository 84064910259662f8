// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Differ {
    /// Takes away what is in the way of a build: an index of the same name whose own build failed. It would be kept up at
    /// every write, and never be used.
    ///
    /// One that somebody is building at this moment isn't in the way but on its way, and what a person made under the name is kept.
    mutating func dropInvalidIndexes(_ wanted: Table) {
        let name = wanted.name
        var builds = wanted.indexes.map(\.self)
        builds += wanted.indexes.map { index in
            var next = index
            next.name = StepWriter.temporary(index.name)
            return next
        }
        builds += wanted.uniques.map { unique in
            .init(name: unique.name, columns: unique.columns.map { .init(name: $0) }, isUnique: true)
        }
        builds.append(
            .init(
                name: "\(name.name)_pkey".identifier, columns: wanted.primaryKey.map { .init(name: $0) }, isUnique: true
            ))
        for index in current.tables[name]?.indexes ?? [] where !index.isValid {
            guard builds.contains(where: { $0.isSame(as: index) }) else { continue }
            if let builder = index.builder {
                problem(
                    .building, "\(name.shown).\(index.name)",
                    "Process \(builder) is building it, or changes \(name.shown) otherwise. Wait for its end, or end it: SELECT pg_cancel_backend(\(builder))."
                )
                continue
            }
            add(.dropInvalidIndex(index.name), to: name)
            current.tables[name]?.indexes.removeAll { $0.name == index.name }
        }
    }

    mutating func compareIndexes(_ existing: Table, _ wanted: Table) {
        let name = wanted.name
        var kept: Set<String> = []
        // A constraint that goes serves for nothing.
        var staying = existing
        staying.uniques.removeAll { unique in
            steps.contains { $0.table == name && $0.change == .dropConstraint(unique.name) }
        }
        for index in wanted.indexes {
            let candidates = existing.indexes.filter { isKept($0, as: index, in: name) }
            // Of those that do the same, the one that a migration made.
            if let same = candidates.first(where: { $0.name == index.name })
                ?? candidates.first(where: { isMade($0, in: name) }) ?? candidates.first
            {
                kept.insert(same.name)
                continue
            }
            if index.isAdvised, staying.orders(like: index) {
                if let serving = existing.indexes.first(where: { $0.orders(like: index) }) { kept.insert(serving.name) }
                continue
            }
            if !index.isAdvised, isServedByConstraint(index, staying) { continue }
            if let old = existing.indexes.first(where: { $0.name == index.name }), !serves(old, wanted),
                !index.isAdvised, isReplaced(old, by: index, in: name)
            {
                kept.insert(index.name)
                add(.replaceIndex(index), to: name, scans: !isPlain(name))
            } else {
                let advice = desired.advice[.init(table: name, column: index.name)]
                var index = index
                index.name = free(index.name, besides: existing)
                add(.createIndex(index), to: name, scans: !isPlain(name), advice: advice)
            }
        }
        for index in existing.indexes where !kept.contains(index.name) && !isAdvised(index, in: name) {
            // A unique index that does what a constraint is wanted for stays.
            let serves = wanted.uniques.contains {
                index.isUnique && index.isPlain && Set($0.columns) == Set(index.columns.map(\.name))
            }
            if serves, !existing.uniques.contains(where: { Set($0.columns) == Set(index.columns.map(\.name)) }) {
                continue
            }
            if isMade(index, in: name), index.builder == nil {
                add(.dropIndex(index.name), to: name)
            } else {
                unmanaged.append("\(name.shown).\(index.name)")
            }
        }
    }

    /// Tells of the indexes that are advised and not there.
    mutating func suggestIndexes(_ existing: Table, _ wanted: Table) {
        let name = wanted.name
        for index in desired.suggestions[name] ?? [] where !existing.orders(like: index) {
            let advice = desired.advice[.init(table: name, column: index.name)]
            var index = index
            index.name = free(index.name, besides: existing)
            // A step like any other, that isn't one of the plan's.
            let count = steps.count
            add(.createIndex(index), to: name, scans: !isPlain(name), advice: advice)
            suggestions += steps[count...]
            steps.removeSubrange(count...)
        }
    }

    // MARK: Pieces

    /// Whether a migration made it because it was advised: it stays when it isn't any longer.
    private func isAdvised(_ index: TableCatalog.Index, in table: Catalog.TableName) -> Bool {
        known?.tables[table]?.indexes.contains { $0.isAdvised && $0.isSame(as: index) } ?? false
    }

    /// Whether a key or a constraint has an index that does, or what a person made to begin with the same columns.
    private func isServedByConstraint(_ index: TableCatalog.Index, _ existing: Table) -> Bool {
        guard index.method == "btree", index.columns.allSatisfy({ !$0.isDescending }) else { return false }
        let columns = index.columns.map(\.name)
        if ([existing.primaryKey] + existing.uniques.map(\.columns)).contains(columns) { return true }
        let isDerived = index.name.hasPrefix("\(existing.name.name)_\(columns.joined(separator: "_"))_idx")
        var hand = Table(existing.name)
        hand.indexes = existing.indexes.filter { !isMade($0, in: existing.name) }
        return isDerived && !index.isUnique && hand.hasIndex(on: columns)
    }

    private func serves(_ old: TableCatalog.Index, _ wanted: Table) -> Bool {
        wanted.indexes.contains { isKept(old, as: $0, in: wanted.name) }
    }

    /// Whether an index stays for what another one is wanted for. One that a migration made keeps no value from being there twice when
    /// models want that no more; what a person made so is kept.
    private func isKept(_ old: TableCatalog.Index, as index: TableCatalog.Index, in table: Catalog.TableName) -> Bool {
        old.serves(as: index) && (old.isUnique == index.isUnique || !isMade(old, in: table))
    }

    /// Whether an index of the same name gives way: it is Kinship's, or does nothing that the new one doesn't.
    private func isReplaced(_ old: TableCatalog.Index, by index: TableCatalog.Index, in table: Catalog.TableName)
        -> Bool
    {
        guard old.builder == nil, !isAdvised(old, in: table) else { return false }
        return isMade(old, in: table)
            || (!old.isExtended && !old.isSpecial && old.condition == nil && index.serves(as: old))
    }

    /// Whether a migration made it, or it was there at a baseline: under its name, and exactly as it is.
    private func isMade(_ index: TableCatalog.Index, in table: Catalog.TableName) -> Bool {
        known?.tables[table]?.indexes.contains { $0.isSame(as: index) } ?? false
    }

    /// A name that nothing of the schema has, in the database or in the plan.
    func free(_ name: String, besides table: Table) -> String {
        var taken: Set<String> = []
        for other in current.tables.values where other.name.schema == table.name.schema {
            taken.insert(other.name.name)
            taken.formUnion(other.indexes.map(\.name) + other.uniques.map(\.name))
        }
        guard taken.contains(name) else { return name }
        for other in desired.catalog.tables.values where other.name.schema == table.name.schema {
            taken.formUnion(other.indexes.map(\.name) + other.uniques.map(\.name))
        }
        return distinct(name, from: Array(taken))
    }
}
