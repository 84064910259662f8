// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// The properties and relations of a typed model, to be asked about: the `$0` of a query's closures.
///
/// ```swift
/// database.query(Customer.self).where { $0.age > 21 && $0.orders.some { $0.total > 100 } }
/// ```
@dynamicMemberLookup
public struct Fields<Record: TypedModel>: Sendable {
    init() {}

    /// A property.
    public subscript<Value: PropertyValue>(dynamicMember path: KeyPath<Record, Value>) -> TypedField<Value> {
        TypedField(Record.definition.name(of: path))
    }

    /// A property by its name: one that the struct doesn't have.
    ///
    /// ```swift
    /// database.query(Order.self).where { $0.named("note", as: String?.self) == nil }
    /// ```
    public func named<Value: PropertyValue>(_ name: String, as type: Value.Type) -> TypedField<Value> {
        TypedField(name)
    }

    /// A relation.
    public subscript<Relation: RelationProperty>(
        dynamicMember path: KeyPath<Record, Relation>
    ) -> RelationField<Relation> {
        RelationField([Record.definition.name(ofRelation: path)])
    }
}
