// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A model of a checked schema: its table, properties, key, relations and scopes, every name resolved.
public struct Model: Sendable {
    /// Which model of a schema it is.
    public typealias ID = Identifier<Model>

    /// Which of ``Schema/models`` it is.
    public let id: ID
    /// The name.
    public internal(set) var name: String
    /// The plural name, used in REST paths.
    public let plural: String
    /// The table's schema; `public` unless the definition names another.
    public let tableSchema: String
    /// The table, as the database has it.
    public internal(set) var table: String
    /// Whether the model has a table; models that are only embedded have none.
    public internal(set) var isPersisted: Bool
    /// The properties, in the order they are shown in.
    public package(set) var properties: [Property]
    /// The key's properties, in key order; empty for a model without one.
    public internal(set) var primaryKey: [Property.ID]
    /// The relations.
    public internal(set) var relations: [Relation]
    /// Whether unknown properties in data are refused.
    public var strict: Bool { strictness == .refuse }
    /// How data with unknown properties is treated.
    public let strictness: ModelDefinition.Strictness
    /// The definition, with what it inherits; link models that were made have one too.
    public var definition: ModelDefinition { boxedDefinition.value }
    let boxedDefinition: Boxed<ModelDefinition>
    /// The names that are hidden. What a record is embedded with can have members that no property is for: these too.
    package let hiddenNames: Set<String>
    /// The names that are shown at the root only.
    package let protectedNames: Set<String>
    /// Positions by name.
    package let propertyIDs: [String: Property.ID]
    package let relationIDs: [String: Relation.ID]
    /// For a link model that was made: the other name it could have had.
    let alternateName: String?

    /// The property that says when a record was deleted, or that it was; nil where deleted records are gone.
    public var softDelete: Property? { boxedDefinition.value.softDelete.flatMap { property($0) } }

    /// The property that says whose a record is; nil where records are everybody's, and where there is no table.
    public var tenant: Property? {
        guard isPersisted else { return nil }
        return boxedDefinition.value.tenant.flatMap { property($0) }
    }

    /// The property that counts the changes of a record; nil where there is none.
    public var version: Property? { boxedDefinition.value.version.flatMap { property($0) } }

    /// The property called `name`, nil when there is none.
    public func property(_ name: String) -> Property? { propertyIDs[name].map { properties[$0] } }

    /// The relation called `name`, nil when there is none.
    public func relation(_ name: String) -> Relation? { relationIDs[name].map { relations[$0] } }
}
