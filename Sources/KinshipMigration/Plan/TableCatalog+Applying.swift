// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension TableCatalog {
    /// The catalog after a step.
    public func applying(_ step: MigrationStep) -> TableCatalog {
        var result = self
        result.apply(step)
        return result
    }

    /// The catalog after all steps of a plan.
    public func applying(_ plan: MigrationPlan) -> TableCatalog {
        plan.steps.reduce(into: self) { $0.apply($1) }
    }

    private mutating func apply(_ step: MigrationStep) {
        switch step.change {
        case .createSchema: schemas.insert(step.table.schema)
        case .createType(let type): types[step.table] = type
        case .addTypeValue(let value, let before, let after):
            guard case .enumeration(let values)? = types[step.table] else { return }
            types[step.table] = .enumeration(
                UserType.inserting(value, before: before, after: after, into: values))
        case .createTable(let table): tables[step.table] = table
        case .dropTable: tables[step.table] = nil
        case .renameTable(let old): rename(old, to: step.table)
        case .renameColumn(let old, let new): rename(old, to: new, in: step.table)
        default:
            guard var table = tables[step.table] else { return }
            table.apply(step.change)
            tables[step.table] = table
        }
    }

    mutating func rename(_ old: Catalog.TableName, to new: Catalog.TableName) {
        guard var table = tables.removeValue(forKey: old) else { return }
        table.name = new
        tables[new] = table
        for name in tables.keys {
            for index in tables[name]?.foreignKeys.indices ?? 0..<0
            where tables[name]?.foreignKeys[index].target == old {
                tables[name]?.foreignKeys[index].target = new
            }
        }
    }

    mutating func rename(_ old: String, to new: String, in name: Catalog.TableName) {
        func renamed(_ column: String) -> String { column == old ? new : column }
        guard var table = tables[name] else { return }
        for index in table.columns.indices { table.columns[index].name = renamed(table.columns[index].name) }
        table.primaryKey = table.primaryKey.map(renamed)
        for index in table.uniques.indices { table.uniques[index].columns = table.uniques[index].columns.map(renamed) }
        for index in table.indexes.indices {
            for column in table.indexes[index].columns.indices where !table.indexes[index].columns[column].isExpression
            {
                table.indexes[index].columns[column].name = renamed(table.indexes[index].columns[column].name)
            }
        }
        for index in table.foreignKeys.indices {
            table.foreignKeys[index].columns = table.foreignKeys[index].columns.map(renamed)
        }
        for index in table.checks.indices {
            if case .oneOf(let column, let values, let areNumbers) = table.checks[index].rule {
                table.checks[index].rule = .oneOf(column: renamed(column), values: values, areNumbers: areNumbers)
            }
        }
        tables[name] = table
        for other in tables.keys {
            guard var table = tables[other] else { continue }
            for index in table.foreignKeys.indices where table.foreignKeys[index].target == name {
                table.foreignKeys[index].targetColumns = table.foreignKeys[index].targetColumns.map(renamed)
            }
            tables[other] = table
        }
    }
}

extension TableCatalog.Table {
    fileprivate mutating func apply(_ change: MigrationStep.Change) {
        func alter(_ name: String, _ body: (inout TableCatalog.Column) -> Void) {
            for index in columns.indices where columns[index].name == name { body(&columns[index]) }
        }
        switch change {
        case .createSchema, .createType, .addTypeValue, .createTable, .dropTable, .renameTable, .renameColumn: break
        case .addColumn(let column): columns.append(column)
        case .changeTypes(let changes):
            for new in changes {
                alter(new.column.name) { column in
                    column.type = new.column.type
                    if new.oldDefault != nil { column.filling = new.column.filling }
                }
            }
        case .setDefault(let name, let expression): alter(name) { $0.filling = .expression(expression) }
        case .dropDefault(let name): alter(name) { $0.filling = .none }
        case .addIdentity(let name, let always): alter(name) { $0.filling = .identity(always: always) }
        case .setNotNull(let name): alter(name) { $0.isNullable = false }
        case .dropNotNull(let name): alter(name) { $0.isNullable = true }
        case .addPrimaryKey(let key):
            primaryKey = key
            for name in key { alter(name) { $0.isNullable = false } }
        case .createIndex(let index): indexes.append(index)
        case .replaceIndex(let index):
            indexes.removeAll { $0.name == index.name }
            indexes.append(index)
        case .addUnique(let unique): uniques.append(unique)
        case .addCheck(let check): checks.append(check)
        case .replaceCheck(let check):
            checks.removeAll { $0.name == check.name }
            checks.append(check)
        case .addForeignKey(let key): foreignKeys.append(key)
        case .replaceForeignKey(let key):
            foreignKeys.removeAll { $0.name == key.name }
            foreignKeys.append(key)
        case .validate(let name):
            for index in checks.indices where checks[index].name == name { checks[index].isValid = true }
            for index in foreignKeys.indices where foreignKeys[index].name == name { foreignKeys[index].isValid = true }
        case .dropForeignKey(let name), .dropConstraint(let name):
            checks.removeAll { $0.name == name }
            foreignKeys.removeAll { $0.name == name }
            uniques.removeAll { $0.name == name }
        case .dropIndex(let name), .dropInvalidIndex(let name): indexes.removeAll { $0.name == name }
        case .dropColumn(let name):
            columns.removeAll { $0.name == name }
            uniques.removeAll { $0.columns.contains(name) }
            indexes.removeAll { $0.columns.contains { $0.name == name } }
            foreignKeys.removeAll { $0.columns.contains(name) }
        }
    }
}
