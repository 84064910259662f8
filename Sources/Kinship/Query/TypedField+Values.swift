// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
public import RelationPlanner

/// A type of properties that are lists.
public protocol ListValue: PropertyValue {
    /// What the lists hold.
    associatedtype ListElement: PropertyValue
}

extension Array: ListValue where Element: PropertyValue {
    /// The elements.
    public typealias ListElement = Element
}

extension Optional: ListValue where Wrapped: ListValue {
    /// The elements.
    public typealias ListElement = Wrapped.ListElement
}

extension TypedField where Value: ListValue {
    /// A list with this element.
    public func contains(_ element: Value.ListElement) -> FilterExpression { contains(all: [element]) }
    /// A list with all of these.
    public func contains(all elements: [Value.ListElement]) -> FilterExpression {
        asked("contains", of: elements) { .array($0) }
    }
    /// A list with nothing but these.
    public func isContained(in elements: [Value.ListElement]) -> FilterExpression {
        asked("containedBy", of: elements) { .array($0) }
    }
    /// A list with one of these at least.
    public func contains(anyOf elements: [Value.ListElement]) -> FilterExpression {
        asked("containsAnyOf", of: elements) { .array($0) }
    }
}

/// A type of properties that are JSON.
public protocol DocumentValue: PropertyValue {}

extension JSONValue: DocumentValue {}
extension Document: DocumentValue {}
extension Optional: DocumentValue where Wrapped: DocumentValue {}

extension TypedField where Value: DocumentValue {
    /// The value at a place inside the document, compared as its type says (D26).
    ///
    /// ```swift
    /// database.query(Account.self).where { $0.settings.at("theme", String.self) == "dark" }
    /// ```
    public func at<Inner: PropertyValue>(_ path: String, _ type: Inner.Type) -> TypedField<Inner?> {
        TypedField<Inner?>("\(name).\(path)")
    }

    /// A document that has all that this one has.
    public func contains(_ part: JSONValue) -> FilterExpression { asked("contains", part) }
}

/// A type of properties that are points.
public protocol PointValue: PropertyValue {}

extension PostgresPoint: PointValue {}
extension Optional: PointValue where Wrapped: PointValue {}

extension TypedField where Value: PointValue {
    /// A point within a distance of another one; without a distance any point. The nearest come first where no order is asked.
    public func near(
        latitude: Double, longitude: Double, within maximum: Double? = nil, atLeast minimum: Double? = nil,
        unit: DistanceUnit = .kilometers
    ) -> FilterExpression {
        var members: [JSONValue.Member] = [
            .init("near", ["lat": JSONValue(latitude), "lng": JSONValue(longitude)])
        ]
        if let maximum { members.append(.init("maxDistance", JSONValue(maximum))) }
        if let minimum { members.append(.init("minDistance", JSONValue(minimum))) }
        if maximum != nil || minimum != nil { members.append(.init("unit", .string(unit.rawValue))) }
        return FilterExpression(.object([.init(name, .object(members))]))
    }
}

/// The units of distances.
public enum DistanceUnit: String, Sendable, CaseIterable {
    case meters, kilometers, miles, feet, radians, degrees
}
