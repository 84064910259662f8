// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner

/// What became of an input.
enum FuzzOutcome: CustomStringConvertible {
    case accepted
    case refused
    /// Accepted, and not answered.
    case failed(String)

    /// What went wrong; nil when nothing did.
    var failure: String? { if case .failed(let failure) = self { failure } else { nil } }

    var description: String {
        switch self {
        case .accepted: "accepted"
        case .refused: "refused"
        case .failed(let failure): failure
        }
    }

    init(of request: FuzzRequest, on database: Database) async {
        do {
            try await Self.run(request, on: database)
            self = .accepted
        } catch let error as PlannerError {
            let isGood = [400, 404, 501].contains(error.status) && !error.message.isEmpty
            self = isGood ? .refused : .failed("\(error)")
        } catch let error as PostgresError {
            self = .failed("SQLSTATE \(error.sqlState ?? "none"), \(error.code.rawValue): \(error.message)")
        } catch {
            self = .failed("\(type(of: error)): \(error)")
        }
    }

    private static func run(_ request: FuzzRequest, on database: Database) async throws {
        switch request {
        case .json(let model, let filter):
            _ = try await database.find(model, filter: limited(filter)).json()
        case .bytes(let model, let bytes):
            // As it comes from the net: limits of size and depth count.
            let id = try database.schema.id(of: model)
            _ = try database.schema.filter(json: bytes, for: id)
            _ = try await database.find(model, filter: limited(JSONValue(parsing: bytes, maximumDepth: 512))).json()
        case .query(let model, let text):
            _ = try database.schema.filter(query: text, for: database.schema.id(of: model))
            _ = try await database.find(model, filter: limited(QueryString(text).object("filter"))).json()
        case .count(let model, let condition): _ = try await database.count(model, where: condition)
        case .key(let model, let id):
            _ = try await database.findById(model, id: id).json()
            _ = try await database.exists(model, id: id)
        case .keys(let model, let ids): _ = try await database.findByIds(model, ids: ids).json()
        }
    }

    /// Few rows are enough to see whether the server takes it.
    private static func limited(_ filter: JSONValue) -> JSONValue {
        guard case .object(let members) = filter, members[utf8: "limit"] == nil else { return filter }
        return .object(members + [.init("limit", 3)])
    }
}
