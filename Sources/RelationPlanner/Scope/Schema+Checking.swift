// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// Resolves definitions as a whole.
    ///
    /// ```swift
    /// let schema = try Schema(definitions: [customer, order])
    /// ```
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
        self = try ScopedSchema(definitions: definitions, warnings: warnings, leniency: leniency).schema
    }

    /// The schema with the types the database really has, every table and column checked.
    ///
    /// ```swift
    /// let checked = try schema.applying(catalog)
    /// ```
    ///
    /// Models that are only embedded, only a base, or attached nowhere need no table (D38); relations that would need a column
    /// which only such a model gives are left out, with a warning. Scopes are checked again, for their values are bound to the
    /// columns' types.
    ///
    /// - Throws: ``SchemaError`` with all problems: each names model, table, property and remedy.
    public func applying(
        _ catalog: Catalog, missingTables: MissingTables = .problem
    ) throws(SchemaError) -> Schema {
        try ScopedSchema(self, applying: catalog, missingTables: missingTables).schema
    }
}

extension DefinitionReading {
    /// The schema of all that was read, its scopes checked.
    ///
    /// - Parameter catalog: what the database has; nil while that isn't known.
    /// - Throws: ``SchemaError`` with every problem, of files, between them, and with the database.
    package func schema(in catalog: Catalog? = nil) throws(SchemaError) -> Schema {
        try ScopedSchema(self, catalog).schema
    }
}
