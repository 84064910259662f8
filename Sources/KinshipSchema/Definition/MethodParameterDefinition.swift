// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A parameter of a method, as it is described; see ``MethodDefinition``.
public struct MethodParameterDefinition: Sendable, Hashable {
    /// Where HTTP has its argument.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// The whole body.
        case body
        /// A member of the body, which is an object.
        case form
        /// A part of the path.
        case path
        /// The query.
        case query
    }

    /// The name.
    public let name: String
    /// What it takes.
    public let type: MethodType
    /// Where its argument is; nil until the method's verb and path say so, see ``MethodDefinition/source(of:)``.
    let givenSource: Source?
    /// Whether there has to be one.
    public let isRequired: Bool
    /// What is taken where there is none.
    public let defaultValue: JSONValue?
    /// What is said of it.
    public let summary: String?

    /// A parameter.
    public init(
        _ name: String, _ type: MethodType, from source: Source? = nil, isRequired: Bool = true,
        defaultValue: JSONValue? = nil, summary: String? = nil
    ) {
        self.name = name
        self.type = type
        givenSource = source
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        self.summary = summary
    }
}

extension MethodDefinition {
    /// Where HTTP has the argument of a parameter: where it says so; in the path, where that names it; else in the query of what
    /// is asked with `GET` or `DELETE`, and among the members of the body of all else.
    public func source(of parameter: MethodParameterDefinition) -> MethodParameterDefinition.Source {
        if let source = parameter.givenSource { return source }
        if pathParameters.contains(parameter.name) { return .path }
        return verb == .get || verb == .delete ? .query : .form
    }
}
