// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// A typed model whose definition says how a record is made of its properties, so that each is named once.
///
/// ```swift
/// struct Customer: ComposedModel {
///     var id: Int
///     var name: String
///     var born: PostgresDate?
///     var orders = Many<Order>("orders")
///
///     static let definition = TypedDefinition<Customer>(
///         "Customer", .id("id", \.id), .property("name", \.name), .property("born", \.born),
///         making: { Customer(id: $0, name: $1, born: $2) }
///     ) {
///         $0.hasMany("orders", \.orders, foreignKey: \.customerId)
///     }
/// }
/// ```
///
/// It needs no `init(row:)`, and keeps the initializer that Swift gives it. Records take a little longer to be made than by one.
public protocol ComposedModel: TypedModel {}

extension ComposedModel {
    /// Reads a record as the definition says.
    ///
    /// - Throws: as ``TypedModel/init(row:)``; ``ModelError`` `INVALID_MODEL` for a definition that doesn't say how records are made.
    public init(row: inout RecordReader) throws {
        guard let make = Self.definition.make else {
            let name = Self.definition.name
            throw ModelError(
                .invalidModel,
                "The definition of \(name) doesn't say how records are made. Give it the properties and making:, or write init(row:).",
                model: name, type: "\(Self.self)")
        }
        self = try make(&row)
    }
}

/// A property of a ``ComposedModel``: what it is called, and which it is.
public struct ComposedProperty<Record: TypedModel, Value: PropertyValue>: Sendable {
    let name: String
    let add: @Sendable (inout TypedDefinition<Record>) -> Void

    /// The key, or a part of it; see ``TypedDefinition/id(_:_:column:dataType:position:isGenerated:)``.
    public static func id(
        _ name: String, _ path: any KeyPath<Record, Value> & Sendable, column: String? = nil, dataType: String? = nil,
        position: Int = 1, isGenerated: Bool = false
    ) -> ComposedProperty {
        ComposedProperty(name: name) {
            $0.id(name, path, column: column, dataType: dataType, position: position, isGenerated: isGenerated)
        }
    }

    /// A property; see ``TypedDefinition/property(_:_:column:dataType:_:)``.
    public static func property(
        _ name: String, _ path: any KeyPath<Record, Value> & Sendable, column: String? = nil, dataType: String? = nil,
        _ more: @escaping @Sendable (inout PropertyDefinition) -> Void = { _ in }
    ) -> ComposedProperty {
        ComposedProperty(name: name) { $0.property(name, path, column: column, dataType: dataType, more) }
    }
}

extension TypedDefinition {
    /// A definition whose records are made of their properties.
    ///
    /// - Parameters:
    ///   - name: the model's name in filters and relations.
    ///   - table: the table; nil for the name in lower case.
    ///   - tableSchema: the table's schema; nil for `public`.
    ///   - plural: the plural; nil for the English one.
    ///   - base: `"Model"` for records that are only embedded.
    ///   - isPartial: whether the model has properties that the struct doesn't, which are then not fetched.
    ///   - properties: the properties.
    ///   - make: makes a record of their values, in their order.
    ///   - describe: relations, and what else there is.
    public init<each Value: PropertyValue>(
        _ name: String, table: String? = nil, tableSchema: String? = nil, plural: String? = nil,
        base: String = "PersistedModel", isPartial: Bool = false,
        _ properties: repeat ComposedProperty<Record, each Value>,
        making make: @escaping @Sendable (repeat each Value) -> Record,
        _ describe: (inout TypedDefinition) -> Void = { _ in }
    ) where Record: ComposedModel {
        self.init(
            name, table: table, tableSchema: tableSchema, plural: plural, base: base, isPartial: isPartial
        ) { definition in
            for property in repeat each properties { property.add(&definition) }
            describe(&definition)
        }
        self.make = { row in make(repeat try row.next((each properties).name, as: (each Value).self)) }
    }
}
