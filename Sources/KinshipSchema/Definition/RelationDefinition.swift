// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A relation as it is described; what is nil or empty has LoopBack's default.
public struct RelationDefinition: Sendable, Hashable {
    /// How a polymorphic relation's discriminator and key are named.
    public enum Polymorphic: Sendable, Hashable {
        /// `polymorphic: true`: after the relation.
        case automatic
        /// `polymorphic: "imageable"`: `imageableId` and `imageableType`.
        case selector(String, idType: String? = nil)
        /// Both named.
        case keys(foreignKey: String, discriminator: String, idType: String? = nil)
    }

    /// Which values of one record are copied to the other when records are made through the relation.
    public struct Copy: Sendable, Hashable {
        /// The property the value is taken from.
        public var from: String
        /// The property it is written to.
        public var to: String

        /// A property of each side.
        public init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }

    /// The relation's name.
    public var name: String
    /// The kind; `hasMany` becomes ``RelationKind/hasManyThrough`` by ``through``.
    public var kind: RelationKind
    /// The target; nil when the relation's name is the target's.
    public var model: String?
    /// The properties of the foreign key.
    public var foreignKey: [String] = []
    /// The properties it refers to, when they are not the key.
    public var primaryKey: [String] = []
    /// The link model.
    public var through: String?
    /// A link model of a hasAndBelongsToMany that is made when there is none of the name.
    public var throughTable: String?
    /// The properties of the link model that point at the target.
    public var keyThrough: [String] = []
    /// The scope of the links.
    public var throughScope: JSONValue?
    /// What is copied to links.
    public var throughProperties: [Copy] = []
    /// Set for relations to or from models of several types.
    public var polymorphic: Polymorphic?
    /// The reverse side of a polymorphic through relation.
    public var invert = false
    /// The key property on the targets of a polymorphic belongsTo.
    public var idName: String?
    /// Where an embedded object or list is kept.
    public var property: String?
    /// Its column, when the model doesn't list the property.
    public var propertyDefinition: PropertyDefinition?
    /// The relation's own scope, as a filter.
    public var scope: JSONValue?
    /// The relation's own scope as a function of the record it starts from (D11), instead of ``scope``.
    public var scopeFunction: ScopeFunction<ParentRecord>?
    /// What is copied to targets.
    public var properties: [Copy] = []
    /// What is written into records that are made through the relation, as a function; nil where ``properties`` says it, or nothing.
    public var propertiesFunction: PropertiesFunction?
    /// `options.invertProperties`: copied from the target instead.
    public var invertProperties = false
    /// `sync`: what ``properties`` and ``throughProperties`` copy is kept right when the source changes.
    public var sync = false
    /// `options.embedsProperties`.
    public var embedsProperties = false
    /// `options.disableInclude`.
    public var includeDisabled = false
    /// `options.nestRemoting`.
    public var nestRemoting = false
    /// `options.http.path`.
    public var httpPath: String?
    /// `default` of an embedsOne: `true` or an object.
    public var defaultValue: JSONValue?
    /// `options.belongsTo` of an embedsMany: the embedded model's relation that links point through.
    public var embeddedBelongsTo: String?
    /// `options.validate`, `persistent`, `forceId`, `prepend`, `omitDefaultEmbeddedItem` … as they were written.
    public var options: [JSONValue.Member] = []
    /// Methods of the program's own, of a relation to many.
    public package(set) var scopeMethods: [MethodDefinition] = []
    /// Methods of the program's own, of a relation to one.
    public package(set) var methods: [MethodDefinition] = []

    /// Takes back what `options` said.
    mutating func dropOptions() {
        (includeDisabled, nestRemoting, invertProperties, embedsProperties) = (false, false, false, false)
        (embeddedBelongsTo, httpPath, propertyDefinition, options) = (nil, nil, nil, [])
    }

    /// A relation with its defaults.
    public init(_ name: String, _ kind: RelationKind, model: String? = nil) {
        self.name = name
        self.kind = kind
        self.model = model
    }

    /// The relation with a scope that is a function of the record it starts from (D11).
    ///
    /// ```swift
    /// let relation = RelationDefinition.hasMany("offers", "Offer").scoped { parent in
    ///     ["where": ["currency": parent["currency"]]]
    /// }
    /// ```
    public func scoped(
        by body: @escaping @Sendable (_ parent: ParentRecord) throws(PlannerError) -> JSONValue
    ) -> RelationDefinition {
        var relation = self
        relation.scopeFunction = ScopeFunction(body)
        return relation
    }

    /// A relation of the source's foreign key to one target.
    public static func belongsTo(
        _ name: String, _ model: String, foreignKey: String? = nil, primaryKey: String? = nil
    ) -> RelationDefinition {
        var relation = RelationDefinition(name, .belongsTo, model: model)
        relation.foreignKey = foreignKey.map { [$0] } ?? []
        relation.primaryKey = primaryKey.map { [$0] } ?? []
        return relation
    }

    /// A relation to the targets whose foreign key points here.
    public static func hasMany(
        _ name: String, _ model: String, foreignKey: String? = nil, primaryKey: String? = nil,
        through: String? = nil, keyThrough: String? = nil, scope: JSONValue? = nil
    ) -> RelationDefinition {
        var relation = RelationDefinition(name, through == nil ? .hasMany : .hasManyThrough, model: model)
        relation.foreignKey = foreignKey.map { [$0] } ?? []
        relation.primaryKey = primaryKey.map { [$0] } ?? []
        relation.through = through
        relation.keyThrough = keyThrough.map { [$0] } ?? []
        relation.scope = scope
        return relation
    }

    /// A relation to the one target whose foreign key points here.
    public static func hasOne(
        _ name: String, _ model: String, foreignKey: String? = nil, primaryKey: String? = nil
    ) -> RelationDefinition {
        var relation = RelationDefinition(name, .hasOne, model: model)
        relation.foreignKey = foreignKey.map { [$0] } ?? []
        relation.primaryKey = primaryKey.map { [$0] } ?? []
        return relation
    }

    /// A many-to-many relation whose link model is found or made.
    public static func hasAndBelongsToMany(
        _ name: String, _ model: String, through: String? = nil
    ) -> RelationDefinition {
        var relation = RelationDefinition(name, .hasAndBelongsToMany, model: model)
        relation.through = through
        return relation
    }
}
