// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

/// What is done with the records of a model.
struct RecordHandler {
    let exchange: Exchange
    private var session: Database { exchange.session }
    private var model: String { exchange.model.name }

    func answer(_ operation: RecordOperation) async throws -> Answer {
        switch operation {
        case .find: return try await ListHandler(exchange: exchange).answer()
        case .findOne: return try await findOne()
        case .findById: return try await findById()
        case .exists: return try await exists()
        case .createChangeStream: return try await ChangeHandler(exchange: exchange).answer()
        case .count: return .count(try await session.count(model, where: try exchange.arguments.condition))
        case .create: return try await create()
        case .patchOrCreate:
            let data = try await exchange.data()
            guard let key = try forcedKey(data) else { return try await record(try await session.upsert(model, data)) }
            return try await record(try await session.updateById(model, id: key, data))
        case .replaceOrCreate:
            let data = try await exchange.data()
            guard let key = try forcedKey(data) else {
                return try await record(try await session.replaceOrCreate(model, data))
            }
            return try await record(try await session.replaceById(model, id: key, data))
        case .upsertWithWhere:
            let condition = try exchange.arguments.condition
            return try await record(
                try await session.upsertWithWhere(model, where: condition, try await exchange.data()))
        case .updateAll:
            let condition = try exchange.arguments.condition
            return .count(try await session.updateAll(model, where: condition, try await exchange.data()))
        case .patchAttributes:
            return try await changing { try await session.updateById(model, id: exchange.id, $0) }
        case .replaceById: return try await changing { try await session.replaceById(model, id: exchange.id, $0) }
        case .deleteById: return try await delete()
        case .createGraph: return try await record(try await session.createGraph(model, try await exchange.graph()))
        case .updateGraph:
            return try await changing(exchange.graph) { try await session.updateGraph(model, id: exchange.id, $0) }
        case .upsertGraph: return try await record(try await session.upsertGraph(model, try await exchange.graph()))
        }
    }

    // MARK: Reading

    private func findOne() async throws -> Answer {
        let graph = try await session.findOne(model, filter: try exchange.arguments.filter)
        guard graph.count > 0 else {
            throw PlannerError(.modelNotFound, "There is no such \(model): the filter finds none.", model: model)
        }
        return .json(try graph.firstJSON())
    }

    private func findById() async throws -> Answer {
        let filter = try exchange.arguments.filter
        let graph = try await session.findById(model, id: exchange.id, filter: filter)
        guard graph.count > 0 else { throw exchange.missing() }
        return try await record(graph, isWhole: filter == nil)
    }

    private func exists() async throws -> Answer {
        let isThere = try await session.exists(model, id: exchange.id).count > 0
        guard exchange.route.method == .head else { return .exists(isThere) }
        guard isThere else { throw exchange.missing() }
        return Answer()
    }

    /// A record; of one whose changes are counted, shown as a whole, the tag has their number.
    private func record(_ graph: Graph, isWhole: Bool = true) async throws -> Answer {
        let json = try graph.firstJSON()
        var answer = Answer.json(json)
        if isWhole, let version = exchange.model.version,
            case .number(let number)? = try? JSONValue(parsing: json, maximumDepth: 512)[version.name]
        {
            answer.tag = EntityTag.version(number, json)
        }
        return answer
    }

    // MARK: Writing

    private func create() async throws -> Answer {
        let data = try await exchange.data(list: true)
        guard let records = data.elements else { return try await record(try await session.create(model, data)) }
        return .json(try await session.createAll(model, records).json())
    }

    /// The key in the data of a model whose keys the database makes: there has to be such a record, for none is made with a key of
    /// the caller's choice.
    private func forcedKey(_ data: JSONValue) throws -> JSONValue? {
        let key = try exchange.model.primaryKey.map { try exchange.model.property($0) }
        guard exchange.model.definition.forceId ?? key.contains(where: \.isGenerated) else { return .none }
        let values = key.map { data[$0.name] ?? .null }
        guard !values.isEmpty, !values.contains(.null) else { return .none }
        return .some(key.count == 1 ? values[0] : .object(zip(key, values).map { .init($0.name, $1) }))
    }

    private func changing(
        _ data: (() async throws -> JSONValue)? = nil, _ change: (JSONValue) async throws -> Graph
    ) async throws -> Answer {
        let data = if let data { try await data() } else { try await exchange.data() }
        guard let precondition = try Precondition(exchange) else { return try await record(try await change(data)) }
        do {
            return try await record(try await change(precondition.applied(to: data)))
        } catch let error as PlannerError where error.code == .conflict {
            throw precondition.failure
        }
    }

    private func delete() async throws -> Answer {
        guard let precondition = try Precondition(exchange) else {
            return .count(try await session.deleteById(model, id: exchange.id))
        }
        let result = try await session.deleteAll(model, where: try precondition.condition(exchange.id))
        guard result.count == 0, try await session.exists(model, id: exchange.id).count > 0 else {
            return .count(result)
        }
        throw precondition.failure
    }
}
