// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A set of models that has been checked as a whole: every relation's target exists, every key, every scope.
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
    public internal(set) var catalog: Catalog?
    /// Whether what a request comes to can differ from one time to the next: a default or relation scope is a function.
    public internal(set) var hasScopeFunctions = false
    var modelIDs: [String: Model.ID]
    /// What it was made of.
    let definitions: [ModelDefinition]
    /// What was odd in their files.
    let givenWarnings: [DefinitionWarning]
    /// What becomes of mistakes in them.
    var leniency = Leniency.strict

    /// Resolves definitions as a whole.
    ///
    /// Inheritance is merged, names and keys get LoopBack's defaults, foreign keys that no model lists are added, link
    /// models of hasAndBelongsToMany are found or made, and every scope is checked.
    ///
    /// LoopBack's own models (User, AccessToken, Role …) are there where a definition refers to one and none of the name
    /// is given (D38).
    ///
    /// - Parameters:
    ///   - definitions: the models.
    ///   - warnings: what was odd in their files, which comes first in ``warnings``.
    ///   - leniency: whether what doesn't work is left out with a warning, now and when the database is known.
    /// - Throws: ``SchemaError`` with all problems at once: relations to models that don't exist, keys that don't fit,
    ///   scopes that name unknown properties …
    public init(
        definitions: [ModelDefinition], warnings: [DefinitionWarning] = [], leniency: Leniency = .strict
    ) throws(SchemaError) {
        self = try SchemaBuilder.schema(of: definitions, warnings: warnings, leniency: leniency)
    }

    init(
        _ definitions: [ModelDefinition], givenWarnings: [DefinitionWarning], models: [Model],
        warnings: [DefinitionWarning]
    ) {
        self.definitions = definitions
        self.givenWarnings = givenWarnings
        self.models = models
        self.warnings = warnings
        modelIDs = Dictionary(models.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
    }

    /// The model called `name`, nil when there is none.
    public func model(_ name: String) -> Model? { modelIDs[name].map { models[$0] } }

    /// The model with an id of this schema.
    public subscript(id: Model.ID) -> Model { models[id] }

    /// The model a polymorphic belongsTo's row points to, by the type it holds; case doesn't matter (D18). nil for an
    /// unknown type, and for models that can't be such a target.
    public func target(of relation: Relation, type: String) -> Model.ID? {
        guard let targets = relation.polymorphic?.targets else { return nil }
        if let id = modelIDs[type] { return targets.contains(id) ? id : nil }
        let wanted = type.lowercased()
        return targets.first { models[$0].name.lowercased() == wanted }
    }
}
