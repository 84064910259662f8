// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Session {
    /// The error of data with another number of changes than the record with a key has by now; nil where that isn't so, or can't be
    /// found out because the caller's transaction has failed.
    func staleVersion(_ record: RecordData, of target: Model, id: JSONValue) async throws -> PlannerError? {
        try await staleVersion(record, of: target, named: " " + id.description) { fields in
            try await findById(target.name, id: id, filter: ["fields": fields])
        }
    }

    /// The same of the first record that a filter finds.
    func staleVersion(
        _ record: RecordData, of target: Model, reading filter: [String: JSONValue]
    ) async throws -> PlannerError? {
        try await staleVersion(record, of: target, named: "") { fields in
            var filter = filter
            filter["fields"] = fields
            return try await findOne(target.name, filter: .object(filter.map { .init($0.key, $0.value) }))
        }
    }

    private func staleVersion(
        _ record: RecordData, of target: Model, named name: String, _ find: (_ fields: JSONValue) async throws -> Graph
    ) async throws -> PlannerError? {
        guard let version = target.version, case .value(let given)? = record[version.id], given.contents != .null,
            let found = try? await find([.string(version.name)]), found.count > 0
        else { return nil }
        let current = try JSONValue(parsing: try found.firstJSON())[version.name]?.description ?? "another one"
        guard current != given.shown else { return nil }
        return PlannerError(
            .conflict,
            "\(target.name)\(name) was changed meanwhile: its \(version.name) is \(current), and not \(given.shown ?? "that"). Read it again.",
            path: version.name, model: target.name, property: version.name)
    }
}
