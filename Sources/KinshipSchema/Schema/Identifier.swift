// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Which one of several things of a kind it is: a model of a schema, a property or relation of a model, a fetch or node of a plan.
///
/// ```swift
/// let key = try order.primaryKey.map { try order.property($0) }
/// ```
///
/// An id comes from the thing itself or from what refers to it, and means that thing in its own schema, model or plan only. One
/// kind doesn't pass for another, and none can be made of a number. What looks an id up says so when it has no such thing.
public struct Identifier<Element>: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The position among the things of its kind.
    @usableFromInline package let index: Int

    @inlinable package init(_ index: Int) { self.index = index }

    /// Whether one thing comes ahead of another.
    public static func < (one: Identifier, other: Identifier) -> Bool { one.index < other.index }

    /// The position as a number, to tell things apart in logs.
    public var description: String { String(index) }
}

extension Array {
    /// The element with an id of this list; one of another list may trap, so ids that programs give are looked up by
    /// ``element(_:)``.
    @inlinable package subscript(id: Identifier<Element>) -> Element {
        _read { yield self[id.index] }
        _modify { yield &self[id.index] }
    }

    /// Whether the list has an element with an id.
    @inlinable package func has(_ id: Identifier<Element>) -> Bool { indices.contains(id.index) }

    /// The element with an id, nil where the list has none.
    @inlinable package func element(_ id: Identifier<Element>) -> Element? { has(id) ? self[id.index] : nil }
}
