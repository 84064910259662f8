// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Makes the desired tables of a schema: columns first, then what holds them together.
struct DesiredBuilder {
    /// A property of a model.
    struct Place: Hashable {
        var model: Model.ID
        var property: Property.ID
    }

    /// Columns that refer to those of another table.
    struct Tie: Hashable {
        var source: Model.ID
        var columns: [Property.ID]
        var target: Model.ID
        var targetColumns: [Property.ID]
    }

    let schema: Schema
    let options: DesiredTables.Options
    var desired: DesiredTables
    var problems: [MigrationProblem] = []
    /// The models that have tables.
    let models: [Model]
    let persisted: Set<Model.ID>
    let relations: RelationFacts

    init(_ schema: Schema, _ options: DesiredTables.Options) {
        self.schema = schema
        self.options = options
        desired = DesiredTables()
        let own = Dictionary(schema.definitions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        models = schema.models.filter { model in
            let attachment = model.definition.attachment
            return model.isPersisted && !model.definition.isView && own[model.name]?.settings["abstract"] != .bool(true)
                && (attachment == nil || attachment == .attached)
        }
        persisted = Set(models.map(\.id))
        relations = RelationFacts(schema, persisted)
    }

    mutating func build() {
        problems += relations.problems
        addTypes()
        for model in models { addTable(model) }
        loosenSharedTables()
        for model in models { addChecksAndIndexes(model) }
        addUniques()
        addPolymorphicPairs()
        addForeignKeys()
        addKeyIndexes()
        addAdvisedIndexes()
        addRenames()
    }

    func name(_ model: Model) -> Catalog.TableName { Catalog.TableName(model.tableSchema, model.table) }
    func columns(_ model: Model.ID, _ properties: [Property.ID]) -> [String] {
        properties.map { schema[model].properties[$0].column }
    }

    mutating func problem(_ code: MigrationProblem.Code, _ subject: String, _ message: String) {
        problems.append(MigrationProblem(code, subject, message))
    }

    // MARK: Columns

    private mutating func addTable(_ model: Model) {
        let name = name(model)
        desired.catalog.schemas.insert(name.schema)
        var table = desired.catalog.tables[name] ?? TableCatalog.Table(name)
        let typing = ColumnTyping(schema, relations)
        for property in model.properties {
            let (column, demand) = typing.column(of: property, in: model)
            let place = DesiredTables.ColumnPlace(table: name, column: column.name)
            if let index = table.columns.firstIndex(where: { $0.name == column.name }) {
                let other = table.columns[index].type
                if other != column.type {
                    problem(
                        .definition, demand.origin,
                        "The column \"\(column.name)\" of \(name.shown) is wanted as \(column.type), and as \(other) by \(desired.demands[place]?.origin ?? "another property"). Give both properties one type, or columns of their own."
                    )
                }
                // The rows of one model needn't have what the other's must.
                table.columns[index].isNullable = table.columns[index].isNullable || column.isNullable
                continue
            }
            table.columns.append(column)
            desired.demands[place] = demand
        }
        let key = columns(model.id, model.primaryKey)
        if table.primaryKey.isEmpty {
            table.primaryKey = key
        } else if Set(table.primaryKey) != Set(key) {
            problem(
                .definition, model.name,
                "The table \(name.shown) has two models with different keys. Give them the same id properties.")
        }
        desired.catalog.tables[name] = table
    }

    /// What only some of the models in one table have can't be required of all of its rows.
    private mutating func loosenSharedTables() {
        for (name, sharing) in Dictionary(grouping: models, by: { self.name($0) }) where sharing.count > 1 {
            guard var table = desired.catalog.tables[name] else { continue }
            for index in table.columns.indices where !table.primaryKey.contains(table.columns[index].name) {
                let column = table.columns[index].name
                let isShared = sharing.allSatisfy { $0.properties.contains { $0.column == column } }
                if !isShared { table.columns[index].isNullable = true }
            }
            desired.catalog.tables[name] = table
        }
    }

    // MARK: What definitions say of indexes

    private mutating func addChecksAndIndexes(_ model: Model) {
        let name = name(model)
        for property in model.properties {
            let definition = property.definition
            if let check = Enumeration.check(of: property, in: name, typedAs: type(name, property.column)) {
                add(check, to: name)
            }
            if definition.isIndexed {
                add(
                    TableCatalog.Index(
                        name: "\(name.name)_\(property.column)_idx", columns: [.init(name: property.column)],
                        isUnique: definition.isUnique, method: definition.indexMethod ?? "btree"), to: name)
            } else if definition.isUnique {
                addUnique([property.column], to: name)
            }
        }
        for index in model.definition.indexes {
            var columns: [TableCatalog.Index.Column] = []
            for part in index.columns {
                guard let column = column(part.name, of: model) else {
                    problem(
                        .definition, "\(model.name).\(index.name)",
                        "The index \"\(index.name)\" names \"\(part.name)\", which is no property of \(model.name). Name one of: \(model.properties.map(\.name).joined(separator: ", "))."
                    )
                    continue
                }
                columns.append(.init(name: column, isDescending: part.isDescending))
            }
            guard columns.count == index.columns.count, !columns.isEmpty else { continue }
            if index.isConstraint {
                addUnique(columns.map(\.name), to: name, named: index.name)
                continue
            }
            add(
                TableCatalog.Index(
                    name: index.name.identifier, columns: columns, isUnique: index.isUnique,
                    method: index.method?.lowercased() ?? "btree"), to: name, isNamed: true)
        }
    }

    /// The column that a definition means by the name of a property or of a column.
    func column(_ text: String, of model: Model) -> String? {
        model.property(named: text)?.column
    }

    func type(_ table: Catalog.TableName, _ column: String) -> String {
        desired.catalog.tables[table]?.column(column)?.type ?? ""
    }

    // MARK: Adding once, under a name of its own

    mutating func add(_ index: TableCatalog.Index, to table: Catalog.TableName, isNamed: Bool = false) {
        guard let known = desired.catalog.tables[table] else { return }
        if known.indexes.contains(where: { $0.serves(as: index) && !isNamed }) { return }
        if isNamed, known.indexes.contains(index) { return }
        var index = index
        // Names of indexes are those of a schema, and definitions of several models may give the same.
        let name = free(index.name, in: table.schema)
        if name != index.name { index.name = isNamed ? free("\(table.name)_\(index.name)", in: table.schema) : name }
        desired.catalog.tables[table]?.indexes.append(index)
    }

    /// A constraint that a definition gives by name.
    private mutating func addUnique(_ columns: [String], to table: Catalog.TableName, named given: String) {
        guard desired.catalog.tables[table]?.uniques.contains(where: { $0.columns == columns }) == false else { return }
        var name = free(given.identifier, in: table.schema)
        if name != given.identifier { name = free("\(table.name)_\(given)", in: table.schema) }
        desired.catalog.tables[table]?.uniques.append(.init(name: name, columns: columns))
    }

    mutating func addUnique(_ columns: [String], to table: Catalog.TableName) {
        guard let known = desired.catalog.tables[table], !columns.isEmpty, !known.isUnique(columns),
            // What is unique by fewer columns is unique by all.
            known.primaryKey.isEmpty || !Set(known.primaryKey).isSubset(of: columns)
        else { return }
        let name = free("\(table.name)_\(columns.joined(separator: "_"))_key", in: table.schema)
        desired.catalog.tables[table]?.uniques.append(.init(name: name, columns: columns))
    }

    mutating func add(_ check: TableCatalog.Check, to table: Catalog.TableName) {
        guard let known = desired.catalog.tables[table], !known.checks.contains(where: { $0.rule == check.rule }) else {
            return
        }
        var check = check
        check.name = distinct(check.name, from: known.checks.map(\.name))
        desired.catalog.tables[table]?.checks.append(check)
    }

    /// A name that no index, constraint with an index or table of the schema has.
    func free(_ name: String, in schema: String) -> String {
        var taken: Set<String> = []
        for table in desired.catalog.tables.values where table.name.schema == schema {
            taken.insert(table.name.name)
            taken.insert("\(table.name.name)_pkey".identifier)
            taken.formUnion(table.indexes.map(\.name) + table.uniques.map(\.name))
        }
        return distinct(name, from: Array(taken))
    }

    /// The name as PostgreSQL keeps it, with a number where it is taken.
    func distinct(_ name: String, from taken: [String]) -> String {
        var candidate = name.identifier
        var number = 1
        while taken.contains(candidate) {
            let suffix = String(number)
            // A long name gives way at its end.
            var stem = name
            while (stem + suffix).utf8.count > 63 { stem.removeLast() }
            candidate = stem + suffix
            number += 1
        }
        return candidate
    }
}
