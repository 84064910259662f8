// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// In more files than most types: each question that is asked of all models together is one.

/// A set of models that has been checked as a whole: every relation's target exists, and every key.
///
/// Scopes are in it as they were written; `ScopedSchema` has what they mean.
///
/// ```swift
/// let schema = try Schema(definitions: [customer, order])
/// let filter = try schema.filter(#"{"where": {"total": {"gt": 100}}}"#, for: "Order")
/// ```
public struct Schema: Sendable {
    /// The models, by their ids.
    public internal(set) var models: [Model]
    /// What was odd in the definitions but usable.
    public internal(set) var warnings: [DefinitionWarning]
    /// What the database has, once ``applying(_:missingTables:)`` has been given it.
    public package(set) var catalog: Catalog?
    /// Whether what a request comes to can differ from one time to the next: a default or relation scope is a function.
    public let hasScopeFunctions: Bool
    package var modelIDs: [String: Model.ID]
    /// The copies that are kept right, by the models that have them and by those whose values they are.
    package internal(set) var copies = KeptCopies()
    /// What it was made of.
    package let definitions: [ModelDefinition]
    /// What was odd in their files.
    let givenWarnings: [DefinitionWarning]
    /// What becomes of mistakes in them.
    package var leniency = Leniency.strict
    /// What became of models without their table.
    package var missingTables = MissingTables.problem

    /// Resolves definitions as a whole, and takes their scopes as they are: for programs that look at models and ask nothing.
    /// `Schema(definitions:)` of `RelationPlanner` checks the scopes as well.
    ///
    /// Inheritance is merged, names and keys get LoopBack's defaults, foreign keys that no model lists are added, and link
    /// models of hasAndBelongsToMany are found or made.
    ///
    /// - Parameters:
    ///   - definitions: the models.
    ///   - warnings: what was odd in their files, which comes first in ``warnings``.
    ///   - leniency: whether what doesn't work is left out with a warning.
    /// - Throws: ``SchemaError`` with all problems at once: relations to models that don't exist, keys that don't fit …
    public init(
        uncheckedScopes definitions: [ModelDefinition], warnings: [DefinitionWarning] = [],
        leniency: Leniency = .strict
    ) throws(SchemaError) {
        self = try SchemaBuilder.schema(of: definitions, warnings: warnings, leniency: leniency) { _, _ in [] }
    }

    init(
        _ definitions: [ModelDefinition], givenWarnings: [DefinitionWarning], models: [Model],
        warnings: [DefinitionWarning]
    ) {
        self.definitions = definitions
        self.givenWarnings = givenWarnings
        self.models = models
        self.warnings = warnings
        hasScopeFunctions = models.contains { model in
            model.definition.scopeFunction != nil || model.relations.contains(where: \.hasScopeFunction)
        }
        modelIDs = Dictionary(models.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
    }

    /// The model called `name`, nil when there is none.
    public func model(_ name: String) -> Model? { modelIDs[name].map { models[$0] } }

    /// The model with an id of this schema; one of another schema traps, see ``model(_:)-(Model.ID)``.
    package subscript(id: Model.ID) -> Model { models[id] }

    /// The model a polymorphic belongsTo's row points to, by the type it holds; case doesn't matter (D18). nil for an
    /// unknown type, and for models that can't be such a target.
    public func target(of relation: Relation, type: String) -> Model.ID? {
        guard let targets = relation.polymorphic?.targets else { return nil }
        if let id = modelIDs[type] { return targets.contains(id) ? id : nil }
        let wanted = type.lowercased()
        return targets.first { models.element($0)?.name.lowercased() == wanted }
    }
}
