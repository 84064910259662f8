// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// The tables that a catalog lacks and some model can't do without.
    package func missingTables(in catalog: Catalog) -> [Catalog.TableName] {
        models.filter { isMissing($0, in: catalog) }.map { Catalog.TableName($0.tableSchema, $0.table) }
    }

    private func isMissing(_ model: Model, in catalog: Catalog) -> Bool {
        guard model.isPersisted, !needsNoTable(model) else { return false }
        let names = [model.table, model.alternateName?.lowercased().identifier].compactMap { $0 }
        return names.allSatisfy { catalog.table(model.tableSchema, $0) == nil }
    }

    /// What is wrong when no model has its table: the database or the schema is another one, which one line for each model
    /// would hide.
    func noTables(in catalog: Catalog) -> PlannerError? {
        let missing = missingTables(in: catalog)
        let asked = models.count { $0.isPersisted && !needsNoTable($0) }
        guard missing.count > 1, missing.count == asked else { return nil }
        let names = Set(missing.map(\.name)).sorted()
        let listed = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
        let schemas = Set(missing.map(\.schema)).sorted().map { "\"\($0)\"" }
        let place = schemas.count == 1 ? "the schema \(schemas[0])" : "the schemas \(schemas.joined(separator: ", "))"
        var remedy =
            "Connect to the database that has them, name the schema they are in (tableSchema, for all models), or create them."
        if let other = otherSchema(with: names, in: catalog) {
            remedy = "The schema \"\(other)\" has such tables: name it (tableSchema, for all models)."
        }
        return PlannerError(
            .invalidDefinition,
            "None of the tables of the models are in \(place) of this database: \(listed). \(remedy)")
    }

    /// The schema that has most of some tables, if it has at least half of them.
    private func otherSchema(with names: [String], in catalog: Catalog) -> String? {
        var counts: [String: Int] = [:]
        for table in catalog.otherTables where names.contains(table.name) { counts[table.schema, default: 0] += 1 }
        let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
        return most.flatMap { $0.value * 2 >= names.count ? $0.key : nil }
    }

    func missingTable(_ model: Model, _ catalog: Catalog) -> String {
        let tables = Array(catalog.tables.keys) + catalog.otherTables
        // What is another model's table isn't meant.
        let taken = Set(models.map { Catalog.TableName($0.tableSchema, $0.table) })
        let names = tables.filter { $0.schema == model.tableSchema && !taken.contains($0) }.map(\.name)
        var hint = Suggestion.text(for: model.table, among: names)
        if hint.isEmpty, let other = tables.filter({ $0.name == model.table }).map(\.schema).min() {
            hint = " The schema \"\(other)\" has one of that name."
        }
        return
            "The table \"\(model.tableSchema)\".\"\(model.table)\" of \(model.name) doesn't exist.\(hint) Create it, or name another one with {\"postgresql\": {\"schema\": …, \"table\": …}}."
    }
}
