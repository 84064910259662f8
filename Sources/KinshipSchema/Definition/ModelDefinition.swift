// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A model as it is described, in a LoopBack model file or in code: names only, nothing looked up yet.
///
/// ```swift
/// let order = ModelDefinition(
///     "Order",
///     table: "orders",
///     properties: [
///         .id("id"), .number("total", dataType: "numeric(12,2)"), .string("status"),
///     ],
///     relations: [.belongsTo("customer", "Customer"), .hasMany("items", "Item")])
/// let schema = try Schema(definitions: [order, customer, item])
/// ```
///
/// Whatever is left out has LoopBack's default. A definition is checked as far as one file goes; everything that
/// concerns other models is checked by ``Schema/init(definitions:)``.
public struct ModelDefinition: Sendable, Hashable {
    /// How data with unknown properties is treated.
    public enum Strictness: Sendable, Hashable {
        /// Unknown properties are refused.
        case refuse
        /// Unknown properties are dropped.
        case filter
        /// Unknown properties are kept in memory.
        case allow
    }

    /// The name.
    public var name: String
    /// The model this one extends: `PersistedModel`, `Model` or another model of the schema.
    public var base: String
    /// The plural name; nil for the English plural of the name.
    public var plural: String?
    /// The description.
    public var summary: String?
    /// The path in REST; nil for the plural.
    public var httpPath: String?
    /// The table's schema; nil for `public`.
    public var tableSchema: String?
    /// The table; nil for the name in lower case.
    public var table: String?
    /// Whether it is kept in a view, which no migration makes.
    public var isView = false
    /// The properties, in the order they are shown in.
    public var properties: [PropertyDefinition]
    /// The relations.
    public var relations: [RelationDefinition]
    /// The default scope, as a filter.
    public var scope: JSONValue?
    /// The default scope as a function, called once for each request that reads the model, instead of ``scope``.
    public var scopeFunction: ScopeFunction<Void>?
    /// Named scopes, as filters.
    public var scopes: [JSONValue.Member]
    /// Named scopes that are functions of the request's parameters, by name.
    public var scopeFunctions: [String: ScopeFunction<[String: JSONValue]>]
    /// Methods of the program's own: of the model, and of its records.
    public package(set) var methods: [MethodDefinition] = []
    /// Properties that never leave the process.
    public var hidden: [String]
    /// Properties that are shown at the root of a result only.
    public var protected: [String]
    /// Indexes for the migration.
    public var indexes: [IndexDefinition]
    /// Foreign key constraints for the migration.
    public var foreignKeys: [ForeignKeyDefinition]
    /// Whether a model without a key gets a generated number `id`; nil for yes. As in LoopBack `false` doesn't take away the
    /// `id` that comes from a base, and `Model` and `PersistedModel` have one: it is there when the table has the column.
    public var idInjection: Bool?
    /// Whether callers may not give the key on create; nil for "when it is generated".
    public var forceId: Bool?
    /// How data with unknown properties is treated; nil for LoopBack's default.
    public var strict: Strictness?
    /// Properties of the base model that this one doesn't have.
    public var excludeBaseProperties: [String]
    /// Whether PUT replaces records.
    public var replaceOnPUT: Bool?
    /// Whether upserts are validated.
    public var validateUpsert: Bool?
    /// Whether LoopBack makes missing values when records are loaded. Here it has no effect, and is named in the warnings: what is read
    /// is what is stored.
    public var updateOnLoad: Bool?
    /// Whether records are validated.
    public var automaticValidation: Bool?
    /// Whether deleting nothing is an error.
    public var strictDelete: Bool?
    /// The property that says when a record was deleted (`softDelete`), or that it was: deleted records stay, and are not shown.
    public var softDelete: String?
    /// The property that says whose a record is (`tenant`): a session reaches the records of one tenant, and writes no others.
    public var tenant: String?
    /// The property that counts the changes of a record (`version`): a change that names another number than the record's is
    /// refused.
    public var version: String?
    /// Whether missing values are written as NULL.
    public var persistUndefinedAsNull: Bool?
    /// Whether rows without an asked order come in key order (`defaultIdSort`); nil for yes.
    public var defaultIdSort: Bool?
    /// Settings that concern other parts (`acls`, `mixins`, `remoting` …) and custom ones, as they were written.
    public var settings: [JSONValue.Member]
    /// Where an application keeps the model's records; nil when no `model-config.json` says it.
    public var attachment: Attachment?
    /// Whether REST offers the model (`public` of `model-config.json`).
    public var isPublic = true
    /// Whether nobody described it: it has the links of a hasAndBelongsToMany, and nothing else.
    package var isMadeForLinks = false
    /// What `model-config.json` says, which comes in after what is inherited.
    package var configuration: ModelConfiguration.Entry?
    /// The file it was read from, for messages.
    public var file: String?
    /// What was odd but usable.
    public var warnings: [DefinitionWarning]
    /// What is wrong in the file, where the models of several are looked at in spite of it.
    package var problems: [PlannerError] = []
    /// The names of relations that couldn't be read.
    var unreadRelations: [String] = []

    /// A model described in code.
    public init(
        _ name: String, base: String = "PersistedModel", plural: String? = nil, tableSchema: String? = nil,
        table: String? = nil, properties: [PropertyDefinition] = [], relations: [RelationDefinition] = [],
        scope: JSONValue? = nil, scopes: [String: JSONValue] = [:], hidden: [String] = [], protected: [String] = [],
        idInjection: Bool? = nil, strict: Strictness? = nil
    ) {
        self.name = name
        self.base = base
        self.plural = plural
        self.tableSchema = tableSchema
        self.table = table
        self.properties = properties
        self.relations = relations
        self.scope = scope
        self.scopes = scopes.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value) }
        scopeFunctions = [:]
        self.hidden = hidden
        self.protected = protected
        self.idInjection = idInjection
        self.strict = strict
        indexes = []
        foreignKeys = []
        excludeBaseProperties = []
        settings = []
        warnings = []
    }

    /// Adds a named scope that is a function of the request's parameters.
    ///
    /// ```swift
    /// order.addScope("since") { parameters in ["where": ["placedAt": ["gte": parameters["from"] ?? .null]]] }
    /// let graph = try await database.find("Order", scopes: [.named("since", ["from": "2026-01-01"])])
    /// ```
    ///
    /// ``ScopeFunction`` says what it may do.
    public mutating func addScope(
        _ name: String,
        _ body: @escaping @Sendable (_ parameters: [String: JSONValue]) throws(PlannerError) -> JSONValue
    ) {
        scopeFunctions[name] = ScopeFunction(body)
    }
}
