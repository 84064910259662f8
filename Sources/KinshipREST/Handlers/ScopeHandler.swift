// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// What is done with the records of a named scope.
struct ScopeHandler {
    let exchange: Exchange
    let name: String
    private var session: Database { exchange.session }
    private var model: String { exchange.model.name }

    func answer(_ operation: ScopeOperation) async throws -> Answer {
        switch operation {
        case .find: return try await ListHandler(exchange: exchange, scopes: [request]).answer()
        case .count:
            let condition = try exchange.arguments.condition
            return .count(try await session.count(model, scopes: [request], where: condition))
        case .create: return try await create()
        case .delete: return try await delete()
        }
    }

    /// The scope; one that is a function gets the other arguments of the request.
    private var request: ScopeRequest {
        guard exchange.model.definition.scopeFunctions[name] != nil else { return .named(name) }
        let own = ["filter", "where", "access_token", "_format"]
        let others = exchange.arguments.query.parameters.filter { !own.contains($0.key) }
        return .named(name, Dictionary(others.map { ($0.key, $0.value) }) { _, last in last })
    }

    /// Makes records that have the values which the scope says they have (D39).
    private func create() async throws -> Answer {
        let data = try await exchange.data(list: true)
        let said =
            exchange.model.definition.scopes.last { $0.key == name }?.value["where"]?.said(of: exchange.model) ?? []
        func completed(_ record: JSONValue) -> JSONValue {
            guard let members = record.members else { return record }
            return .object(members.filter { member in !said.contains { $0.key == member.key } } + said)
        }
        guard let records = data.elements else {
            return .json(try await session.create(model, completed(data)).firstJSON())
        }
        return .json(try await session.createAll(model, records.map(completed)).json())
    }

    /// Deletes the records that the scope lists, and no others.
    private func delete() async throws -> Answer {
        let condition = try exchange.arguments.condition
        let filter: JSONValue = condition.map { ["where": $0] } ?? [:]
        guard !exchange.model.primaryKey.isEmpty else {
            throw PlannerError(
                .unsupported, "\(model) has no key by which the records of the scope \"\(name)\" could be deleted.",
                model: model)
        }
        let (request, model) = (request, model)
        try await session.withRetryingTransaction(isolation: .repeatableRead) { transaction in
            let keys = try await transaction.keys(model, scopes: [request], filter: filter)
            try await transaction.deleteAll(model, keys: keys)
        }
        return .noContent
    }
}

extension JSONValue {
    /// The values that a condition says some properties have.
    fileprivate func said(of model: Model) -> [Member] {
        (members ?? []).flatMap { member -> [Member] in
            if member.key == "and" { return (member.value.elements ?? []).flatMap { $0.said(of: model) } }
            guard model.property(member.key) != nil else { return [] }
            switch member.value {
            case .object(let operators):
                return operators.count == 1 && operators[0].key == "eq" ? [.init(member.key, operators[0].value)] : []
            case .array: return []
            default: return [member]
            }
        }
    }
}
