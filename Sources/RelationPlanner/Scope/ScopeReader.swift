// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Checks every scope of a schema and keeps what they mean.
struct ScopeReader {
    private let schema: Schema
    /// Where mistakes have been told already.
    private let broken: BrokenParts
    /// What is wrong in them. A named scope can be left out, and so can a relation with its scope, but no default scope: more
    /// would be shown than was meant.
    private(set) var mistakes: [DefinitionMistake] = []

    init(_ schema: Schema, _ broken: BrokenParts) {
        self.schema = schema
        self.broken = broken
    }

    /// The scopes of all models.
    mutating func read() -> [ModelScopes] {
        var scopes: [ModelScopes] = []
        for model in schema.models { scopes.append(read(model)) }
        if mistakes.isEmpty {
            mistakes = ScopedSchema(schema, unproven: scopes).circles().map { DefinitionMistake(error: $0) }
        }
        return scopes
    }

    private mutating func read(_ model: Model) -> ModelScopes {
        let definition = model.definition
        var scopes = ModelScopes()
        scopes.byDefault = check(definition.scope, model, .root, ["scope"], nil, of: model)
        for scope in definition.scopes {
            let parts = [DefinitionMistake.Part.scope(model: model.name, name: scope.key)]
            if let filter = check(scope.value, model, .root, ["scopes", scope.key], parts, of: model) {
                scopes.named.append(NamedScope(name: scope.key, content: .filter(filter)))
            }
        }
        adoptFunctions(of: model, into: &scopes)
        for relation in model.relations { scopes.relations.append(read(relation, of: model)) }
        return scopes
    }

    private mutating func read(_ relation: Relation, of model: Model) -> RelationScopes {
        var scopes = RelationScopes()
        let path = ["relations", relation.name, "scope"]
        let parts = [DefinitionMistake.Part.relation(model: model.name, name: relation.name)]
        if let target = relation.target {
            let position: FilterPosition = relation.isToMany ? .toMany : .toOne
            scopes.targets = check(
                relation.definition.scope, schema.models[target], position, path, parts, of: model, through: relation)
        } else if let json = relation.definition.scope {
            do throws(PlannerError) {
                scopes.types = try schema.typeScopes(json, path, relation, model)
            } catch {
                note(error, parts, model)
            }
        }
        guard let through = relation.through else { return scopes }
        let place = ["relations", relation.name, "through", "scope"]
        scopes.links = check(
            relation.definition.throughScope, schema.models[through.model], .link, place, parts, of: model)
        if let scope = scopes.links, scope.limit != nil || scope.skip != nil || !scope.include.isEmpty {
            note(
                PlannerError(
                    .invalidFilter, "A scope of links can have \"where\" only.", path: place.joined(separator: "."),
                    relation: relation.name), parts, model)
        }
        return scopes
    }

    private mutating func check(
        _ json: JSONValue?, _ target: Model, _ position: FilterPosition, _ path: [String],
        _ parts: [DefinitionMistake.Part]?, of model: Model, through relation: Relation? = nil
    ) -> Filter? {
        guard let json else { return nil }
        do throws(PlannerError) {
            return try schema.scope(json, path, at: target, position, through: relation)
        } catch {
            note(error, parts, model)
            return nil
        }
    }

    private mutating func note(_ error: PlannerError, _ parts: [DefinitionMistake.Part]?, _ model: Model) {
        if broken.explains(error) { return }
        mistakes.append(DefinitionMistake(error: error.inDefinition(model.definition), parts: parts))
    }

    /// Takes over the scopes that are functions, and tells of those that are given in both forms.
    private mutating func adoptFunctions(of model: Model, into scopes: inout ModelScopes) {
        let definition = model.definition
        scopes.defaultFunction = definition.scopeFunction
        if definition.scope != nil, definition.scopeFunction != nil { refuse("scope", of: definition) }
        for (name, function) in definition.scopeFunctions.sorted(by: { $0.key < $1.key }) {
            if definition.scopes.contains(where: { $0.key == name }) { refuse("scopes.\(name)", of: definition) }
            scopes.named.append(NamedScope(name: name, content: .function(function)))
        }
        for relation in model.relations where relation.hasScopeFunction && relation.definition.scope != nil {
            refuse("relations.\(relation.name).scope", of: definition, relation: relation.name)
        }
    }

    private mutating func refuse(_ path: String, of definition: ModelDefinition, relation: String? = nil) {
        mistakes.append(
            DefinitionMistake(
                error: PlannerError(
                    .invalidDefinition, "The scope is given as a filter and as a function; keep one of them.",
                    path: path, file: definition.file, model: definition.name, relation: relation)))
    }
}

extension PlannerError {
    /// A mistake in a scope is one of the definition it stands in.
    func inDefinition(_ definition: ModelDefinition) -> PlannerError {
        var error = self
        error.message = "\(code.rawValue): \(message)"
        error.code = .invalidDefinition
        error.status = PlannerError.Code.invalidDefinition.status
        error.file = definition.file
        error.model = definition.name
        return error
    }
}
