// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Differ {
    /// The tables that others may use and that a change locks: its own, and those that foreign keys tie to what changes.
    ///
    /// Under the names that they have when it is done; those that the plan makes aren't among them.
    func locked(by change: MigrationStep.Change, of table: Catalog.TableName) -> [Catalog.TableName] {
        let keys = current.tables[table]?.foreignKeys ?? []
        var tables = [table]
        switch change {
        case .createSchema: return []
        case .renameTable(let old): tables = [old]
        case .addForeignKey(let key): tables.append(key.target)
        case .replaceForeignKey(let key):
            tables += [key.target] + keys.filter { $0.name == key.name }.map(\.target)
        case .dropForeignKey(let name): tables += keys.filter { $0.name == name }.map(\.target)
        case .dropColumn(let column): tables += tied(to: [column], of: table)
        case .changeTypes(let changes): tables += tied(to: Set(changes.map(\.column.name)), of: table)
        default: break
        }
        var seen = created
        return tables.filter { seen.insert($0).inserted }
    }

    /// The tables that keys lead to from some columns, and from which keys lead to them.
    private func tied(to columns: Set<String>, of table: Catalog.TableName) -> [Catalog.TableName] {
        let keys = current.tables[table]?.foreignKeys ?? []
        var tables = keys.filter { !columns.isDisjoint(with: $0.columns) }.map(\.target)
        for other in current.tables.values {
            let leads = other.foreignKeys.contains { $0.target == table && !columns.isDisjoint(with: $0.targetColumns) }
            if leads { tables.append(other.name) }
        }
        return tables.sorted { ($0.schema, $0.name) < ($1.schema, $1.name) }
    }
}
