// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// A method of the program's own: what it takes and gives, how HTTP would name it, and what it does.
///
/// ```swift
/// let reorder = RelationMethod(MethodParameter<[Int]>("ids", from: .body), verb: .put) { images, ids in
///     for (position, id) in ids.enumerated() {
///         try await images.update(key: id, ["position": JSONValue(position)])
///     }
///     return ids
/// }
/// let product = ModelDefinition(
///     "Product", properties: [.id()], relations: [.hasMany("images", "Image").with(scopeMethods: ["reorder": reorder])])
/// ```
///
/// It gets the name it is attached under. All of a call is one transaction, so what it does is whole or not at all; what it
/// throws comes out as it is.
public struct CustomMethod<Subject: MethodSubject>: Sendable {
    /// What it does with what it is about and its arguments.
    typealias Body = @Sendable (Subject, MethodArguments) async throws -> [UInt8]

    /// How it is described.
    public private(set) var definition: MethodDefinition

    private init<Output: MethodOutput>(
        _ parameters: [MethodParameterDefinition], _ verb: MethodDefinition.Verb, _ path: String?,
        _ returns: String?, _ summary: String?, _ isReadOnly: Bool, _ output: Output.Type,
        checking checks: [@Sendable (MethodArguments) -> ValidationError.Problem?], body: @escaping Body
    ) {
        definition = MethodDefinition(
            Subject.subject, parameters: parameters,
            result: Output.outputType.map { MethodDefinition.Result($0, name: returns) }, verb: verb, path: path,
            summary: summary, isReadOnly: isReadOnly, body: MethodBody<Subject>(checks: checks, run: body))
    }

    /// A method without parameters.
    ///
    /// - Parameters:
    ///   - verb: the verb of HTTP.
    ///   - path: the part of the path that is its own; its name without one.
    ///   - returns: the name of what it gives, in an object; nil for the bare value.
    ///   - summary: what is said of it.
    ///   - isReadOnly: whether it changes nothing: its transaction refuses to.
    ///   - body: what it does.
    public init<Output: MethodOutput>(
        verb: MethodDefinition.Verb = .post, path: String? = nil, returns: String? = nil, summary: String? = nil,
        isReadOnly: Bool = false, body: @escaping @Sendable (Subject) async throws -> Output
    ) {
        self.init([], verb, path, returns, summary, isReadOnly, Output.self, checking: []) { subject, _ in
            try await body(subject).methodJSON()
        }
    }

    /// A method with a parameter; see ``init(verb:path:returns:summary:isReadOnly:body:)``.
    public init<A, Output: MethodOutput>(
        _ a: MethodParameter<A>,
        verb: MethodDefinition.Verb = .post, path: String? = nil, returns: String? = nil, summary: String? = nil,
        isReadOnly: Bool = false, body: @escaping @Sendable (Subject, A) async throws -> Output
    ) {
        self.init(
            [a.definition], verb, path, returns, summary, isReadOnly, Output.self, checking: [a.check]
        ) { subject, arguments in
            try await body(subject, try a.value(arguments[a.name])).methodJSON()
        }
    }

    /// A method with two parameters; see ``init(verb:path:returns:summary:isReadOnly:body:)``.
    public init<A, B, Output: MethodOutput>(
        _ a: MethodParameter<A>, _ b: MethodParameter<B>,
        verb: MethodDefinition.Verb = .post, path: String? = nil, returns: String? = nil, summary: String? = nil,
        isReadOnly: Bool = false, body: @escaping @Sendable (Subject, A, B) async throws -> Output
    ) {
        self.init(
            [a.definition, b.definition], verb, path, returns, summary, isReadOnly, Output.self,
            checking: [a.check, b.check]
        ) { subject, arguments in
            try await body(subject, try a.value(arguments[a.name]), try b.value(arguments[b.name])).methodJSON()
        }
    }

    /// A method with three parameters; see ``init(verb:path:returns:summary:isReadOnly:body:)``. Who needs more takes an object.
    public init<A, B, C, Output: MethodOutput>(
        _ a: MethodParameter<A>, _ b: MethodParameter<B>, _ c: MethodParameter<C>,
        verb: MethodDefinition.Verb = .post, path: String? = nil, returns: String? = nil, summary: String? = nil,
        isReadOnly: Bool = false, body: @escaping @Sendable (Subject, A, B, C) async throws -> Output
    ) {
        self.init(
            [a.definition, b.definition, c.definition], verb, path, returns, summary, isReadOnly, Output.self,
            checking: [a.check, b.check, c.check]
        ) { subject, arguments in
            try await body(
                subject, try a.value(arguments[a.name]), try b.value(arguments[b.name]), try c.value(arguments[c.name])
            ).methodJSON()
        }
    }
}

extension CustomMethod {
    /// The same method, for rules of who may call it.
    ///
    /// ```swift
    /// let purge = ModelMethod { _ in ["purged": 0] as JSONValue }.ruled("EXECUTE", tokenScopes: ["maintenance"])
    /// ```
    ///
    /// - Parameters:
    ///   - accessType: what it does: `READ`, `WRITE`, `EXECUTE` or `REPLICATE`; nil for `READ` where it is asked for by GET, else `EXECUTE`.
    ///   - tokenScopes: what a token has to be for, one of these; none for `DEFAULT`.
    public func ruled(_ accessType: String? = nil, tokenScopes: [String] = []) -> Self {
        var method = self
        method.definition.accessType = accessType
        method.definition.tokenScopes = tokenScopes
        return method
    }
}

/// A method of a relation of one record: `scopeMethods` and `methods` of LoopBack.
public typealias RelationMethod = CustomMethod<RelationHandle>
/// A method of one record.
public typealias RecordMethod = CustomMethod<RecordHandle>
/// A method of a model.
public typealias ModelMethod = CustomMethod<ModelHandle>

/// What a method does, as its description keeps it.
struct MethodBody<Subject: MethodSubject>: Sendable {
    let checks: [@Sendable (MethodArguments) -> ValidationError.Problem?]
    let run: CustomMethod<Subject>.Body
}

extension MethodParameter {
    fileprivate var name: String { definition.name }

    /// Finds what is wrong with the argument.
    fileprivate var check: @Sendable (MethodArguments) -> ValidationError.Problem? {
        { arguments in
            let json = arguments[name]
            guard !isFit(json) else { return nil }
            return definition.problem(isMissing: json.isAbsent)
        }
    }
}
