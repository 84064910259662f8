// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Kinship

extension Session {
    /// Holds the records of a model against what is expected.
    ///
    /// ```swift
    /// try await session.expectRecords("Order", where: ["customerId": 7], [["status": "open"], ["status": "paid", "total": 5]])
    /// ```
    ///
    /// Each expected record is matched by one that is there and has the same values in the properties named; none may be left over.
    /// Numbers are the same however many zeros end them.
    ///
    /// - Parameters:
    ///   - model: the model's name.
    ///   - condition: which records are meant; all of the model unless it is given.
    ///   - expected: what each of them has, in any order.
    /// - Throws: ``TestingError`` `TEST_RECORDS`, which tells what is missing and what is there instead; as ``Session/find(_:filter:)-(String,JSONValue?)``.
    /// - Note: One statement and round trip.
    public func expectRecords(
        _ model: String, where condition: JSONValue? = nil, _ expected: [JSONValue]
    ) async throws {
        let filter: JSONValue = condition.map { ["where": $0, "limit": 0] } ?? ["limit": 0]
        let found = try JSONValue(parsing: try await find(model, filter: filter).json()).elements ?? []
        var left = found
        var missing: [JSONValue] = []
        // Those that say most choose first.
        for record in expected.sorted(by: { ($0.members?.count ?? 0) > ($1.members?.count ?? 0) }) {
            if let index = left.firstIndex(where: { Self.meets($0, record) }) {
                left.remove(at: index)
            } else {
                missing.append(record)
            }
        }
        guard !missing.isEmpty || !left.isEmpty else { return }
        let names = Set(expected.flatMap { $0.members?.map(\.key) ?? [] })
        let lines =
            missing.map { "- expected, and not there: \($0)" }
            + left.prefix(20).map { "+ there, and not expected: \(Self.shown($0, names))" }
            + (left.count > 20 ? ["… and \(left.count - 20) more"] : [])
        throw TestingError(
            .records,
            "The records of \(model) are others than expected (\(found.count) there, \(expected.count) expected):\n"
                + lines.joined(separator: "\n"), model: model)
    }

    private static func meets(_ record: JSONValue, _ expected: JSONValue) -> Bool {
        (expected.members ?? []).allSatisfy { member in
            record[member.key].map { $0.isSame(as: member.value) } ?? false
        }
    }

    /// The key, and what is compared.
    private static func shown(_ record: JSONValue, _ names: Set<String>) -> JSONValue {
        guard !names.isEmpty else { return record }
        return .object((record.members ?? []).filter { names.contains($0.key) || $0.key == "id" })
    }
}
