// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes the statements of steps.
///
/// Tables that have rows are changed in the ways that let others go on: indexes concurrently, constraints in two parts.
enum StepWriter {
    typealias Statement = MigrationStep.Statement

    /// - Parameter isPlain: whether nobody can be waiting for the table: it is new, or empty.
    static func statements(
        _ change: MigrationStep.Change, of table: Catalog.TableName, isPlain: Bool
    ) -> [Statement] {
        let alter = "ALTER TABLE \(table.sql)"
        func exclusive(_ sql: String) -> [Statement] { [Statement(sql: "\(alter) \(sql)", lock: .accessExclusive)] }
        switch change {
        case .createSchema:
            return [Statement(sql: "CREATE SCHEMA IF NOT EXISTS \(quoted(table.schema))", lock: .none)]
        case .createType(let type): return create(type, table)
        case .addTypeValue(let value, let before, let after): return add(value, before, after, to: table)
        case .renameTable(let old):
            return [
                Statement(sql: "ALTER TABLE \(old.sql) RENAME TO \(quoted(table.name))", lock: .accessExclusive)
            ]
        case .renameColumn(let old, let new):
            return exclusive("RENAME COLUMN \(quoted(old)) TO \(quoted(new))")
        case .createTable(let wanted): return [Statement(sql: create(wanted), lock: .none)]
        case .addColumn(let column): return exclusive("ADD COLUMN \(definition(column))")
        case .changeTypes(let changes):
            return exclusive(changes.flatMap(parts).joined(separator: ",\n    "))
        case .setDefault(let column, let expression):
            return exclusive("ALTER COLUMN \(quoted(column)) SET DEFAULT \(wrapped(expression))")
        case .dropDefault(let column): return exclusive("ALTER COLUMN \(quoted(column)) DROP DEFAULT")
        case .addIdentity(let column, let always):
            let sequence = "pg_get_serial_sequence(\(literal(table.sql)), \(literal(column)))"
            let kind = always ? "ALWAYS" : "BY DEFAULT"
            return exclusive("ALTER COLUMN \(quoted(column)) ADD GENERATED \(kind) AS IDENTITY") + [
                Statement(
                    sql:
                        "SELECT setval(\(sequence), coalesce(max(\(quoted(column))), 0) + 1, false) FROM \(table.sql)",
                    lock: .none, joinsPrevious: true)
            ]
        case .dropNotNull(let column): return exclusive("ALTER COLUMN \(quoted(column)) DROP NOT NULL")
        case .setNotNull(let column):
            let set = exclusive("ALTER COLUMN \(quoted(column)) SET NOT NULL")
            if isPlain { return set }
            let name = quoted("\(table.name)_\(column)_not_null_check".identifier)
            // One that is there was left behind by an attempt that didn't come to its end.
            return exclusive(
                "DROP CONSTRAINT IF EXISTS \(name), ADD CONSTRAINT \(name) CHECK (\(quoted(column)) IS NOT NULL) NOT VALID"
            ) + [
                Statement(sql: "\(alter) VALIDATE CONSTRAINT \(name)", lock: .shareUpdateExclusive)
            ] + set + exclusive("DROP CONSTRAINT \(name)")
        case .addPrimaryKey(let columns):
            let name = "\(table.name)_pkey".identifier
            if isPlain { return exclusive("ADD CONSTRAINT \(quoted(name)) PRIMARY KEY \(list(columns))") }
            return [concurrently(unique: name, columns, table)]
                + exclusive("ADD CONSTRAINT \(quoted(name)) PRIMARY KEY USING INDEX \(quoted(name))")
        case .addUnique(let unique):
            let name = quoted(unique.name)
            if isPlain { return exclusive("ADD CONSTRAINT \(name) UNIQUE \(list(unique.columns))") }
            return [concurrently(unique: unique.name, unique.columns, table)]
                + exclusive("ADD CONSTRAINT \(name) UNIQUE USING INDEX \(name)")
        case .createIndex(let index): return [create(index, table, isPlain: isPlain)]
        case .replaceIndex(let index):
            var next = index
            next.name = temporary(index.name)
            let old = "\(quoted(table.schema)).\(quoted(index.name))"
            return [
                create(next, table, isPlain: isPlain),
                Statement(
                    sql: "DROP INDEX \(isPlain ? "" : "CONCURRENTLY ")\(old)",
                    lock: isPlain ? .accessExclusive : .shareUpdateExclusive, isTransactional: isPlain),
                Statement(
                    sql:
                        "ALTER INDEX \(quoted(table.schema)).\(quoted(next.name)) RENAME TO \(quoted(index.name))",
                    lock: .none),
            ]
        case .addCheck(let check):
            return constraint("ADD CONSTRAINT \(quoted(check.name)) \(sql(check))", check.name, table, isPlain)
        case .replaceCheck(let check):
            let name = quoted(check.name)
            return constraint(
                "DROP CONSTRAINT \(name), ADD CONSTRAINT \(name) \(sql(check))", check.name, table, isPlain)
        case .addForeignKey(let key):
            return constraint(
                "ADD CONSTRAINT \(quoted(key.name)) \(sql(key))", key.name, table, isPlain, lock: .shareRowExclusive)
        case .replaceForeignKey(let key):
            let name = quoted(key.name)
            return constraint("DROP CONSTRAINT \(name), ADD CONSTRAINT \(name) \(sql(key))", key.name, table, isPlain)
        case .validate(let name):
            return [Statement(sql: "\(alter) VALIDATE CONSTRAINT \(quoted(name))", lock: .shareUpdateExclusive)]
        case .dropForeignKey(let name), .dropConstraint(let name): return exclusive("DROP CONSTRAINT \(quoted(name))")
        case .dropIndex(let name), .dropInvalidIndex(let name):
            return [
                Statement(
                    sql:
                        "DROP INDEX \(isPlain ? "" : "CONCURRENTLY ")\(quoted(table.schema)).\(quoted(name))",
                    lock: isPlain ? .accessExclusive : .shareUpdateExclusive, isTransactional: isPlain)
            ]
        case .dropColumn(let name): return exclusive("DROP COLUMN \(quoted(name))")
        case .dropTable: return [Statement(sql: "DROP TABLE \(table.sql)", lock: .accessExclusive)]
        }
    }

    // MARK: Pieces

    private static func create(_ table: TableCatalog.Table) -> String {
        var lines = table.columns.map(definition)
        if !table.primaryKey.isEmpty {
            // The server finds it a name that is free: a table that was renamed keeps that of its key.
            lines.append("PRIMARY KEY \(list(table.primaryKey))")
        }
        lines += table.uniques.map { "CONSTRAINT \(quoted($0.name)) UNIQUE \(list($0.columns))" }
        lines += table.checks.map { "CONSTRAINT \(quoted($0.name)) \(sql($0))" }
        return "CREATE TABLE \(table.name.sql) (\n    " + lines.joined(separator: ",\n    ") + "\n)"
    }

    private static func definition(_ column: TableCatalog.Column) -> String {
        var words = [quoted(column.name), column.type]
        switch column.filling {
        case .none: break
        case .expression(let expression): words.append("DEFAULT \(wrapped(expression))")
        case .identity(let always): words.append("GENERATED \(always ? "ALWAYS" : "BY DEFAULT") AS IDENTITY")
        case .serial: words[1] = ["bigint": "bigserial", "smallint": "smallserial"][column.type] ?? "serial"
        case .generated(let expression): words.append("GENERATED ALWAYS AS (\(expression)) STORED")
        }
        if !column.isNullable { words.append("NOT NULL") }
        return words.joined(separator: " ")
    }

    /// In parentheses, unless it is one word.
    private static func wrapped(_ expression: String) -> String {
        expression.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? expression : "(\(expression))"
    }

    private static func parts(_ change: MigrationStep.TypeChange) -> [String] {
        let name = quoted(change.column.name)
        let using = change.using.map { " USING \($0)" } ?? ""
        let type = "ALTER COLUMN \(name) TYPE \(change.column.type)\(using)"
        guard change.oldDefault != nil else { return [type] }
        // The old default may be of the old type.
        guard case .expression(let expression) = change.column.filling else {
            return ["ALTER COLUMN \(name) DROP DEFAULT", type]
        }
        return ["ALTER COLUMN \(name) DROP DEFAULT", type, "ALTER COLUMN \(name) SET DEFAULT \(wrapped(expression))"]
    }

    private static func list(_ columns: [String]) -> String {
        "(" + columns.map(quoted).joined(separator: ", ") + ")"
    }

    private static func concurrently(
        unique name: String, _ columns: [String], _ table: Catalog.TableName
    ) -> Statement {
        Statement(
            sql: "CREATE UNIQUE INDEX CONCURRENTLY \(quoted(name)) ON \(table.sql) \(list(columns))",
            lock: .shareUpdateExclusive, isTransactional: false)
    }

    private static func create(_ index: TableCatalog.Index, _ table: Catalog.TableName, isPlain: Bool) -> Statement {
        let columns = index.columns.map { column in
            (column.isExpression ? "(\(column.name))" : quoted(column.name)) + (column.isDescending ? " DESC" : "")
        }.joined(separator: ", ")
        let method = index.method == "btree" ? "" : "USING \(quoted(index.method)) "
        let words = "CREATE \(index.isUnique ? "UNIQUE " : "")INDEX \(isPlain ? "" : "CONCURRENTLY ")"
        return Statement(
            sql: "\(words)\(quoted(index.name)) ON \(table.sql) \(method)(\(columns))"
                + (index.condition.map { " WHERE \($0)" } ?? ""),
            lock: isPlain ? .share : .shareUpdateExclusive, isTransactional: isPlain)
    }

    /// The name of an index until it takes the place of another.
    static func temporary(_ name: String) -> String {
        var stem = name
        while stem.utf8.count > 59 { stem.removeLast() }
        return stem + "_new"
    }

    private static func constraint(
        _ change: String, _ name: String, _ table: Catalog.TableName, _ isPlain: Bool,
        lock: MigrationStep.Lock = .accessExclusive
    ) -> [Statement] {
        let alter = "ALTER TABLE \(table.sql) "
        if isPlain { return [Statement(sql: alter + change, lock: lock)] }
        return [
            Statement(sql: alter + change + " NOT VALID", lock: lock),
            Statement(sql: alter + "VALIDATE CONSTRAINT \(quoted(name))", lock: .shareUpdateExclusive),
        ]
    }

    private static func sql(_ check: TableCatalog.Check) -> String {
        switch check.rule {
        case .expression(let text): return text.hasPrefix("CHECK") ? text : "CHECK (\(text))"
        case .oneOf(let column, let values, let areNumbers):
            let list = values.sorted().map { areNumbers ? $0 : literal($0) }.joined(separator: ", ")
            return "CHECK (\(quoted(column)) IN (\(list)))"
        }
    }

    private static func sql(_ key: TableCatalog.ForeignKey) -> String {
        var text =
            "FOREIGN KEY \(list(key.columns)) REFERENCES \(key.target.sql) \(list(key.targetColumns))"
        if key.onDelete != "NO ACTION" { text += " ON DELETE \(key.onDelete)" }
        if key.onUpdate != "NO ACTION" { text += " ON UPDATE \(key.onUpdate)" }
        return text
    }
}
