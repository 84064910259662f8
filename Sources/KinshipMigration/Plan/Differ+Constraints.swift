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
            let candidates = existing.uniques.filter { Set($0.columns) == columns }
            if let same = candidates.first(where: { $0.name == unique.name })
                ?? candidates.first(where: { isMade($0, in: name) }) ?? candidates.first
            {
                kept.insert(same.name)
            } else if !existing.isUnique(unique.columns) {
                var unique = unique
                unique.name = free(unique.name, besides: existing)
                add(.addUnique(unique), to: name, scans: !isPlain(name))
            }
        }
        for unique in existing.uniques where !kept.contains(unique.name) {
            // A unique index that is wanted may be there as a constraint. One that isn't unique may too, where a person wanted more; what a
            // migration made keeps no value from being there twice when models want that no more.
            let alike = wanted.indexes.filter { $0.isPlain && Set($0.columns.map(\.name)) == Set(unique.columns) }
            guard !alike.contains(where: \.isUnique) else { continue }
            if isMade(unique, in: name) {
                add(.dropConstraint(unique.name), to: name)
            } else if alike.isEmpty {
                unmanaged.append("\(name.shown).\(unique.name)")
            }
        }
    }

    // MARK: Checks

    mutating func compareChecks(_ existing: Table, _ wanted: Table) {
        let name = wanted.name
        var kept: Set<String> = []
        for check in wanted.checks {
            let candidates = existing.checks.filter { $0.rule.isSame(as: check.rule) }
            if let same = candidates.first(where: { $0.name == check.name })
                ?? candidates.first(where: { isMade($0, in: name) }) ?? candidates.first
            {
                kept.insert(same.name)
                if !same.isValid { add(.validate(same.name), to: name, scans: true) }
            } else if let old = existing.checks.first(where: { $0.name == check.name }) {
                if wanted.checks.contains(where: { $0.rule.isSame(as: old.rule) }) || !isMade(old, in: name) {
                    // It holds what another one is wanted for, or what a person wanted.
                    var check = check
                    if let made = numbered(check, in: existing, wanted) {
                        kept.insert(made.name)
                        check.name = made.name
                        add(.replaceCheck(check), to: name, scans: !isPlain(name))
                        continue
                    }
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
            if isMade(check, in: name) {
                add(.dropConstraint(check.name), to: name)
                // The values that it compares with are of the old type.
                if case .oneOf(let column, _, _) = check.rule, changesType(of: column, in: name) {
                    steps[steps.count - 1].precedesTypes = true
                }
            } else {
                unmanaged.append("\(name.shown).\(check.name)")
            }
        }
    }

    private func changesType(of column: String, in table: Catalog.TableName) -> Bool {
        steps.contains { step in
            guard step.table == table, case .changeTypes(let changes) = step.change else { return false }
            return changes.contains { $0.column.name == column }
        }
    }

    /// The check that a migration has made in the place of a wanted one whose name was taken, and that is wanted no more.
    private func numbered(_ check: TableCatalog.Check, in existing: Table, _ wanted: Table) -> TableCatalog.Check? {
        existing.checks.first { made in
            guard made.name != check.name, made.name.hasPrefix(check.name), isMade(made, in: wanted.name) else {
                return false
            }
            return made.name.dropFirst(check.name.count).allSatisfy(\.isNumber)
                && !wanted.checks.contains { $0.rule.isSame(as: made.rule) }
        }
    }

    // MARK: Foreign keys

    mutating func compareForeignKeys(_ existing: Table, _ wanted: Table) {
        let name = wanted.name
        var kept: Set<String> = []
        for key in wanted.foreignKeys where !current.views.contains(key.target) {
            let candidates = existing.foreignKeys.filter { $0.ties(like: key) }
            if let same = candidates.first(where: { $0.name == key.name })
                ?? candidates.first(where: { isMade($0, in: name) }) ?? candidates.first
            {
                kept.insert(same.name)
                let isGiven = desired.givenForeignKeys.contains(.init(table: name, column: key.name))
                if isGiven, (same.onDelete, same.onUpdate) != (key.onDelete, key.onUpdate) {
                    guard isMade(same, in: name) || (same.name == key.name && !same.isSpecial) else {
                        unmanaged.append(
                            "\(name.shown).\(same.name) (ON DELETE \(same.onDelete), ON UPDATE \(same.onUpdate))")
                        continue
                    }
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
                guard existing.foreignKeys.contains(where: { $0.name == key.name && isMade($0, in: name) }) else {
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
            if isMade(key, in: name) {
                add(.dropForeignKey(key.name), to: name)
            } else {
                unmanaged.append("\(name.shown).\(key.name)")
            }
        }
    }

    // MARK: What is Kinship's

    /// Whether a migration made it, or it was there at a baseline: under its name, and exactly as it is.
    private func isMade(_ unique: TableCatalog.Unique, in table: Catalog.TableName) -> Bool {
        known?.tables[table]?.uniques.contains { $0.isSame(as: unique) } ?? false
    }

    private func isMade(_ check: TableCatalog.Check, in table: Catalog.TableName) -> Bool {
        known?.tables[table]?.checks.contains { $0.name == check.name && $0.rule.isSame(as: check.rule) } ?? false
    }

    private func isMade(_ key: TableCatalog.ForeignKey, in table: Catalog.TableName) -> Bool {
        known?.tables[table]?.foreignKeys.contains { $0.isSame(as: key) } ?? false
    }

    /// The name, with a number where it is taken.
    func distinct(_ name: String, from taken: [String]) -> String {
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
