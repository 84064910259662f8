// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What a method of the program's own can give: a ``MethodValue``, records, or nothing.
public protocol MethodOutput: Sendable {
    /// What it is in JSON; nil for nothing.
    static var outputType: MethodType? { get }

    /// The value as JSON; empty for nothing.
    ///
    /// - Throws: ``PostgresError`` for records whose values can't be read.
    func methodJSON() throws -> [UInt8]
}

/// Nothing to give back: HTTP's 204.
public struct NoContent: MethodOutput {
    /// What it is in JSON.
    public static var outputType: MethodType? { nil }

    /// Nothing.
    public init() {}

    /// The value as JSON.
    public func methodJSON() -> [UInt8] { [] }
}

/// The first record of an answer, or `null`, as what a method gives.
///
/// ```swift
/// return OneRecord(try await order.session.findById("Order", id: order.id, filter: ["include": "items"]))
/// ```
public struct OneRecord: MethodOutput {
    /// What it is in JSON.
    public static var outputType: MethodType? { .object }

    /// The answer.
    public let graph: Graph

    /// The first record of an answer.
    public init(_ graph: Graph) { self.graph = graph }

    /// The value as JSON.
    public func methodJSON() throws -> [UInt8] { try graph.firstJSON() }
}

extension Graph: MethodOutput {
    /// What it is in JSON.
    public static var outputType: MethodType? { .array(.object) }
    /// The value as JSON.
    public func methodJSON() throws -> [UInt8] { try json() }
}

extension ChangedRecords: MethodOutput {
    /// What it is in JSON.
    public static var outputType: MethodType? { .array(.object) }
    /// The value as JSON.
    public func methodJSON() throws -> [UInt8] { try json() }
}

extension RelatedRecords: MethodOutput {
    /// What it is in JSON.
    public static var outputType: MethodType? { .any }
    /// The value as JSON.
    public func methodJSON() throws -> [UInt8] { try json() }
}

extension AggregateResult: MethodOutput {
    /// What it is in JSON.
    public static var outputType: MethodType? { .object }
    /// The value as JSON.
    public func methodJSON() -> [UInt8] { Array(json.description.utf8) }
}

extension CountResult: MethodOutput {
    /// What it is in JSON.
    public static var outputType: MethodType? { .object }
    /// The value as JSON.
    public func methodJSON() -> [UInt8] { Array("{\"count\":\(count)}".utf8) }
}
