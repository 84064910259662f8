// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension TypedDefinition {
    /// Targets whose foreign key points here; with `through` by way of links.
    ///
    /// ```swift
    /// $0.hasMany("orders", \.orders, foreignKey: "customerId")
    /// $0.hasMany("patients", \.patients, foreignKey: "physicianId", through: "Appointment", keyThrough: "patientId")
    /// ```
    @inlinable
    public mutating func hasMany<Target: TypedModel>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, Many<Target>> & Sendable, foreignKey: String? = nil,
        through: String? = nil, keyThrough: String? = nil
    ) {
        toMany(name, path) {
            .hasMany(
                "\(name)", Target.definition.name, foreignKey: foreignKey, through: through, keyThrough: keyThrough)
        }
    }

    /// Targets whose foreign key points here, by the target's property.
    @inlinable
    public mutating func hasMany<Target: TypedModel, Key: PropertyValue>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, Many<Target>> & Sendable,
        foreignKey: any KeyPath<Target, Key> & Sendable
    ) {
        toMany(name, path) {
            .hasMany("\(name)", Target.definition.name, foreignKey: Target.definition.propertyName(foreignKey))
        }
    }

    /// Targets by way of links, by the keys of the link model.
    ///
    /// ```swift
    /// $0.hasMany("books", \.books, through: Authorship.self, from: \.authorId, to: \.bookId)
    /// ```
    @inlinable
    public mutating func hasMany<Target: TypedModel, Link: TypedModel, Own: PropertyValue, Other: PropertyValue>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, Many<Target>> & Sendable, through link: Link.Type,
        from own: any KeyPath<Link, Own> & Sendable, to other: any KeyPath<Link, Other> & Sendable
    ) {
        toMany(name, path) {
            .hasMany(
                "\(name)", Target.definition.name, foreignKey: Link.definition.propertyName(own),
                through: Link.definition.name, keyThrough: Link.definition.propertyName(other))
        }
    }

    /// Targets with the links that lead to them, by the keys of the link model.
    ///
    /// ```swift
    /// $0.hasMany("books", \.books, from: \.authorId, to: \.bookId)
    /// ```
    @inlinable
    public mutating func hasMany<Target: TypedModel, Link: TypedModel, Own: PropertyValue, Other: PropertyValue>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, Linked<Target, Link>> & Sendable,
        from own: any KeyPath<Link, Own> & Sendable, to other: any KeyPath<Link, Other> & Sendable
    ) {
        toMany(name, path) {
            .hasMany(
                "\(name)", Target.definition.name, foreignKey: Link.definition.propertyName(own),
                through: Link.definition.name, keyThrough: Link.definition.propertyName(other))
        }
    }

    /// A many-to-many relation of any kind, with the links.
    @inlinable
    public mutating func toMany<Target: TypedModel, Link: TypedModel>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, Linked<Target, Link>> & Sendable,
        _ definition: @escaping @Sendable () -> RelationDefinition
    ) {
        add(
            TypedRelation(name, path, empty: Linked(loaded: []), definition) { decoding, node in
                let load = try decoding.linked(Linked<Target, Link>.self, of: node, name)
                return { record, row in record[keyPath: path] = try load(row) }
            })
    }

    /// Targets by way of links whose model is found or made.
    @inlinable
    public mutating func hasAndBelongsToMany<Target: TypedModel>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, Many<Target>> & Sendable, through: String? = nil
    ) {
        toMany(name, path) { .hasAndBelongsToMany("\(name)", Target.definition.name, through: through) }
    }

    /// Targets by a list of their keys.
    @inlinable
    public mutating func referencesMany<Target: TypedModel>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, Many<Target>> & Sendable, foreignKey: String? = nil
    ) {
        toMany(name, path) {
            var definition = RelationDefinition("\(name)", .referencesMany, model: Target.definition.name)
            definition.foreignKey = foreignKey.map { [$0] } ?? []
            return definition
        }
    }

    /// Records inside the model's own row.
    @inlinable
    public mutating func embedsMany<Target: TypedModel>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, Many<Target>> & Sendable, property: String? = nil
    ) {
        toMany(name, path) {
            var definition = RelationDefinition("\(name)", .embedsMany, model: Target.definition.name)
            definition.property = property
            return definition
        }
    }

    /// The one record inside the model's own row.
    @inlinable
    public mutating func embedsOne<Target: TypedModel>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, One<Target>> & Sendable, property: String? = nil
    ) {
        toOne(name, path) {
            var definition = RelationDefinition("\(name)", .embedsOne, model: Target.definition.name)
            definition.property = property
            return definition
        }
    }

    /// The target that this model's foreign key points at.
    @inlinable
    public mutating func belongsTo<Target: TypedModel>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, One<Target>> & Sendable, foreignKey: String? = nil
    ) {
        toOne(name, path) { .belongsTo("\(name)", Target.definition.name, foreignKey: foreignKey) }
    }

    /// The target that this model's foreign key points at, by the property.
    @inlinable
    public mutating func belongsTo<Target: TypedModel, Key: PropertyValue>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, One<Target>> & Sendable,
        foreignKey: any KeyPath<Record, Key> & Sendable
    ) {
        toOne(name, path) {
            .belongsTo("\(name)", Target.definition.name, foreignKey: Record.definition.propertyName(foreignKey))
        }
    }

    /// The one target whose foreign key points here.
    @inlinable
    public mutating func hasOne<Target: TypedModel>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, One<Target>> & Sendable, foreignKey: String? = nil
    ) {
        toOne(name, path) { .hasOne("\(name)", Target.definition.name, foreignKey: foreignKey) }
    }

    /// The one target whose foreign key points here, by the target's property.
    @inlinable
    public mutating func hasOne<Target: TypedModel, Key: PropertyValue>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, One<Target>> & Sendable,
        foreignKey: any KeyPath<Target, Key> & Sendable
    ) {
        toOne(name, path) {
            .hasOne("\(name)", Target.definition.name, foreignKey: Target.definition.propertyName(foreignKey))
        }
    }

    /// A to-many relation of any kind.
    @inlinable
    public mutating func toMany<Target: TypedModel>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, Many<Target>> & Sendable,
        _ definition: @escaping @Sendable () -> RelationDefinition
    ) {
        add(
            TypedRelation(name, path, empty: Many(loaded: []), definition) { decoding, node in
                let load = try decoding.many(Target.self, of: node, name)
                return { record, row in record[keyPath: path] = try load(row) }
            })
    }

    /// A to-one relation of any kind.
    @inlinable
    public mutating func toOne<Target: TypedModel>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, One<Target>> & Sendable,
        _ definition: @escaping @Sendable () -> RelationDefinition
    ) {
        add(
            TypedRelation(name, path, empty: One(box: nil), definition) { decoding, node in
                let load = try decoding.one(Target.self, of: node)
                return { record, row in record[keyPath: path] = try load(row) }
            })
    }

    /// The name of a property, for other definitions.
    @usableFromInline
    func propertyName<Key>(_ path: KeyPath<Record, Key>) -> String { name(of: path) }
}
