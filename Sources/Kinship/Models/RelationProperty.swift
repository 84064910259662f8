// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// A relation as a property of a typed model: ``Many`` or ``One``. Only the library's own types are relations.
public protocol RelationProperty: Sendable {
    /// The model it leads to.
    associatedtype Target: TypedModel
    /// A relation that wasn't loaded.
    init(_ name: StaticString)
    /// Whether it was.
    var isLoaded: Bool { get }
    /// Whether anything was, be it numbers alone.
    var isAnswered: Bool { get }
    /// Writes what was loaded.
    func write(to encoder: any Encoder) throws
    /// Reads what was written.
    init(from decoder: any Decoder, _ name: StaticString) throws
    /// Whether a program put it there, and not a query.
    var isGiven: Bool { get }
    /// The records, nil where they weren't loaded.
    var targets: [Target]? { get }
}

/// A relation that can lead to several records: ``Many``.
public protocol ToManyProperty: RelationProperty {}

/// A relation that leads to records by way of links: ``Linked``.
public protocol LinkedProperty: ToManyProperty {
    /// What an include says of the links.
    static var through: JSONValue? { get }
}

/// A relation that leads to one record at most: ``One``.
public protocol ToOneProperty: RelationProperty {}

extension ModelError {
    /// A relation was read that isn't there.
    @usableFromInline
    static func notLoaded(_ name: StaticString, _ target: String, isSummarized: Bool = false) -> ModelError {
        let remedy =
            isSummarized
            ? "Only numbers about it were asked for; add rows: true to the include."
            : "Add .include(\\.\(name)) to the query."
        return ModelError(
            .relationNotLoaded, "The relation \"\(name)\" to \(target) wasn't loaded. \(remedy)", relation: "\(name)",
            type: target)
    }
}
