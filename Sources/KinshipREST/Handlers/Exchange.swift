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
    let session: Database
    let settings: AnswerSettings

    /// The key of the record.
    var id: JSONValue { key("id") }

    /// A key of the path: what it is, its property decides; that of several properties is JSON.
    func key(_ name: String) -> JSONValue {
        let text = parameters[name] ?? ""
        if text.hasPrefix("{"), let json = try? JSONValue(parsing: text, maximumDepth: 2), json.members != nil {
            return json
        }
        return .string(text)
    }

    /// The data of the body.
    func data(list takesList: Bool = false) async throws -> JSONValue {
        let (limits, body) = (settings.limits, body)
        let reader = BodyReader(fields: request.headerFields, limits: limits)
        return try await Deadline.run(
            limits.bodyTime, RESTError(.bodyTooSlow, "The body took too long to arrive; send it faster, or less of it.")
        ) {
            try await reader.data(body, takesList: takesList)
        }
    }

    /// The answer.
    func answer() async throws -> Answer {
        switch route.operation {
        case .records(let operation): try await RecordHandler(exchange: self).answer(operation)
        case .scope(let name, let operation): try await ScopeHandler(exchange: self, name: name).answer(operation)
        case .relation(let name, let operation):
            try await RelationHandler(exchange: self, source: model, id: id, name: name).answer(operation)
        case .nested(let outer, let inner, let operation):
            try await RelationHandler(nestedIn: outer, of: self, name: inner).answer(operation)
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
