// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// In more files than most types: each place that scopes are merged in is one.

/// A schema and what its scopes mean: the only home of the filters that belong to models and relations.
///
/// ```swift
/// let scoped = try ScopedSchema(definitions: [customer, order])
/// let filter = try scoped.schema.filter(#"{"where": {"total": {"gt": 100}}}"#, for: "Order")
/// let tree = try scoped.resolved(filter, for: order.id)  // every scope that applies is merged in
/// ```
///
/// ``Schema`` has scopes as they were written; here each has been checked like a filter. `Database` makes one when it is opened.
public struct ScopedSchema: Sendable {
    /// The models.
    public let schema: Schema
    /// By model.
    let scopes: [ModelScopes]
    /// Which records may be reached, where the program decides that.
    package var access: AccessConditions?
    /// What who asks may be shown of related records; nil for everything.
    package var related: RelatedAccess?
    /// Whose records are reached; nil where no model has tenants. Nobody's, until it is said.
    package internal(set) var tenancy: Tenancy?
    /// Whether what is planned with it is one request's alone. What a tenant's request comes to is never kept by the request: only plans
    /// are, which have no values.
    package var isOwn: Bool { related != nil || tenancy != nil || access?.isOwn == true }

    /// Resolves definitions as a whole, and checks every scope.
    ///
    /// - Parameters:
    ///   - definitions: the models.
    ///   - warnings: what was odd in their files, which comes first in the schema's.
    ///   - leniency: whether what doesn't work is left out with a warning, now and when the database is known.
    /// - Throws: ``SchemaError`` with all problems at once, of the models and of their scopes.
    public init(
        definitions: [ModelDefinition], warnings: [DefinitionWarning] = [], leniency: Leniency = .strict
    ) throws(SchemaError) {
        try self.init { (check) throws(SchemaError) in
            try SchemaBuilder.schema(of: definitions, warnings: warnings, leniency: leniency, checkingScopes: check)
        }
    }

    /// Checks the scopes of a schema.
    ///
    /// - Throws: ``SchemaError`` with all problems.
    public init(_ schema: Schema) throws(SchemaError) {
        try self.init { (check) throws(SchemaError) in
            try schema.remade(schema.catalog, missingTables: schema.missingTables, checkingScopes: check)
        }
    }

    /// The schema with the types the database really has, every table and column checked; see
    /// ``Schema/applying(_:missingTables:)``.
    ///
    /// - Throws: ``SchemaError`` with all problems: each names model, table, property and remedy.
    public init(
        _ schema: Schema, applying catalog: Catalog, missingTables: MissingTables = .problem
    ) throws(SchemaError) {
        try self.init { (check) throws(SchemaError) in
            try schema.remade(catalog, missingTables: missingTables, checkingScopes: check)
        }
    }

    /// What was read of several files, in the database of a catalog where there is one.
    package init(_ reading: DefinitionReading, _ catalog: Catalog? = nil) throws(SchemaError) {
        try self.init { (check) throws(SchemaError) in try reading.schema(in: catalog, checkingScopes: check) }
    }

    /// The scopes are those of the schema that was made last: what is left out of one makes another.
    private init(
        _ make: (_ check: SchemaBuilder.ScopeCheck) throws(SchemaError) -> Schema
    ) throws(SchemaError) {
        var scopes: [ModelScopes] = []
        schema = try make { schema, broken in
            var reader = ScopeReader(schema, broken)
            scopes = reader.read()
            return reader.mistakes
        }
        self.scopes = scopes
        tenancy = Tenancy(schema)
    }

    /// Scopes that are being read.
    init(_ schema: Schema, unproven scopes: [ModelScopes]) {
        self.schema = schema
        self.scopes = scopes
    }

    /// The schema with the types the database really has; see ``Schema/applying(_:missingTables:)``.
    ///
    /// - Throws: ``SchemaError`` with all problems.
    public func applying(
        _ catalog: Catalog, missingTables: MissingTables = .problem
    ) throws(SchemaError) -> ScopedSchema {
        try ScopedSchema(schema, applying: catalog, missingTables: missingTables)
    }

    /// The scopes of a model.
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL` for an id of another schema that this one has no model for.
    public func scopes(of model: Model.ID) throws(PlannerError) -> ModelScopes {
        scopes[try schema.model(model).id.index]
    }

    /// The scopes of a relation; those it gets from a function aren't among them.
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL` or `UNKNOWN_RELATION` for a relation of another schema.
    public func scopes(of relation: Relation) throws(PlannerError) -> RelationScopes {
        written(try schema.known(relation))
    }

    /// The scopes of a relation of this schema, as they are written.
    func written(_ relation: Relation) -> RelationScopes { scopes[relation.source.index].relations[relation.id.index] }
}
