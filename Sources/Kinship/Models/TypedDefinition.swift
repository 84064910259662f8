// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
public import RelationPlanner

/// What the properties and relations of a typed model are called, which properties of the struct they are, and how they are kept.
///
/// ```swift
/// static let definition = TypedDefinition<Order>("Order", table: "orders") {
///     $0.id("id", \.id)
///     $0.property("placedAt", \.placedAt, column: "placed_at")
///     $0.hasMany("items", \.items, foreignKey: \.orderId)
/// }
/// ```
///
/// It makes the ``ModelDefinition`` that a model file would (``modelDefinition``), for programs without model files.
public struct TypedDefinition<Record: TypedModel>: Sendable {
    /// The model's name.
    public let name: String
    /// Whether the model has properties that the struct doesn't, which are then not fetched.
    public let isPartial: Bool
    var base: ModelDefinition
    var properties: [TypedProperty<Record>] = []
    var relations: [TypedRelation<Record>] = []
    private var propertyIDs: [PathKey: Int] = [:]
    private var relationIDs: [PathKey: Int] = [:]
    /// Properties that are one in the struct, or can't be told apart there.
    private(set) var indistinct: [(String, String)] = []
    private var relationNames: [String: Int] = [:]
    /// Makes a record of a row, of a definition that says how.
    var make: (@Sendable (inout RecordReader) throws -> Record)?
    /// Scopes, made when they are asked for: they may go by way of other models.
    var scopes: [@Sendable (inout ModelDefinition) -> Void] = []

    /// A definition.
    ///
    /// - Parameters:
    ///   - name: the model's name in filters and relations.
    ///   - table: the table; nil for the name in lower case.
    ///   - tableSchema: the table's schema; nil for `public`.
    ///   - plural: the plural; nil for the English one.
    ///   - base: `"Model"` for records that are only embedded.
    ///   - isPartial: whether the model has properties that the struct doesn't, which are then not fetched.
    ///   - describe: its properties and relations.
    public init(
        _ name: String, table: String? = nil, tableSchema: String? = nil, plural: String? = nil,
        base: String = "PersistedModel", isPartial: Bool = false, _ describe: (inout TypedDefinition) -> Void
    ) {
        self.name = name
        self.isPartial = isPartial
        self.base = ModelDefinition(
            name, base: base, plural: plural, tableSchema: tableSchema, table: table, idInjection: false)
        describe(&self)
    }

    // MARK: Properties

    /// The key, or a part of it.
    ///
    /// - Parameters:
    ///   - name: the property's name.
    ///   - path: the struct's property.
    ///   - column: the column; nil for the name in lower case.
    ///   - dataType: PostgreSQL's type; nil for that of the Swift type.
    ///   - position: the place in a key of several properties.
    ///   - isGenerated: whether the database makes the value.
    public mutating func id<Value: PropertyValue>(
        _ name: String, _ path: any KeyPath<Record, Value> & Sendable, column: String? = nil, dataType: String? = nil,
        position: Int = 1, isGenerated: Bool = false
    ) {
        property(name, path, column: column, dataType: dataType) {
            $0.keyPosition = position
            $0.isGenerated = isGenerated
        }
    }

    /// A property.
    ///
    /// - Parameters:
    ///   - name: the property's name in filters and JSON.
    ///   - path: the struct's property. An optional may be NULL, any other is required.
    ///   - column: the column; nil for the name in lower case.
    ///   - dataType: PostgreSQL's type, such as `numeric(12,2)`; nil for that of the Swift type.
    ///   - more: whatever else is to be said: defaults, indexes.
    public mutating func property<Value: PropertyValue>(
        _ name: String, _ path: any KeyPath<Record, Value> & Sendable, column: String? = nil, dataType: String? = nil,
        _ more: (inout PropertyDefinition) -> Void = { _ in }
    ) {
        let key = PathKey(path)
        if let known = propertyIDs[key] { indistinct.append((properties[known].name, name)) }
        propertyIDs[key] = properties.count
        properties.append(
            TypedProperty(
                definition: Self.definition(name, Value.propertyType, column, dataType, more), key: key,
                shown: { $0[keyPath: path].jsonValue },
                written: { (record) throws(CellError) in try record[keyPath: path].storedValue },
                taken: { (json) throws(CellError) in try Value(json: json).storedValue },
                misfit: { Value.isMisfit($0) }, exemplar: { TypedExemplars.value(of: Value.self) }))
    }

    /// A property that never leaves the process, and that the struct doesn't have: it can be written, and not asked about.
    public mutating func hidden<Value: PropertyValue>(
        _ name: String, _ type: Value.Type, column: String? = nil, dataType: String? = nil,
        _ more: (inout PropertyDefinition) -> Void = { _ in }
    ) {
        var definition = Self.definition(name, Value.propertyType, column, dataType, more)
        definition.isHidden = true
        properties.append(
            TypedProperty(
                definition: definition, key: nil, shown: nil, written: nil, taken: nil, misfit: nil,
                exemplar: { TypedExemplars.value(of: Value.self) }))
    }

    private static func definition(
        _ name: String, _ type: PropertyType, _ column: String?, _ dataType: String?,
        _ more: (inout PropertyDefinition) -> Void
    ) -> PropertyDefinition {
        var definition = PropertyDefinition(
            name, type.kind, column: column, dataType: dataType ?? type.dataType, isRequired: !type.isOptional)
        more(&definition)
        return definition
    }

    /// Whatever else a model file can say: settings, hidden relations, scopes as filters.
    ///
    /// ```swift
    /// $0.also {
    ///     $0.softDelete = "deletedAt"
    ///     $0.scope = ["where": ["isDraft": false]]
    /// }
    /// ```
    ///
    /// It comes in when all else has been said, in the order of the calls.
    public mutating func also(_ describe: @escaping @Sendable (inout ModelDefinition) -> Void) {
        scopes.append(describe)
    }

    // MARK: Relations

    @usableFromInline
    mutating func add(_ relation: TypedRelation<Record>) {
        relationIDs[relation.key] = relations.count
        relationNames[relation.name] = relations.count
        relations.append(relation)
    }

    /// Whatever else is to be said of a relation.
    mutating func change<Relation: RelationProperty>(
        _ path: KeyPath<Record, Relation>, _ change: @escaping @Sendable (inout RelationDefinition) -> Void
    ) {
        guard let index = relationIDs[PathKey(path)] else { return }
        let before = relations[index].definition
        relations[index].definition = {
            var definition = before()
            change(&definition)
            return definition
        }
    }

    // MARK: Looking up

    /// The name of a property; of one that isn't defined what nothing is called.
    func name(of path: PartialKeyPath<Record>) -> String {
        propertyIDs[PathKey(path)].map { properties[$0].name } ?? String(describing: path)
    }

    /// The name of a relation; of one that isn't defined what nothing is called.
    func name<Relation: RelationProperty>(ofRelation path: KeyPath<Record, Relation>) -> String {
        relationIDs[PathKey(path)].map { relations[$0].name } ?? String(describing: path)
    }

    /// The same of a relation of any type.
    func relationName(of path: PartialKeyPath<Record>) -> String {
        relationIDs[PathKey(path)].map { relations[$0].name } ?? String(describing: path)
    }

    func relation(_ name: String) -> TypedRelation<Record>? { relationNames[name].map { relations[$0] } }

    /// The names of the struct's properties.
    var shownNames: [String] { properties.filter { $0.key != nil }.map(\.name) }

    /// The names of the key's properties.
    var keyNames: [String] {
        properties.filter { $0.definition.keyPosition != nil }.sorted {
            ($0.definition.keyPosition ?? 0) < ($1.definition.keyPosition ?? 0)
        }.map(\.name)
    }

    // MARK: Definitions

    /// The definition as a model file has it.
    ///
    /// ```swift
    /// let schema = try Schema(definitions: [Customer.definition.modelDefinition, Order.definition.modelDefinition])
    /// ```
    public var modelDefinition: ModelDefinition {
        var definition = base
        definition.properties = properties.map(\.definition)
        definition.relations = relations.map { $0.definition() }
        for describe in scopes { describe(&definition) }
        return definition
    }
}

extension Schema {
    /// A schema of typed models.
    ///
    /// ```swift
    /// let schema = try Schema(models: [Customer.self, Order.self, Item.self])
    /// ```
    ///
    /// - Throws: ``SchemaError`` with all problems at once, as for model files and ``check(models:)``.
    public init(models: [any TypedModel.Type]) throws(SchemaError) {
        func definition<Record: TypedModel>(_ type: Record.Type) -> ModelDefinition {
            Record.definition.modelDefinition
        }
        try self.init(definitions: models.map { definition($0) })
        try check(models: models)
    }
}
