// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Finds what differs between two states.
struct Differ {
    typealias Table = TableCatalog.Table

    /// What there is, after renames.
    var current: TableCatalog
    let desired: DesiredTables
    var known: TableCatalog?
    let facts: [Catalog.TableName: MigrationPlan.TableFacts]
    let allowingLoss: Set<String>
    /// Whether a table goes only when it is named, also one without rows.
    let namesTables: Bool
    var steps: [MigrationStep] = []
    var problems: [MigrationProblem] = []
    var unmanaged: [String] = []
    var suggestions: [MigrationStep] = []
    var refusedChanges: [RefusedChange] = []
    /// The names that facts are known under.
    private var formerNames: [Catalog.TableName: Catalog.TableName] = [:]
    private(set) var created: Set<Catalog.TableName> = []

    init(
        _ current: TableCatalog, _ desired: DesiredTables, _ known: TableCatalog?,
        _ facts: [Catalog.TableName: MigrationPlan.TableFacts], _ allowingLoss: Set<String>, namesTables: Bool
    ) {
        self.current = current
        self.desired = desired
        self.known = known
        self.facts = facts
        self.allowingLoss = allowingLoss
        self.namesTables = namesTables
    }

    mutating func run() {
        let names = desired.catalog.tables.keys.sorted { ($0.schema, $0.name) < ($1.schema, $1.name) }
        let schemas = Set(names.map(\.schema)).union(desired.catalog.types.keys.map(\.schema))
        for schema in schemas.subtracting(current.schemas).sorted() {
            add(.createSchema, to: Catalog.TableName(schema, schema))
        }
        compareTypes()
        for name in names { renameTable(name) }
        for name in names { renameColumns(name) }
        for name in names {
            guard let wanted = desired.catalog.tables[name] else { continue }
            if current.views.contains(name) {
                unmanaged.append("\(name.shown) (view)")
            } else if current.tables[name] != nil {
                dropInvalidIndexes(wanted)
                guard let existing = current.tables[name] else { continue }
                compareColumns(existing, wanted)
                compareKeys(existing, wanted)
                compareIndexes(existing, wanted)
                suggestIndexes(existing, wanted)
                compareChecks(existing, wanted)
            } else {
                create(wanted)
                suggestIndexes(Table(name), wanted)
            }
        }
        for name in names {
            guard let wanted = desired.catalog.tables[name], !current.views.contains(name) else { continue }
            compareForeignKeys(current.tables[name] ?? Table(name), wanted)
        }
        dropTables()
    }

    // MARK: Steps

    /// Whether nobody can be waiting for a table.
    func isPlain(_ table: Catalog.TableName) -> Bool { created.contains(table) || isEmpty(table) }

    /// Whether its changes are written for nobody who waits; a partitioned table has no other way.
    func isWrittenPlainly(_ table: Catalog.TableName) -> Bool {
        isPlain(table) || current.tables[table]?.isPartitioned == true
    }

    func isEmpty(_ table: Catalog.TableName) -> Bool { facts[formerName(table)]?.isEmpty ?? false }

    /// The name that a table has until the plan renames it.
    func formerName(_ table: Catalog.TableName) -> Catalog.TableName { formerNames[table] ?? table }

    mutating func add(
        _ change: MigrationStep.Change, to table: Catalog.TableName, rewrites: Bool = false, scans: Bool = false,
        loss: String? = nil, advice: String? = nil
    ) {
        var step = MigrationStep(
            table: table, change: change,
            statements: StepWriter.statements(change, of: table, isPlain: isWrittenPlainly(table)),
            rewrites: rewrites,
            scans: scans, loss: loss, rows: facts[formerNames[table] ?? table]?.rows,
            probe: isPlain(table) ? nil : StepProbe.query(for: change, of: table), isPlain: isPlain(table),
            waitsFor: locked(by: change, of: table))
        step.advice = advice
        steps.append(step)
    }

    mutating func problem(_ code: MigrationProblem.Code, _ subject: String, _ message: String) {
        problems.append(MigrationProblem(code, subject, message))
    }

    // MARK: Renames

    private mutating func renameTable(_ name: Catalog.TableName) {
        for old in desired.tableRenames[name] ?? [] where current.tables[old] != nil {
            // A table that some model still asks for isn't the one that was renamed.
            guard desired.catalog.tables[old] == nil else { continue }
            guard current.tables[name] == nil else {
                return problem(
                    .renameConflict, name.shown,
                    "Both \"\(old.shown)\" and \"\(name.shown)\" are there. Bring their rows together and drop the old one, or take the hint away."
                )
            }
            add(.renameTable(from: old), to: name)
            current.rename(old, to: name)
            known?.rename(old, to: name)
            formerNames[name] = old
            return
        }
    }

    private mutating func renameColumns(_ name: Catalog.TableName) {
        guard let wanted = desired.catalog.tables[name] else { return }
        for column in wanted.columns {
            let place = DesiredTables.ColumnPlace(table: name, column: column.name)
            for old in desired.columnRenames[place] ?? [] {
                guard let table = current.tables[name], table.column(old) != nil, wanted.column(old) == nil else {
                    continue
                }
                guard table.column(column.name) == nil else {
                    problem(
                        .renameConflict, "\(name.shown).\(column.name)",
                        "Both \"\(old)\" and \"\(column.name)\" are in \(name.shown). Bring their values together and drop the old one, or take the hint away."
                    )
                    break
                }
                add(.renameColumn(old, to: column.name), to: name)
                current.rename(old, to: column.name, in: name)
                known?.rename(old, to: column.name, in: name)
                break
            }
        }
    }

    // MARK: Tables

    mutating func create(_ type: TableCatalog.UserType, _ name: Catalog.TableName) {
        // Nobody can be waiting for it, so it may go with the tables that have columns of it.
        created.insert(name)
        add(.createType(type), to: name)
    }

    private mutating func create(_ wanted: Table) {
        created.insert(wanted.name)
        var table = wanted
        table.indexes = []
        table.foreignKeys = []
        for index in table.uniques.indices {
            table.uniques[index].name = free(table.uniques[index].name, besides: wanted)
        }
        add(.createTable(table), to: wanted.name)
        for index in wanted.indexes {
            let advice = desired.advice[.init(table: wanted.name, column: index.name)]
            var index = index
            index.name = free(index.name, besides: wanted)
            add(.createIndex(index), to: wanted.name, advice: advice)
        }
    }

    private mutating func dropTables() {
        guard let known else { return }
        let gone = known.tables.keys.filter { desired.catalog.tables[$0] == nil && current.tables[$0] != nil }
        for name in gone.sorted(by: { ($0.schema, $0.name) < ($1.schema, $1.name) }) {
            // Tables that refer to each other are taken apart first.
            for key in current.tables[name]?.foreignKeys ?? [] {
                add(.dropForeignKey(key.name), to: name)
            }
            add(.dropTable, to: name, loss: isEmpty(name) ? nil : name.shown)
            guard !allowingLoss.contains(name.shown), !isEmpty(name) || namesTables else { continue }
            if isEmpty(name) {
                problem(
                    .loss, name.shown,
                    "No model has the table \"\(name.shown)\" any more. It has no rows, but may be another program's in the same database: allow it with --allow-loss \(name.shown), or give each program a name of its own with --program."
                )
                continue
            }
            problem(.loss, name.shown, lossMessage(name))
        }
    }

    /// What is lost with a table, and how it is kept where a new one seems to be the same under another name.
    private func lossMessage(_ name: Catalog.TableName) -> String {
        let gone = "No model has the table \"\(name.shown)\" any more"
        guard let new = successor(of: name) else {
            return
                "\(gone); dropping it loses its rows. Allow it with --allow-loss \(name.shown), or say in a model what it was renamed from: \"renamedFrom\"."
        }
        let origin = desired.demands.filter { $0.key.table == new }.map(\.value.origin).min() ?? new.name
        let rename = "--rename \(name.name)=\(origin.prefix { $0 != "." })"
        let written =
            desired.linkTables.contains(new)
            ? "\"throughTable\": \"\(name.name)\" in the relations of both models keeps the table, and \(rename) renames it"
            : "say that it was renamed: \"renamedFrom\": \"\(name.name)\" in the model, or \(rename)"
        return
            "\(gone), and \"\(new.shown)\", which has the same columns, would be made without a row. If they are the same, \(written). If they aren't, --allow-loss \(name.shown) drops it with its rows."
    }

    /// The new table of the schema with the columns of one that goes; nil where there is none, or not one alone.
    private func successor(of name: Catalog.TableName) -> Catalog.TableName? {
        guard let table = current.tables[name] else { return nil }
        let columns = Set(table.columns.map(\.name))
        let alike = created.filter { other in
            other.schema == name.schema
                && desired.catalog.tables[other].map { Set($0.columns.map(\.name)) } == columns
        }
        return alike.count == 1 ? alike.first : nil
    }
}
