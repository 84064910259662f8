// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// The records that a to-many relation leads to, or that they weren't loaded.
///
/// ```swift
/// struct Customer: TypedModel {
///     var orders = Many<Order>("orders")
///     …
/// }
/// let customers = try await database.query(Customer.self).include(\.orders).all()
/// for order in try customers[0].orders.records { print(order.total) }
/// ```
///
/// Reading what wasn't included throws; nothing is ever fetched by reading.
public struct Many<Target: TypedModel>: ToManyProperty {
    @usableFromInline enum State: Sendable {
        case notLoaded(StaticString)
        case loaded([Target])
        /// Put there by a program.
        case given([Target])
        /// Numbers, and the records where they were asked for too.
        case summarized(RelationSummary, [Target]?)
    }

    @usableFromInline let state: State

    /// A relation that isn't loaded.
    ///
    /// - Parameter name: the relation's name, for the error of reading it.
    public init(_ name: StaticString) { state = .notLoaded(name) }

    /// A relation that is loaded.
    public init(_ records: [Target]) { state = .given(records) }

    /// What a query loaded.
    @inlinable init(loaded records: [Target]) { state = .loaded(records) }

    @usableFromInline
    init(_ summary: RelationSummary, _ records: [Target]?) { state = .summarized(summary, records) }

    /// Whether the records were loaded.
    public var isLoaded: Bool {
        switch state {
        case .loaded, .given, .summarized(_, .some): true
        case .notLoaded, .summarized(_, nil): false
        }
    }

    /// Whether the records were loaded, or numbers about them.
    public var isAnswered: Bool { if case .notLoaded = state { false } else { true } }

    /// Whether a program put the records there, and not a query.
    public var isGiven: Bool { if case .given = state { true } else { false } }

    /// The records, in the order asked for.
    ///
    /// - Throws: ``ModelError`` `RELATION_NOT_LOADED` that names the include to add.
    public var records: [Target] {
        get throws(ModelError) {
            switch state {
            case .loaded(let records), .given(let records), .summarized(_, let records?): return records
            case .notLoaded(let name): throw .notLoaded(name, Target.definition.name)
            case .summarized(let summary, nil):
                throw .notLoaded(summary.relation ?? "", Target.definition.name, isSummarized: true)
            }
        }
    }

    /// How many there are: as counted by the server where that was asked for, else how many were loaded.
    ///
    /// - Throws: ``ModelError`` `RELATION_NOT_LOADED`.
    public var count: Int {
        get throws(ModelError) {
            if case .summarized(let summary, let records) = state {
                if let count = summary.count { return count }
                if let records { return records.count }
                throw summary.notAsked("count")
            }
            return try records.count
        }
    }

    /// The sum of a property over the records.
    ///
    /// ```swift
    /// let customers = try await database.query(Customer.self).include(\.orders, count: true, sum: [\.total]).all()
    /// let total = try customers[0].orders.sum(\.total)
    /// ```
    ///
    /// - Returns: nil without records.
    /// - Throws: ``ModelError`` `RELATION_NOT_LOADED` when it wasn't asked for, `UNREADABLE_VALUE` for a sum that the
    ///   property's type can't hold.
    public func sum<Value: PropertyValue>(_ property: KeyPath<Target, Value>) throws(ModelError) -> Value? {
        try value(.sum, Target.definition.name(of: property))
    }

    /// The sum of an optional property over the records that have a value; see ``sum(_:)``.
    public func sum<Value: PropertyValue>(_ property: KeyPath<Target, Value?>) throws(ModelError) -> Value? {
        try value(.sum, Target.definition.name(of: property))
    }

    /// The sum of a property as a type that can hold it, where the property's own is too narrow.
    ///
    /// ```swift
    /// let customers = try await database.query(Order.self).include(\.items, count: true, sum: [\.quantity]).all()
    /// let quantity = try customers[0].items.sum(\.quantity, as: Int64.self)
    /// ```
    ///
    /// - Throws: as ``sum(_:)``.
    public func sum<Value: PropertyValue>(
        _ property: PartialKeyPath<Target>, as type: Value.Type
    ) throws(ModelError) -> Value? {
        try value(.sum, Target.definition.name(of: property))
    }

    /// The least value of an optional property; see ``sum(_:)``.
    public func min<Value: PropertyValue>(_ property: KeyPath<Target, Value?>) throws(ModelError) -> Value? {
        try value(.min, Target.definition.name(of: property))
    }

    /// The greatest value of an optional property; see ``sum(_:)``.
    public func max<Value: PropertyValue>(_ property: KeyPath<Target, Value?>) throws(ModelError) -> Value? {
        try value(.max, Target.definition.name(of: property))
    }

    /// The least value of a property; see ``sum(_:)``.
    public func min<Value: PropertyValue>(_ property: KeyPath<Target, Value>) throws(ModelError) -> Value? {
        try value(.min, Target.definition.name(of: property))
    }

    /// The greatest value of a property; see ``sum(_:)``.
    public func max<Value: PropertyValue>(_ property: KeyPath<Target, Value>) throws(ModelError) -> Value? {
        try value(.max, Target.definition.name(of: property))
    }

    /// The mean of a property, as `Double`, `Decimal` or another type that reads it; see ``sum(_:)``.
    public func average<Value: PropertyValue>(
        _ property: PartialKeyPath<Target>, as type: Value.Type = Double.self
    ) throws(ModelError) -> Value? {
        try value(.avg, Target.definition.name(of: property))
    }

    private func value<Value: PropertyValue>(_ function: Aggregate, _ property: String) throws(ModelError) -> Value? {
        switch state {
        case .summarized(let summary, _): try summary.value(function, property)
        case .notLoaded(let name): throw .notLoaded(name, Target.definition.name)
        case .loaded, .given:
            throw ModelError(
                .relationNotLoaded,
                "The \(function.rawValue) of \(Target.definition.name).\(property) wasn't asked for. Add it to the include.",
                model: Target.definition.name, property: property)
        }
    }

    /// Writes the records as a list; with numbers as an object of these.
    public func write(to encoder: any Encoder) throws {
        switch state {
        case .notLoaded: break
        case .loaded(let records), .given(let records): try Self.write(records, to: encoder)
        case .summarized(let summary, let records):
            var container = encoder.container(keyedBy: NameKey.self)
            for member in summary.json { try container.encode(member.value, forKey: NameKey(member.key)) }
            if let records { try Self.write(records, to: container.superEncoder(forKey: NameKey("rows"))) }
        }
    }

    private static func write(_ records: [Target], to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for record in records { try container.encode(EncodedRecord(record)) }
    }

    /// Reads a list, or numbers about it.
    public init(from decoder: any Decoder, _ name: StaticString) throws {
        if var list = try? decoder.unkeyedContainer() {
            state = .loaded(try Self.records(&list))
            return
        }
        let container = try decoder.container(keyedBy: NameKey.self)
        let summary = try RelationSummary(from: container, name, of: Target.definition.name)
        let rows = NameKey("rows")
        guard container.contains(rows) else {
            state = .summarized(summary, nil)
            return
        }
        var list = try container.nestedUnkeyedContainer(forKey: rows)
        state = .summarized(summary, try Self.records(&list))
    }

    private static func records(_ list: inout any UnkeyedDecodingContainer) throws -> [Target] {
        var records: [Target] = []
        while !list.isAtEnd { records.append(try list.decode(DecodedRecord<Target>.self).record) }
        return records
    }

    /// The numbers, where these were asked for.
    private var summary: RelationSummary? { if case .summarized(let summary, _) = state { summary } else { nil } }
}

extension Many {
    /// The records, nil where they weren't loaded.
    public var targets: [Target]? { loaded }

    /// Changes the list, to be written with its record.
    ///
    /// ```swift
    /// var changed = order
    /// try changed.items.update {
    ///     $0[0].quantity = 2
    ///     $0.removeAll { $0.quantity == 0 }
    /// }
    /// try await database.saveGraph(changed, comparedWith: order, removing: .delete)
    /// ```
    ///
    /// - Throws: ``ModelError`` `RELATION_NOT_LOADED` where the list wasn't loaded; what the closure throws.
    public mutating func update(_ change: (inout [Target]) throws -> Void) throws {
        var records = try records
        try change(&records)
        self = Many(records)
    }
}

extension Many: Equatable where Target: Equatable {
    /// Whether both have the same records and the same numbers, or were not loaded.
    public static func == (one: Many, other: Many) -> Bool {
        one.loaded == other.loaded && one.summary == other.summary
    }
}

extension Many: Hashable where Target: Hashable {
    /// Hashes the records and the numbers.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(loaded)
        hasher.combine(summary?.count)
    }
}

extension Many {
    /// The records, nil where they weren't loaded.
    public var loaded: [Target]? {
        switch state {
        case .loaded(let records), .given(let records), .summarized(_, .some(let records)): records
        case .notLoaded, .summarized(_, nil): nil
        }
    }
}
