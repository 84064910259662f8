// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Makes models of tables: names first, then properties, then relations in the order of their certainty.
struct Discovery {
    /// A model while it is made.
    struct Draft {
        var model: DiscoveredModels.Model
        var table: TableCatalog.Table
        /// The names of properties by column.
        var names: [String: String] = [:]
        /// Names that are taken, by properties and relations.
        var taken: Set<String> = ["trigger", ""]
        /// Checks that properties say.
        var saidChecks: Set<String> = []
    }

    /// A foreign key between two models.
    struct Key {
        var source: Int
        var target: Int
        var columns: [String]
        var targetColumns: [String]
        var isValid: Bool
        /// What it is about, before clashes of names: `customer`.
        var stem: String
        /// The name of the belongsTo.
        var name = ""
    }

    let catalog: TableCatalog
    let notes: DiscoveryNotes
    let schemas: Set<String>?
    var drafts: [Draft] = []
    var keys: [Key] = []
    var offers: [String] = []
    var losses: [DiscoveryLoss] = []

    init(_ catalog: TableCatalog, _ notes: DiscoveryNotes, _ schemas: Set<String>?) {
        (self.catalog, self.notes, self.schemas) = (catalog, notes, schemas)
    }

    mutating func run() {
        makeModels()
        for index in drafts.indices {
            makeProperties(of: index)
            makeIndexes(of: index)
        }
        makeKeys()
        makeInverses()
        makeLinks()
        makeGuesses()
        makeLosses()
    }

    // MARK: Models

    private mutating func makeModels() {
        var tables = catalog.tables.values.map { (table: $0, isView: false) }
        for view in notes.views {
            var table = TableCatalog.Table(view.name)
            table.columns = view.columns
            tables.append((table, true))
        }
        tables = tables.filter { isWanted($0.table.name) }.sorted {
            ($0.table.name.name, $0.table.name.schema) < ($1.table.name.name, $1.table.name.schema)
        }
        let names = tables.map { RelationWords.modelName(of: $0.table.name.name) }
        var taken: Set<String> = []
        for ((table, isView), plain) in zip(tables, names) {
            // A second schema's name in front where two tables come to the same.
            var name = plain
            if names.filter({ $0 == plain }).count > 1, table.name.schema != "public" {
                name = RelationWords.capitalized(Inflection.camelCase(table.name.schema)) + plain
            }
            name = Self.free(name, beside: taken)
            taken.insert(name)
            var model = DiscoveredModels.Model(name: name, table: table.name, isView: isView)
            model.description = notes.tableComments[table.name]
            model.hasID = !table.primaryKey.isEmpty || table.columns.contains { Inflection.camelCase($0.name) == "id" }
            drafts.append(Draft(model: model, table: table))
        }
    }

    private func isWanted(_ name: Catalog.TableName) -> Bool {
        (schemas?.contains(name.schema) ?? true)
            && !["kinship_migration", "kinship_migration_step"].contains(name.name)
    }

    // MARK: Names

    /// The first of some names that a model has not yet; with a number behind the last one if need be.
    mutating func name(_ candidates: [String], in draft: Int) -> String {
        let name =
            candidates.first { !drafts[draft].taken.contains($0) }
            ?? Self.free(candidates.last ?? "relation", beside: drafts[draft].taken)
        drafts[draft].taken.insert(name)
        return name
    }

    static func free(_ name: String, beside taken: Set<String>) -> String {
        guard taken.contains(name) else { return name }
        var number = 2
        while taken.contains("\(name)\(number)") { number += 1 }
        return "\(name)\(number)"
    }

    /// The name of the property of a column.
    func property(_ column: String, of draft: Int) -> String { drafts[draft].names[column] ?? column }

    /// One property, or a list of several.
    func properties(_ columns: [String], of draft: Int) -> JSONValue {
        let names = columns.map { JSONValue.string(property($0, of: draft)) }
        return names.count == 1 ? names[0] : .array(names)
    }

    mutating func add(_ relation: DiscoveredModels.Relation, to draft: Int) {
        drafts[draft].model.relations.append(relation)
    }
}
