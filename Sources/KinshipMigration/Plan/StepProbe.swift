// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Queries for the rows that a change won't take.
enum StepProbe {
    /// The query; nil where any row will do, or where that isn't known beforehand.
    static func query(for change: MigrationStep.Change, of table: Catalog.TableName) -> String? {
        switch change {
        case .setNotNull(let column): return "SELECT * FROM \(table.sql) WHERE \(quoted(column)) IS NULL"
        case .addUnique(let unique): return repeated(unique.columns, table)
        case .addPrimaryKey(let columns): return repeated(columns, table)
        case .createIndex(let index), .replaceIndex(let index):
            guard index.isUnique, index.isPlain else { return nil }
            return repeated(index.columns.map(\.name), table)
        case .addCheck(let check), .replaceCheck(let check):
            guard case .oneOf(let column, let values, let areNumbers) = check.rule else { return nil }
            let list = values.sorted().map { areNumbers ? $0 : literal($0) }.joined(separator: ", ")
            return "SELECT * FROM \(table.sql) WHERE \(quoted(column)) NOT IN (\(list))"
        case .addForeignKey(let key), .replaceForeignKey(let key):
            let isGiven = key.columns.map { "s.\(quoted($0)) IS NOT NULL" }
            let isSame = zip(key.columns, key.targetColumns).map { "t.\(quoted($1)) = s.\(quoted($0))" }
            return "SELECT s.* FROM \(table.sql) s WHERE \(isGiven.joined(separator: " AND ")) AND NOT EXISTS "
                + "(SELECT FROM \(key.target.sql) t WHERE \(isSame.joined(separator: " AND ")))"
        default: return nil
        }
    }

    /// Values that are there more than once.
    private static func repeated(_ columns: [String], _ table: Catalog.TableName) -> String {
        let names = columns.map(quoted)
        let list = names.joined(separator: ", ")
        let isGiven = names.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        return "SELECT \(list), count(*) FROM \(table.sql) WHERE \(isGiven) GROUP BY \(list) HAVING count(*) > 1"
    }
}

extension MigrationStep.Change {
    /// The name of what is made or changed; nil for a table as a whole.
    public var name: String? {
        switch self {
        case .createSchema, .createType, .renameTable, .createTable, .dropTable, .addPrimaryKey: nil
        case .changeTypes(let changes): changes.first?.column.name
        case .addColumn(let column): column.name
        case .renameColumn(_, let name), .setDefault(let name, _), .dropDefault(let name), .addIdentity(let name, _),
            .addTypeValue(let name, _, _), .setNotNull(let name), .dropNotNull(let name), .validate(let name),
            .dropForeignKey(let name),
            .dropConstraint(let name), .dropInvalidIndex(let name), .dropIndex(let name), .dropColumn(let name):
            name
        case .createIndex(let index), .replaceIndex(let index): index.name
        case .addUnique(let unique): unique.name
        case .addCheck(let check), .replaceCheck(let check): check.name
        case .addForeignKey(let key), .replaceForeignKey(let key): key.name
        }
    }
}
