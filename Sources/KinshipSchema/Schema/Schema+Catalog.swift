// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What happens to models whose table the database doesn't have.
public enum MissingTables: Sendable, Hashable {
    /// They are a problem like any other.
    case problem
    /// They stay as their definitions say, with a warning; asking for them fails at the server.
    case warning
}

extension Schema {
    /// The schema made once more of its definitions, with the types that the database really has when its catalog is given.
    ///
    /// - Parameter check: finds what is wrong in its scopes.
    /// - Throws: ``SchemaError`` with all problems: each names model, table, property and remedy.
    package func remade(
        _ catalog: Catalog?, missingTables: MissingTables, checkingScopes check: SchemaBuilder.ScopeCheck
    ) throws(SchemaError) -> Schema {
        try SchemaBuilder.schema(
            of: definitions, warnings: givenWarnings, catalog: catalog, missingTables: missingTables,
            leniency: leniency, checkingScopes: check)
    }

    /// Takes the columns' types from the database; tells of tables and columns that there are none of.
    mutating func adopt(
        _ catalog: Catalog, missingTables: MissingTables, _ broken: BrokenParts
    ) -> [DefinitionMistake] {
        var mistakes: [DefinitionMistake] = []
        self.catalog = catalog
        if missingTables == .problem, let problem = noTables(in: catalog) { return [DefinitionMistake(error: problem)] }
        for id in models.map(\.id) where models[id].isPersisted {
            findLinkTable(id, catalog)
            let model = models[id]
            guard let table = catalog.table(model.tableSchema, model.table) else {
                if needsNoTable(model) {
                    models[id].isPersisted = false
                    continue
                }
                let message = missingTable(model, catalog)
                if missingTables == .warning {
                    warnings.append(
                        DefinitionWarning(
                            .missingTable, message, file: model.definition.file, path: "postgresql.table",
                            model: model.name))
                } else {
                    mistakes.append(
                        DefinitionMistake(
                            error: PlannerError(
                                .invalidDefinition, message, path: "postgresql.table", file: model.definition.file,
                                model: model.name)))
                }
                continue
            }
            for property in model.properties {
                guard let column = table.columns[property.column] else {
                    mistakes.append(
                        DefinitionMistake(
                            error: missingColumn(property, model, table), parts: partsNeeding(property, of: model)))
                    continue
                }
                models[id].properties[property.id].columnType = column.type
                models[id].properties[property.id].isTypeAssumed = false
                models[id].properties[property.id].isNullable = column.isNullable
            }
        }
        noteKeysThatDiffer()
        noteTypesThatDiffer()
        return mistakes
    }

    /// What can't be without a property: itself, or the relations that it is there for; nil for a key.
    private func partsNeeding(_ property: Property, of model: Model) -> [DefinitionMistake.Part]? {
        guard !model.primaryKey.contains(property.id) else { return nil }
        guard property.isImplied else { return [.property(model: model.name, name: property.name)] }
        var parts: [DefinitionMistake.Part] = []
        for owner in models {
            for relation in owner.relations {
                let link = relation.through
                let keys =
                    (owner.id == model.id ? relation.sourceKey : [])
                    + (relation.target == model.id ? relation.targetKey : [])
                    + (link?.model == model.id ? (link?.sourceKey ?? []) + (link?.targetKey ?? []) : [])
                let isPlace = owner.id == model.id && relation.embedded == property.id
                let holder = link?.model ?? (relation.kind == .belongsTo ? owner.id : relation.target)
                let isDiscriminator = holder == model.id && relation.polymorphic?.discriminator == property.id
                guard keys.contains(property.id) || isPlace || isDiscriminator else { continue }
                parts.append(.relation(model: owner.name, name: relation.name))
            }
        }
        return parts.isEmpty ? nil : parts
    }

    /// The tables that a catalog for this schema has to be asked about: those of the models, and those that link models
    /// which were made could have as well (see ``applying(_:missingTables:)``).
    public var tableNames: [Catalog.TableName] {
        models.flatMap { model in
            [model.table, model.alternateName?.lowercased().identifier].compactMap { $0 }
                .map { Catalog.TableName(model.tableSchema, $0) }
        }
    }

    /// A link model that was made is called after its two models, and which comes first is LoopBack's accident of
    /// loading: the table that exists decides.
    private mutating func findLinkTable(_ id: Model.ID, _ catalog: Catalog) {
        guard let other = models[id].alternateName, modelIDs[other] == nil,
            catalog.table(models[id].tableSchema, models[id].table) == nil,
            catalog.table(models[id].tableSchema, other.lowercased().identifier) != nil
        else { return }
        modelIDs[models[id].name] = nil
        modelIDs[other] = id
        models[id].name = other
        models[id].table = other.lowercased().identifier
    }

    private func missingColumn(_ property: Property, _ model: Model, _ table: Catalog.Table) -> PlannerError {
        let hint = Suggestion.text(for: property.column, among: table.columns.keys)
        let origin = property.isImplied ? " (a relation brought the property in)" : ""
        return PlannerError(
            .invalidDefinition,
            "The column \"\(property.column)\" of \(model.name).\(property.name)\(origin) doesn't exist in the table \"\(table.schema)\".\"\(table.name)\".\(hint) Add the column, or name another one with {\"postgresql\": {\"columnName\": …}}.",
            path: "properties.\(property.name)", file: model.definition.file, model: model.name, property: property.name
        )
    }

    /// Keys of types that PostgreSQL has no `=` for make every join fail at the server.
    private mutating func noteKeysThatDiffer() {
        for model in models {
            for relation in model.relations {
                guard let target = relation.target.map({ models[$0] }), target.isPersisted else { continue }
                if relation.kind == .referencesMany {
                    noteListThatDiffers(relation, of: model, target)
                    continue
                }
                var pairs: [(Property, Property)] = []
                if let through = relation.through {
                    let link = models[through.model].properties
                    pairs += zip(relation.sourceKey, through.sourceKey).map { (model.properties[$0], link[$1]) }
                    pairs += zip(relation.targetKey, through.targetKey).map { (target.properties[$0], link[$1]) }
                } else {
                    pairs += zip(relation.sourceKey, relation.targetKey).map {
                        (model.properties[$0], target.properties[$1])
                    }
                }
                for (one, other) in pairs where !one.columnType.isComparable(with: other.columnType) {
                    warnings.append(
                        DefinitionWarning(
                            .keyMismatch,
                            "The keys of \(model.name).\(relation.name) are \(one.columnType.name) (\(one.name)) and \(other.columnType.name) (\(other.name)), which can't be compared.",
                            file: model.definition.file, path: "relations.\(relation.name)", model: model.name,
                            relation: relation.name))
                }
            }
        }
    }

    /// A list of elements that can't be keys of the target leads nowhere.
    private mutating func noteListThatDiffers(_ relation: Relation, of model: Model, _ target: Model) {
        guard let list = relation.sourceKey.first.map({ model.properties[$0] }),
            let key = relation.targetKey.first.map({ target.properties[$0] }),
            let element = list.columnType.element, !element.isReadableKey,
            !element.isComparable(to: key.columnType)
        else { return }
        warnings.append(
            DefinitionWarning(
                .keyMismatch,
                "The list of \(model.name).\(relation.name) holds \(element.name) (\(list.name)), which can't be read as the key \(key.name) (\(key.columnType.name)) of \(target.name).",
                file: model.definition.file, path: "relations.\(relation.name)", model: model.name,
                relation: relation.name))
    }
}
