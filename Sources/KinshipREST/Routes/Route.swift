// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import HTTPTypes

/// One thing that can be asked for: a method, a path, and what is done.
public struct Route: Sendable, Hashable, CustomStringConvertible {
    /// A part of a path.
    public enum Segment: Sendable, Hashable {
        /// A word; its case doesn't matter.
        case word(String)
        /// A key: `id` the record's, `nk` that of a record between, `fk` the related one's.
        case parameter(String)
    }

    /// The method.
    public let method: HTTPRequest.Method
    /// The path below the service's own, without slashes.
    public let segments: [Segment]
    /// The name of the model whose route it is.
    public let model: String
    /// What is done.
    public let operation: RouteOperation
    /// The name that LoopBack gives the method, as access rules have it: `find`, `prototype.__get__orders`.
    public let methodName: String
    /// Other names of it.
    public let aliases: [String]
    /// What it does with records.
    public let accessType: AccessType

    init(
        _ method: HTTPRequest.Method, _ segments: [Segment], of model: String, _ operation: RouteOperation,
        _ methodName: String, aliases: [String] = [], _ accessType: AccessType
    ) {
        self.method = method
        self.segments = segments
        self.model = model
        self.operation = operation
        self.methodName = methodName
        self.aliases = aliases
        self.accessType = accessType
    }

    /// The name in a path of a parameter that is a method's own: another than those of keys.
    static func argument(_ name: String) -> String { ["id", "nk", "fk"].contains(name) ? "\(name).argument" : name }

    /// Whether its body is a whole graph.
    var isOfGraphs: Bool {
        switch operation {
        case .records(.createGraph), .records(.updateGraph), .records(.upsertGraph): true
        default: false
        }
    }

    /// The path as a pattern: `/Customers/:id/orders/:fk`.
    public var path: String {
        segments.reduce(into: "") { path, segment in
            switch segment {
            case .word(let word): path += "/" + word
            case .parameter(let name): path += "/:" + name
            }
        }
    }

    /// Method and path.
    public var description: String { "\(method.rawValue) \(path)" }
}
