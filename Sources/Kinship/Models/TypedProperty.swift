// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// A property of a typed model: what a definition says of it, and how it is reached.
@usableFromInline
struct TypedProperty<Record: TypedModel>: Sendable {
    let definition: PropertyDefinition
    /// Nil for what the struct doesn't have.
    let key: PathKey?
    /// What JSON shows, and what data are written with.
    let shown: (@Sendable (Record) -> JSONValue)?
    let written: (@Sendable (Record) throws(CellError) -> JSONValue)?
    /// What is written of a value in JSON, which has to be of the property's type; nil for what the struct doesn't have.
    let taken: (@Sendable (JSONValue) throws(CellError) -> JSONValue)?
    /// Whether a column's type can't be read.
    let misfit: (@Sendable (ColumnType) -> Bool)?
    /// A valid value, where the type says one.
    let exemplar: (@Sendable () -> JSONValue?)?

    var name: String { definition.name }
}

/// A relation of a typed model: what a definition says of it, and how it is loaded.
@usableFromInline
struct TypedRelation<Record: TypedModel>: Sendable {
    /// Puts what a relation leads to from a row into the row's record.
    @usableFromInline typealias Setter = (inout Record, Int) throws -> Void

    let name: String
    let key: PathKey
    /// Made when it is asked for: models refer to each other.
    var definition: @Sendable () -> RelationDefinition
    /// Reads all records of a node once.
    let prepare: @Sendable (GraphDecoding, Node.ID) throws -> Setter
    /// Nothing is there.
    let clear: @Sendable (inout Record) -> Void
    /// Whether it was loaded, or numbers about it.
    let isAnswered: @Sendable (Record) -> Bool
    let write: @Sendable (Record, any Encoder) throws -> Void
    let read: @Sendable (inout Record, any Decoder) throws -> Void
    /// Whether a program put it there, and not a query.
    let isGiven: @Sendable (Record) -> Bool
    /// Takes it over from another record.
    let copy: @Sendable (inout Record, Record) -> Void
    /// What is written of its records with their record; nil where there is nothing to be written.
    let data: @Sendable (Record, GraphForm) throws -> JSONValue?
    /// The include that loads what was loaded.
    let include: @Sendable (Record) -> JSONValue?
    /// The model it leads to, and whether to several of its records.
    let target: @Sendable () -> String
    let isToMany: Bool
    /// The models of a belongsTo that leads to one of several; nil for all else.
    let targets: (@Sendable () -> [String])?
    /// What the types of the model it leads to say of values.
    let exemplars: (@Sendable () -> TypedExemplars)?

    @usableFromInline
    init<Relation: RelationProperty>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, Relation> & Sendable, empty: Relation,
        _ definition: @escaping @Sendable () -> RelationDefinition,
        prepare: @escaping @Sendable (GraphDecoding, Node.ID) throws -> Setter
    ) {
        self.name = "\(name)"
        key = PathKey(path)
        self.definition = definition
        self.prepare = prepare
        clear = { $0[keyPath: path] = empty }
        isAnswered = { $0[keyPath: path].isAnswered }
        write = { try $0[keyPath: path].write(to: $1) }
        read = { $0[keyPath: path] = try Relation(from: $1, name) }
        isGiven = { $0[keyPath: path].isGiven }
        copy = { $0[keyPath: path] = $1[keyPath: path] }
        data = { record, form in
            let relation = record[keyPath: path]
            guard form.isKept || relation.isGiven, let targets = relation.targets else { return nil }
            let keys = form.keys(of: Record.definition.name, "\(name)")
            let all = try targets.map { try Relation.Target.definition.graphData(of: $0, form, without: keys) }
            return Relation.self is any ToManyProperty.Type ? .array(all) : all.first ?? .null
        }
        include = { record in
            guard let targets = record[keyPath: path].targets else { return nil }
            return Relation.Target.definition.include("\(name)", of: targets)
        }
        target = { Relation.Target.definition.name }
        isToMany = Relation.self is any ToManyProperty.Type
        targets = nil
        exemplars = { Relation.Target.definition.exemplars }
    }

    /// A belongsTo that leads to records of several models.
    init<Target: PolymorphicTarget>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, OneOf<Target>> & Sendable,
        _ definition: @escaping @Sendable () -> RelationDefinition
    ) {
        let text = "\(name)"
        self.name = text
        key = PathKey(path)
        self.definition = definition
        prepare = { decoding, node in
            let load = try decoding.oneOf(Target.self, of: node, text)
            return { record, row in record[keyPath: path] = try load(row) }
        }
        clear = { $0[keyPath: path] = OneOf(box: nil) }
        isAnswered = { $0[keyPath: path].isLoaded }
        write = { try $0[keyPath: path].write(to: $1) }
        // JSON doesn't say of which model it is.
        read = { _, _ in }
        isGiven = { _ in false }
        copy = { $0[keyPath: path] = $1[keyPath: path] }
        data = { _, _ in nil }
        include = { record in record[keyPath: path].isLoaded ? .string(text) : nil }
        target = { "\(Target.self)" }
        isToMany = false
        targets = { Target.types.kinds.map { $0.model() } }
        exemplars = nil
    }
}
