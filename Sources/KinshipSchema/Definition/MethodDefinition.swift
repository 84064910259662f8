// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A method of a program's own, as it is described: what it is called, what it takes and gives, and how HTTP would name it.
///
/// `CustomMethod` of Kinship makes one, with what it does. Definitions hold them: those of relations to many in
/// ``RelationDefinition/scopeMethods``, of relations to one in ``RelationDefinition/methods``, of models in ``ModelDefinition/methods``.
///
/// Two are equal when one is a copy of the other.
public struct MethodDefinition: Sendable, Hashable {
    /// What a method is about.
    public enum Subject: String, Sendable, Hashable, CaseIterable {
        /// A relation of one record.
        case relation
        /// One record.
        case record
        /// A model.
        case model
    }

    /// The verb of HTTP that calls it.
    public enum Verb: String, Sendable, Hashable, CaseIterable {
        /// Reads.
        case get = "GET"
        /// Does something.
        case post = "POST"
        /// Puts something in the place of another.
        case put = "PUT"
        /// Changes something.
        case patch = "PATCH"
        /// Deletes something.
        case delete = "DELETE"
    }

    /// What is given back.
    public struct Result: Sendable, Hashable {
        /// The name it is given back by; nil where it is the whole answer.
        public var name: String?
        /// What it is.
        public var type: MethodType

        /// Whether it is the whole answer (`root` of LoopBack) and not a member of an object.
        public var isRoot: Bool { name == nil }

        /// What is given back.
        public init(_ type: MethodType, name: String? = nil) {
            self.type = type
            self.name = name
        }
    }

    /// The name, under which it is attached.
    public package(set) var name = ""
    /// What it is about.
    public let subject: Subject
    /// What it takes, in order.
    public let parameters: [MethodParameterDefinition]
    /// What it gives; nil for nothing.
    public let result: Result?
    /// The verb.
    public let verb: Verb
    /// What is said of it.
    public let summary: String?
    /// What it does, for rules of who may: `READ`, `WRITE`, `EXECUTE` or `REPLICATE`; nil for what its verb says.
    public package(set) var accessType: String?
    /// What a token has to be for that calls it, one of these; empty for `DEFAULT`.
    public package(set) var tokenScopes: [String] = []
    /// Whether it changes nothing: it runs in a transaction that can't.
    public let isReadOnly: Bool
    /// The part of the path that is its own, with parameters as `:name`; nil for its name.
    let givenPath: String?
    private let body: Body

    /// What it does, for the module that knows how; looked at by identity.
    private final class Body: Sendable {
        let contents: any Sendable

        init(_ contents: any Sendable) { self.contents = contents }
    }

    /// - Parameter body: what it does, as `Kinship` keeps it.
    package init(
        _ subject: Subject, parameters: [MethodParameterDefinition], result: Result?, verb: Verb, path: String?,
        summary: String?, isReadOnly: Bool, body: any Sendable
    ) {
        self.subject = subject
        self.parameters = parameters
        self.result = result
        self.verb = verb
        givenPath = path
        self.summary = summary
        self.isReadOnly = isReadOnly
        self.body = Body(body)
    }

    /// The part of the path that is its own: `/reorder`.
    public var path: String {
        guard let givenPath else { return "/\(name)" }
        return givenPath.hasPrefix("/") ? givenPath : "/\(givenPath)"
    }

    /// The names of its path's parameters.
    var pathParameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix(":") }.map { String($0.dropFirst()) }
    }

    /// What it does.
    package var contents: any Sendable { body.contents }

    /// The same by a name.
    package func named(_ name: String) -> MethodDefinition {
        var method = self
        method.name = name
        return method
    }

    /// Whether both are copies of one method.
    public static func == (one: MethodDefinition, other: MethodDefinition) -> Bool {
        one.name == other.name && one.body === other.body && one.accessType == other.accessType
            && one.tokenScopes == other.tokenScopes
    }

    /// By name and identity.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(ObjectIdentifier(body))
    }
}
