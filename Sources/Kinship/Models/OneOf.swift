// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What a belongsTo to several models can lead to: an enumeration with a case for each of them.
///
/// ```swift
/// enum Noteable: PolymorphicTarget {
///     case order(Order), customer(Customer)
///     static let types = PolymorphicTypes<Noteable> {
///         $0.type(Order.self, Noteable.order)
///         $0.type(Customer.self, Noteable.customer)
///     }
/// }
/// ```
public protocol PolymorphicTarget: Sendable {
    /// The models, each with its case.
    static var types: PolymorphicTypes<Self> { get }
}

/// The models that a belongsTo to several models can lead to; see ``PolymorphicTarget``.
public struct PolymorphicTypes<Target: PolymorphicTarget>: Sendable {
    /// One of the models.
    struct Kind: Sendable {
        /// Made when it is asked for: models refer to each other.
        let model: @Sendable () -> String
        /// What is read of it, where the model has more than the struct.
        let fields: @Sendable () -> [String]?
        /// Reads all records of a node once.
        let prepare: @Sendable (GraphDecoding, Node.ID) throws -> (Int) throws -> Target
    }

    private(set) var kinds: [Kind] = []

    /// The models of an enumeration.
    public init(_ describe: (inout PolymorphicTypes) -> Void) { describe(&self) }

    /// A model, and the case that has its records.
    public mutating func type<Record: TypedModel>(
        _ type: Record.Type, _ make: @escaping @Sendable (Record) -> Target
    ) {
        kinds.append(
            Kind(
                model: { Record.definition.name },
                fields: { Record.definition.isPartial ? Record.definition.shownNames : nil },
                prepare: { decoding, node in
                    let decode = try decoding.decoder(Record.self, of: node)
                    return { make(try decode($0)) }
                }))
    }

    func kind(of model: String) -> Kind? { kinds.first { $0.model() == model } }
}

/// The record of one of several models that a belongsTo leads to, none, or that it wasn't loaded.
///
/// ```swift
/// struct Note: TypedModel {
///     var noteableId: Int?
///     var noteableType: String?
///     var noteable = OneOf<Noteable>("noteable")
///     static let definition = TypedDefinition<Note>("Note") {
///         $0.belongsTo("noteable", \.noteable, type: \.noteableType, key: \.noteableId)
///     }
/// }
/// let record = try note.noteable.record
/// switch record {
/// case .order(let order): print(order.total)
/// case .customer(let customer): print(customer.name)
/// case nil: print("nothing")
/// }
/// ```
///
/// It is encoded as graphs show it, as the record alone. JSON doesn't say of which model that is, so that it isn't read back.
public struct OneOf<Target: PolymorphicTarget>: Sendable {
    /// A record by reference, so that models may lead to each other and back.
    final class Box: Sendable {
        let target: Target
        init(_ target: Target) { self.target = target }
    }

    private enum State: Sendable {
        case notLoaded(StaticString)
        case loaded(Box?)
    }

    private let state: State

    /// A relation that isn't loaded.
    public init(_ name: StaticString) { state = .notLoaded(name) }

    init(box: Box?) { state = .loaded(box) }

    /// Whether it was loaded.
    public var isLoaded: Bool { if case .loaded = state { true } else { false } }

    /// The record, nil where there is none.
    ///
    /// - Throws: ``ModelError`` `RELATION_NOT_LOADED` that names the include to add.
    public var record: Target? {
        get throws(ModelError) {
            switch state {
            case .loaded(let box): return box?.target
            case .notLoaded(let name): throw .notLoaded(name, "\(Target.self)")
            }
        }
    }

    /// The record, or none; nil where it wasn't loaded.
    public var loaded: Target?? { if case .loaded(let box) = state { .some(box?.target) } else { .none } }

    func write(to encoder: any Encoder) throws {
        guard let loaded else { return }
        var container = encoder.singleValueContainer()
        func write<Record: TypedModel>(_ record: Record) throws { try container.encode(EncodedRecord(record)) }
        guard let target = loaded else { return try container.encodeNil() }
        guard let record = Self.record(of: target) else { return }
        try write(record)
    }

    /// What a case holds.
    static func record(of target: Target) -> (any TypedModel)? {
        Mirror(reflecting: target).children.first?.value as? any TypedModel
    }
}

extension OneOf: Equatable where Target: Equatable {
    /// Whether both have the same record, none, or were not loaded.
    public static func == (one: OneOf, other: OneOf) -> Bool { one.loaded == other.loaded }
}

extension OneOf: Hashable where Target: Hashable {
    /// Hashes the record.
    public func hash(into hasher: inout Hasher) { hasher.combine(loaded) }
}

extension GraphDecoding {
    /// What a belongsTo to several models leads to from a row.
    func oneOf<Target: PolymorphicTarget>(
        _ type: Target.Type, of node: Node.ID, _ name: String
    ) throws -> (Int) throws -> OneOf<Target> {
        let variants = graph.layout.nodes[node.index].variants
        guard !variants.isEmpty else {
            throw ModelError(
                .invalidModel,
                "The relation \"\(name)\" leads to records of one model, and not of several; write One in the struct.",
                relation: name)
        }
        let ways = try variants.map { variant in
            let model = graph.layout.nodes[variant.index].model
            return (
                links: links(of: variant), model: model,
                decode: try Target.types.kind(of: model)?.prepare(self, variant)
            )
        }
        return { parent in
            for way in ways {
                let range = way.links.range(parent)
                if range.isEmpty { continue }
                guard let decode = way.decode else { throw ModelError.noCase(of: way.model, Target.self, name) }
                return OneOf(box: .init(try decode(way.links.row(at: range.lowerBound))))
            }
            return OneOf(box: nil)
        }
    }
}

extension ModelError {
    static func noCase(of model: String, _ type: Any.Type, _ relation: String) -> ModelError {
        ModelError(
            .unreadableValue,
            "The relation \"\(relation)\" leads to a record of \(model), for which \(type) has no case. Add one to its types.",
            model: model, relation: relation, type: "\(type)")
    }
}

extension TypedDefinition {
    /// The target that this model's foreign key points at, of the model that a property names.
    ///
    /// ```swift
    /// $0.belongsTo("noteable", \.noteable, type: \.noteableType, key: \.noteableId)
    /// ```
    public mutating func belongsTo<Target: PolymorphicTarget, Name: PropertyValue, Key: PropertyValue>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, OneOf<Target>> & Sendable,
        type: any KeyPath<Record, Name> & Sendable, key: any KeyPath<Record, Key> & Sendable
    ) {
        toOne(name, path) {
            var definition = RelationDefinition("\(name)", .belongsTo)
            definition.polymorphic = .keys(
                foreignKey: Record.definition.name(of: key), discriminator: Record.definition.name(of: type))
            return definition
        }
    }

    /// A belongsTo to several models, by its definition.
    public mutating func toOne<Target: PolymorphicTarget>(
        _ name: StaticString, _ path: any WritableKeyPath<Record, OneOf<Target>> & Sendable,
        _ definition: @escaping @Sendable () -> RelationDefinition
    ) {
        add(TypedRelation(name, path, definition))
    }
}
