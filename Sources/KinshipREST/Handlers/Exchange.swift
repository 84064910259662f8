// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

/// One request on its way to an answer: what was asked, and what to answer with.
struct Exchange: Sendable {
    let request: HTTPRequest
    let body: RESTRequestBody
    let route: Route
    let model: Model
    /// The keys in the path.
    let parameters: [String: String]
    let arguments: RequestArguments
    var session: Database
    /// The same, free of all rules.
    let database: Database
    /// Where the request came from, as the server knows it.
    let client: String?
    let settings: AnswerSettings
    /// Asks the policy of what the request reaches.
    let gate: Gate
    /// What graphs may do.
    let graphs: GraphRoutes
    /// Keeps the rules for who asks; nil where none are kept.
    var rules: RequestRules?
    /// What the body holds, once it has been read.
    var content: BodyContent?

    /// The key of the record.
    var id: JSONValue { key("id") }

    /// A key of the path: what it is, its property decides; that of several properties is JSON.
    func key(_ name: String) -> JSONValue {
        // What stands for the user who asks is a user's key.
        let own = name == "id" ? rules?.own(parameters[name], model) : nil
        let text = own ?? parameters[name] ?? ""
        if text.hasPrefix("{"), let json = try? JSONValue(parsing: text, maximumDepth: 2), json.members != nil {
            return json
        }
        return .string(text)
    }

    /// Asks for the records of the tenant that the request is of, once it is known who asks.
    mutating func reachTenant() async throws {
        guard let source = settings.tenant else { return }
        session = database.tenant(try await source.tenant(request, rules?.identity, database) ?? .null)
    }

    /// The data of the body.
    func data(list takesList: Bool = false) async throws -> JSONValue {
        if let content { return try reader.data(content.value, takesList: takesList) }
        return try await reading { try await $0.data($1, takesList: takesList) }
    }

    /// What the body holds, whatever it is; nil for none.
    func value() async throws -> JSONValue? {
        if let content { return content.value }
        return try await reading { try await $0.value($1) }
    }

    /// The data of a whole graph, once it is known that this may be done.
    ///
    /// - Throws: ``PlannerError`` for what has no route of its own, and what the policy throws.
    func graph() async throws -> JSONValue {
        let data = try await data()
        try graphs.check(data, of: model, in: session.schema)
        try await gate.pass { $0.reach(graph: data, of: model) }
        return data
    }

    private var reader: BodyReader { BodyReader(fields: request.headerFields, limits: settings.limits) }

    private func reading<R: Sendable>(
        _ read: @escaping @Sendable (BodyReader, RESTRequestBody) async throws -> R
    ) async throws -> R {
        let (limits, body, reader) = (settings.limits, body, reader)
        return try await Deadline.run(
            limits.bodyTime, RESTError(.bodyTooSlow, "The body took too long to arrive; send it faster, or less of it.")
        ) {
            try await read(reader, body)
        }
    }

    /// The answer.
    func answer() async throws -> Answer {
        try Precondition.requireKept(self)
        try await passArguments()
        return if let rules { try await answer(keeping: rules) } else { try await keepingPasswords().done() }
    }

    /// The answer, once it is known that this may be done.
    func done() async throws -> Answer {
        switch route.operation {
        case .records(let operation): return try await RecordHandler(exchange: self).answer(operation)
        case .scope(let name, let operation):
            return try await ScopeHandler(exchange: self, name: name).answer(operation)
        case .relation(let name, let operation):
            return try await RelationHandler(exchange: self, source: model, id: id, name: name).answer(operation)
        case .nested(let outer, let inner, let operation):
            return try await RelationHandler(nestedIn: outer, of: self, name: inner).answer(operation)
        case .method(let relation, let method):
            return try await MethodHandler(exchange: self, relation: relation, method: method).answer()
        case .user(let operation):
            guard let rules else { throw missing() }
            return try await UserHandler(exchange: self, rules: rules).answer(operation)
        }
    }

    /// An answer of pieces, which is known as a whole where it isn't long.
    func answer(_ pieces: any PieceSource) async throws -> Answer {
        Answer(body: try await .taking(pieces, upTo: settings.bufferedBytes))
    }

    /// The error of a record that there is none of.
    func missing() -> PlannerError {
        PlannerError(.modelNotFound, "There is no \(model.name) with the key \(id.description).", model: model.name)
    }
}

/// What a body was found to hold.
struct BodyContent: Sendable {
    /// nil where there was none.
    let value: JSONValue?
}
