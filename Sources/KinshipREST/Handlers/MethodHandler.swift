// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Calls a method of the program's own with the arguments of a request.
struct MethodHandler {
    let exchange: Exchange
    /// The relation whose it is; nil for one of the model or its records.
    let relation: String?
    let method: MethodDefinition

    func answer() async throws -> Answer {
        let (session, model) = (exchange.session, exchange.model.name)
        let arguments = JSONValue.object(try await arguments())
        let result: MethodAnswer
        if let relation {
            result = try await session.call(
                model, id: exchange.id, relation: relation, method: method.name, arguments)
        } else if method.subject == .record {
            result = try await session.call(model, id: exchange.id, method: method.name, arguments)
        } else {
            result = try await session.call(model, method: method.name, arguments)
        }
        return result.json.isEmpty ? .noContent : .json(result.json)
    }

    /// The arguments, each from where the method has it; a member of the body that no parameter is for is told by the call.
    private func arguments() async throws -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        var form: Set<String> = []
        var body: String?
        for parameter in method.parameters {
            switch method.source(of: parameter) {
            case .path:
                if let text = exchange.parameters[Route.argument(parameter.name)] {
                    members.append(.init(parameter.name, .string(text)))
                }
            case .query:
                if let value = exchange.arguments.query[parameter.name] { members.append(.init(parameter.name, value)) }
            case .form: form.insert(parameter.name)
            case .body: body = parameter.name
            }
        }
        if let body {
            if let value = try await exchange.value() { members.append(.init(body, value)) }
        } else if !form.isEmpty {
            let others = Set(method.parameters.map(\.name)).subtracting(form)
            members += (try await exchange.data().members ?? []).filter { !others.contains($0.key) }
        }
        return members
    }
}
