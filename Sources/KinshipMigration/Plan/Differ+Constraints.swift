// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Differ {
    // MARK: Keys and what is unique

    mutating func compareKeys(_ existing: Table, _ wanted: Table) {
        let name = wanted.name
        if existing.primaryKey.isEmpty, !wanted.primaryKey.isEmpty {
            add(.addPrimaryKey(wanted.primaryKey), to: name, scans: !isPlain(name))
        } else if Set(existing.primaryKey) != Set(wanted.primaryKey), !wanted.primaryKey.isEmpty {
            problem(
                .keyChange, name.shown,
                "The primary key of \(name.shown) is \(existing.primaryKey.joined(separator: ", ")), and the models want \(wanted.primaryKey.joined(separator: ", ")). Change it by hand, or mark the properties of the key that is there with \"id\"."
            )
        }
        var kept: Set<String> = []
        for unique in wanted.uniques {
            let columns = Set(unique.columns)
            if let same = existing.uniques.first(where: { Set($0.columns) == columns }) {
                kept.insert(same.name)
            } else if !existing.isUnique(unique.columns) {
                var unique = unique
                unique.name = free(unique.name, besides: existing)
                add(.addUnique(unique), to: name, scans: !isPlain(name))
            }
        }
        for unique in existing.uniques where !kept.contains(unique.name) {
            // A unique index that is wanted may be there as a constraint.
            let serves = wanted.indexes.contains { $0.isPlain && Set($0.columns.map(\.name)) == Set(unique.columns) }
            guard !serves else { continue }
            if known?.tables[name]?.uniques.contains(where: { Set($0.columns) == Set(unique.columns) }) == true {
                add(.dropConstraint(unique.name), to: name)
            } else {
                unmanaged.append("\(name.shown).\(unique.name)")
            }
        }
    }

    // MARK: Indexes

    /// Takes away what is in the way of a build: an index of the same name whose own build failed. It would be kept up at
    /// every write, and never be used.
    mutating func dropInvalidIndexes(_ wanted: Table) {
        var names = wanted.indexes.map(\.name) + wanted.uniques.map(\.name) + ["\(wanted.name.name)_pkey".identifier]
        names += wanted.indexes.map { StepWriter.temporary($0.name) }
        for index in current.tables[wanted.name]?.indexes ?? [] where !index.isValid && names.contains(index.name) {
            add(.dropInvalidIndex(index.name), to: wanted.name)
            current.tables[wanted.name]?.indexes.removeAll { $0.name == index.name }
        }
    }

    mutating func compareIndexes(_ existing: Table, _ wanted: Table) {
        let name = wanted.name
        var kept: Set<String> = []
        func isMade(_ index: TableCatalog.Index) -> Bool {
            known?.tables[name]?.indexes.contains { $0.name == index.name || $0.serves(as: index) } ?? false
        }
        for index in wanted.indexes {
            let candidates = existing.indexes.filter { $0.serves(as: index) }
            if let same = candidates.first(where: { $0.name == index.name }) ?? candidates.first {
                kept.insert(same.name)
                continue
            }
            if index.method == "btree", index.columns.allSatisfy({ !$0.isDescending }) {
                let columns = index.columns.map(\.name)
                let constraints = [existing.primaryKey] + existing.uniques.map(\.columns)
                if constraints.contains(columns) { continue }
                // What a person made to begin with the same columns does for a key.
                let isDerived = index.name.hasPrefix("\(name.name)_\(columns.joined(separator: "_"))_idx")
                var hand = Table(name)
                hand.indexes = existing.indexes.filter { !isMade($0) }
                if isDerived, !index.isUnique, hand.hasIndex(on: columns) { continue }
            }
            let isServing = wanted.indexes.contains { other in
                existing.indexes.contains { $0.name == index.name && $0.serves(as: other) }
            }
            if !isServing, existing.indexes.contains(where: { $0.name == index.name }) {
                kept.insert(index.name)
                add(.replaceIndex(index), to: name, scans: !isPlain(name))
            } else {
                var index = index
                index.name = free(index.name, besides: existing)
                add(.createIndex(index), to: name, scans: !isPlain(name))
            }
        }
        for index in existing.indexes where !kept.contains(index.name) {
            // A unique index that does what a constraint is wanted for stays.
            let serves = wanted.uniques.contains {
                index.isUnique && index.isPlain && Set($0.columns) == Set(index.columns.map(\.name))
            }
            if serves, !existing.uniques.contains(where: { Set($0.columns) == Set(index.columns.map(\.name)) }) {
                continue
            }
            if isMade(index) {
                add(.dropIndex(index.name), to: name)
            } else {
                unmanaged.append("\(name.shown).\(index.name)")
            }
        }
    }

    /// A name that nothing of the schema has, in the database or in the plan.
    func free(_ name: String, besides table: Table) -> String {
        var taken: Set<String> = []
        for other in current.tables.values where other.name.schema == table.name.schema {
            taken.insert(other.name.name)
            taken.formUnion(other.indexes.map(\.name) + other.uniques.map(\.name))
        }
        return distinct(name, from: Array(taken))
    }

    /// The name, with a number where it is taken.
    private func distinct(_ name: String, from taken: [String]) -> String {
        var candidate = name
        var number = 1
        while taken.contains(candidate) {
            var stem = name
            while (stem + String(number)).utf8.count > 63 { stem.removeLast() }
            candidate = stem + String(number)
            number += 1
        }
        return candidate
    }

    // MARK: Checks

    mutating func compareChecks(_ existing: Table, _ wanted: Table) {
        let name = wanted.name
        var kept: Set<String> = []
        for check in wanted.checks {
            if let same = existing.checks.first(where: { $0.rule.isSame(as: check.rule) }) {
                kept.insert(same.name)
                if !same.isValid { add(.validate(same.name), to: name, scans: true) }
            } else if let old = existing.checks.first(where: { $0.name == check.name }) {
                if wanted.checks.contains(where: { $0.rule.isSame(as: old.rule) }) {
                    // It holds what another one is wanted for.
                    var check = check
                    check.name = distinct(check.name, from: constraintNames(existing) + constraintNames(wanted))
                    add(.addCheck(check), to: name, scans: !isPlain(name))
                    continue
                }
                kept.insert(check.name)
                add(.replaceCheck(check), to: name, scans: !isPlain(name))
            } else if constraintNames(existing).contains(check.name) {
                nameTaken(check.name, name)
            } else {
                add(.addCheck(check), to: name, scans: !isPlain(name))
            }
        }
        for check in existing.checks where !kept.contains(check.name) {
            if known?.tables[name]?.checks.contains(where: { $0.rule.isSame(as: check.rule) }) == true {
                add(.dropConstraint(check.name), to: name)
            } else {
                unmanaged.append("\(name.shown).\(check.name)")
            }
        }
    }

    // MARK: Foreign keys

    mutating func compareForeignKeys(_ existing: Table, _ wanted: Table) {
        let name = wanted.name
        var kept: Set<String> = []
        for key in wanted.foreignKeys where !current.views.contains(key.target) {
            if let same = existing.foreignKeys.first(where: { $0.ties(like: key) }) {
                kept.insert(same.name)
                let isGiven = desired.givenForeignKeys.contains(.init(table: name, column: key.name))
                if isGiven, (same.onDelete, same.onUpdate) != (key.onDelete, key.onUpdate) {
                    var key = key
                    key.name = same.name
                    add(.replaceForeignKey(key), to: name, scans: !isPlain(name))
                } else if !same.isValid {
                    add(.validate(same.name), to: name, scans: true)
                }
            } else if let old = existing.foreignKeys.first(where: { $0.name == key.name }),
                wanted.foreignKeys.contains(where: { $0.ties(like: old) })
            {
                // It is the key of other columns, or to another table, that is wanted too.
                var key = key
                key.name = distinct(key.name, from: constraintNames(existing) + constraintNames(wanted))
                add(.addForeignKey(key), to: name, scans: !isPlain(name))
            } else if constraintNames(existing).contains(key.name) {
                guard known?.tables[name]?.foreignKeys.contains(where: { $0.name == key.name }) == true,
                    existing.foreignKeys.contains(where: { $0.name == key.name })
                else {
                    nameTaken(key.name, name)
                    continue
                }
                kept.insert(key.name)
                add(.replaceForeignKey(key), to: name, scans: !isPlain(name))
            } else {
                add(.addForeignKey(key), to: name, scans: !isPlain(name))
            }
        }
        for key in existing.foreignKeys where !kept.contains(key.name) {
            if known?.tables[name]?.foreignKeys.contains(where: { $0.ties(like: key) }) == true {
                add(.dropForeignKey(key.name), to: name)
            } else {
                unmanaged.append("\(name.shown).\(key.name)")
            }
        }
    }

    private func constraintNames(_ table: Table) -> [String] {
        table.checks.map(\.name) + table.uniques.map(\.name) + table.foreignKeys.map(\.name)
    }

    private mutating func nameTaken(_ constraint: String, _ table: Catalog.TableName) {
        problem(
            .nameTaken, "\(table.shown).\(constraint)",
            "\(table.shown) has another constraint called \"\(constraint)\", which no migration made. Rename it: ALTER TABLE \(table.sql) RENAME CONSTRAINT \(quoted(constraint)) TO …"
        )
    }
}
