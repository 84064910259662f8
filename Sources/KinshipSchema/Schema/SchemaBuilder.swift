// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Makes a schema of definitions: inheritance, keys, link models and relations, in that order.
///
/// In more files than most types, for each stage needs the drafts as the one before has left them.
package struct SchemaBuilder {
    /// What reads the scopes of a schema, which here are only what is written: it tells what is wrong in them, apart from what
    /// follows from mistakes that are known.
    package typealias ScopeCheck = (Schema, BrokenParts) -> [DefinitionMistake]

    /// A model on its way: its properties grow by what relations imply.
    struct Draft {
        var definition: ModelDefinition
        var properties: [PropertyDraft] = []
        var positions: [String: Int] = [:]
        var primaryKey: [Int] = []
        var alternateName: String?
        var isPersisted = true
        /// Whether it is on the base `Model`, so that only the database knows whether it has a table.
        var isPlain = false

        mutating func add(_ property: PropertyDraft) -> Int {
            positions[property.definition.name] = properties.count
            properties.append(property)
            return properties.count - 1
        }
    }

    /// A property of a draft.
    struct KeyPlace: Hashable {
        var model: Int
        var property: Int
    }

    struct PropertyDraft {
        var definition: PropertyDefinition
        var isImplied = false
        /// The key that a foreign key refers to, which gives it its type.
        var key: KeyPlace?
        /// Whether it refers to keys of several models.
        var refersToMany = false
    }

    var definitions: [ModelDefinition]
    /// What the database has, nil while that isn't known: it decides which models have tables, and of what types keys are.
    let catalog: Catalog?
    var drafts: [Draft] = []
    var indexes: [String: Int] = [:]
    var lowercased: [String: Int] = [:]
    var mistakes: [DefinitionMistake] = []
    var broken = BrokenParts()
    var warnings: [DefinitionWarning] = []

    /// Files of which nothing could be read, by the names of their models.
    private let unread: Set<String>
    private let leftOut: Set<DefinitionMistake.Part>

    let leniency: Leniency

    private init(
        _ definitions: [ModelDefinition], warnings: [DefinitionWarning], _ catalog: Catalog?, leniency: Leniency,
        unread: Set<String>, leftOut: Set<DefinitionMistake.Part>
    ) {
        self.definitions = definitions
        self.warnings = warnings
        self.catalog = catalog
        self.leniency = leniency
        self.unread = unread
        self.leftOut = leftOut
    }

    /// The schema of definitions.
    ///
    /// - Parameters:
    ///   - warnings: what was odd in their files.
    ///   - catalog: what the database has; nil while that isn't known.
    ///   - others: problems that were found before.
    ///   - unread: models that are missing because their files can't be read.
    ///   - check: finds what is wrong in the scopes of a schema that has been made; it is called again where something is left out.
    package static func schema(
        of definitions: [ModelDefinition], warnings: [DefinitionWarning] = [], catalog: Catalog? = nil,
        missingTables: MissingTables = .problem, leniency: Leniency, besides others: [PlannerError] = [],
        unread: Set<String> = [], checkingScopes check: ScopeCheck
    ) throws(SchemaError) -> Schema {
        var leftOut: Set<DefinitionMistake.Part> = []
        var told: [DefinitionWarning] = []
        while true {
            var builder = SchemaBuilder(
                definitions, warnings: warnings, catalog, leniency: leniency, unread: unread, leftOut: leftOut)
            var schema = builder.make()
            schema.leniency = leniency
            schema.missingTables = missingTables
            var mistakes = builder.mistakes
            if let catalog {
                schema.detachLooseModels(catalog)
                let dangling = schema.danglingRelations(catalog)
                guard dangling.isEmpty else {
                    for (relation, reason) in dangling {
                        let source = schema[relation.source]
                        leftOut.insert(.relation(model: source.name, name: relation.name))
                        told.append(
                            DefinitionWarning(
                                .leftOut, "The relation is left out: \(reason).", file: source.definition.file,
                                path: "relations.\(relation.name)", model: source.name, relation: relation.name))
                    }
                    continue
                }
                mistakes += schema.adopt(
                    catalog, missingTables: leniency == .lenient ? .warning : missingTables, builder.broken)
            }
            mistakes += schema.tenantMistakes()
            mistakes += check(schema, builder.broken)
            let vital =
                others + definitions.flatMap(\.problems)
                + mistakes.filter { leniency == .strict || $0.parts == nil }.map(\.error)
            guard vital.isEmpty else { throw SchemaError(vital) }
            for mistake in mistakes where !told.contains(mistake.warning) { told.append(mistake.warning) }
            let parts = leftOut.union(mistakes.flatMap { $0.parts ?? [] })
            if parts == leftOut {
                schema.warnings += told
                return schema
            }
            // Others can hang on what is left out.
            leftOut = parts
        }
    }

    /// Makes what can be made; what can't is in ``mistakes``.
    private mutating func make() -> Schema {
        let given = (definitions: definitions, warnings: warnings)
        addBuiltIns()
        for definition in definitions {
            warnings += definition.warnings
            if definition.updateOnLoad == true { warnings.append(.updateOnLoad(of: definition)) }
            for relation in definition.unreadRelations { broken.relations.insert([definition.name, relation]) }
        }
        mergeInheritance()
        applyConfigurations()
        noteMixins()
        for index in drafts.indices { layOutProperties(index) }
        for index in drafts.indices { checkMethods(index) }
        makeLinkModels()
        for index in drafts.indices { implyKeys(index) }
        judgeTables()
        for index in drafts.indices { checkVisibility(index) }
        let relations = drafts.indices.map { resolveRelations($0) }
        var schema = Schema(
            given.definitions, givenWarnings: given.warnings, models: drafts.indices.map { model($0, relations[$0]) },
            warnings: warnings)
        schema.copies = keptCopies(in: schema)
        schema.noteSharedColumns()
        schema.noteSharedPaths()
        schema.noteSplitLinks()
        return schema
    }

    // MARK: Problems

    /// A mistake in a model: of a relation or property, which can be left out, or of the whole.
    mutating func problem(
        _ draft: Int, _ path: String, _ message: String, property: String? = nil, relation: String? = nil
    ) {
        let definition = drafts[draft].definition
        var parts: [DefinitionMistake.Part]?
        if let relation {
            parts = [.relation(model: definition.name, name: relation)]
            broken.relations.insert([definition.name, relation])
        } else if path == "hidden" || path == "protected" {
            parts = []
        }
        mistakes.append(
            DefinitionMistake(
                error: PlannerError(
                    .invalidDefinition, message, path: path, file: definition.file, model: definition.name,
                    property: property, relation: relation),
                parts: parts))
    }

    private mutating func vital(_ message: String, _ path: String, _ definition: ModelDefinition) {
        mistakes.append(
            DefinitionMistake(
                error: PlannerError(
                    .invalidDefinition, message, path: path, file: definition.file, model: definition.name)))
    }

    /// Whether a model that is missing stands in a file that can't be read, which has been told.
    func isUnread(_ name: String) -> Bool { unread.contains(DefinitionReading.plain(name)) }

    /// Registers a draft under its name.
    mutating func register(_ draft: Draft) -> Int {
        let index = drafts.count
        drafts.append(draft)
        indexes[draft.definition.name] = index
        let lower = draft.definition.name.lowercased()
        if lowercased[lower] == nil { lowercased[lower] = index }
        return index
    }

    // MARK: Inheritance

    private static let rootBases: Set<String> = ["PersistedModel", "Model", "TransientModel"]

    private mutating func mergeInheritance() {
        var byName: [String: ModelDefinition] = [:]
        for definition in definitions {
            if let other = byName[definition.name] {
                vital(
                    "The model \(definition.name) is defined twice\(other.file.map { ", also in \($0)" } ?? ""). Rename one of the two, or remove it.",
                    "name",
                    definition)
            } else {
                byName[definition.name] = definition
            }
        }
        var merged: [String: ModelDefinition] = [:]
        var unknownBases: Set<String> = []
        for definition in definitions where indexes[definition.name] == nil {
            // From the model up to the first ancestor that is merged, then down again.
            var line = [definition]
            var ancestor: ModelDefinition?
            while let current = line.last, !Self.rootBases.contains(current.base) {
                if let known = merged[current.base] {
                    ancestor = known
                    break
                }
                guard let base = byName[current.base] else {
                    for model in line { broken.models.insert(model.name) }
                    if isUnread(current.base) || unknownBases.contains(current.name) { break }
                    unknownBases.insert(current.name)
                    vital(
                        "The base model \"\(current.base)\" doesn't exist.\(Suggestion.text(for: current.base, among: byName.keys)) Add its definition, or use \"PersistedModel\".",
                        "base", current)
                    break
                }
                if line.contains(where: { $0.name == base.name }) {
                    vital("The model extends itself by way of \(current.name).", "base", definition)
                    break
                }
                line.append(base)
            }
            while let current = line.popLast() {
                let result = ancestor.map { current.inheriting($0) } ?? current
                merged[current.name] = result
                ancestor = result
            }
            var draft = Draft(definition: merged[definition.name] ?? definition)
            draft.isPersisted = rootBase(of: definition, byName) != "Model"
            draft.isPlain = !draft.isPersisted
            _ = register(draft)
        }
    }

    /// A definition without what is to be left out.
    func withoutLeftOut(_ definition: ModelDefinition) -> ModelDefinition {
        guard !leftOut.isEmpty else { return definition }
        var definition = definition
        let model = definition.name
        definition.relations.removeAll { leftOut.contains(.relation(model: model, name: $0.name)) }
        definition.properties.removeAll { leftOut.contains(.property(model: model, name: $0.name)) }
        definition.scopes.removeAll { leftOut.contains(.scope(model: model, name: $0.key)) }
        return definition
    }

    private func rootBase(of definition: ModelDefinition, _ byName: [String: ModelDefinition]) -> String {
        var base = definition.base
        for _ in byName {
            guard let next = byName[base] else { break }
            base = next.base
        }
        return base
    }

    // MARK: Properties

    private mutating func layOutProperties(_ index: Int) {
        let definition = drafts[index].definition
        for property in definition.properties {
            if drafts[index].positions[property.name] != nil {
                problem(
                    index, "properties.\(property.name)",
                    "The property is defined twice. Rename one of the two, or remove it.", property: property.name)
                continue
            }
            _ = drafts[index].add(PropertyDraft(definition: property))
        }
        findPrimaryKey(index)
    }

    // MARK: The finished model

    private func model(_ index: Int, _ relations: [Relation]) -> Model {
        let draft = drafts[index]
        let definition = draft.definition
        let hidden = Set(definition.hidden).union(
            draft.properties.lazy.map(\.definition).filter(\.isHidden).map(\.name))
        let protected = Set(definition.protected)
        let properties = draft.properties.enumerated().map { position, property in
            let type = columnType(index, position)
            let kind = kind(of: KeyPlace(model: index, property: position))
            let isKey = draft.primaryKey.contains(position)
            return Property(
                id: Property.ID(position), name: property.definition.name, kind: kind,
                column: property.definition.columnName,
                columnType: type.type, isTypeAssumed: type.isAssumed,
                isNullable: property.definition.isNullable ?? !(isKey || property.definition.isRequired),
                isHidden: hidden.contains(property.definition.name),
                isProtected: protected.contains(property.definition.name),
                isGenerated: property.definition.isGenerated, isRequired: property.definition.isRequired,
                isImplied: property.isImplied, boxedDefinition: .box(property.definition))
        }
        var relations = relations
        for index in relations.indices {
            relations[index].isHidden = hidden.contains(relations[index].name)
            relations[index].isProtected = protected.contains(relations[index].name)
        }
        return Model(
            id: Model.ID(index), name: definition.name, plural: definition.plural ?? Inflection.plural(definition.name),
            tableSchema: definition.schemaName, table: definition.tableName,
            isPersisted: draft.isPersisted, properties: properties,
            primaryKey: draft.primaryKey.map { Property.ID($0) },
            relations: relations, strictness: definition.strict ?? .allow,
            boxedDefinition: .box(definition), hiddenNames: hidden, protectedNames: protected,
            propertyIDs: draft.positions.mapValues { Property.ID($0) },
            relationIDs: Dictionary(relations.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first }),
            alternateName: draft.alternateName)
    }
}
