// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Every case of the corpus that changes something: what is answered, what is in the tables afterwards, and what it took. The data
/// are loaded anew for each.
@Suite(.serialized) struct WriteCaseTests {
    @Test(arguments: try Case.lines("write.jsonl").map { try Case($0) })
    func caseIsDoneAsExpected(example: Case) async throws {
        let made = try await TestDatabase.named("conformance-writes")
        try await made.run(
            try String(contentsOfFile: Repository.path("Tests/Fixtures/conformance/small-data.sql"), encoding: .utf8))
        let schema = try SchemaLoader.load(directory: Repository.path("Tests/Fixtures/conformance/models"))
        let database = try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: made.url))
        let operation = try #require(
            writeOperations[example.operation], "there is no operation \"\(example.operation)\"")
        let answer = await WriteAnswer(example, operation, on: database)
        if let difference = try answer.difference(from: example) { Issue.record("\(difference)") }
        if let afterSQL = example["afterSql"]?.text {
            let rows = try await made.run("SELECT coalesce(json_agg(to_jsonb(q)), '[]') FROM (\(afterSQL)) AS q")
            let found = try Rows(try JSONValue(parsing: rows.first?.first.flatMap { $0 } ?? "[]"))
            let expected = try Rows(try example.required("expectAfter"))
            #expect(
                found.equals(expected, isOrdered: afterSQL.lowercased().contains("order by")), "\(found) \(expected)")
        }
        // A lock ahead of a statement rides along.
        if case .result(_, let statistics) = answer {
            #expect(statistics.roundTrips == 1)
            #expect(statistics.statements <= 2)
            if let baseline = example.baseline { #expect(statistics.statements <= max(baseline, 1) + 1) }
        }
        await database.close()
    }

    @Test func theCorpusIsWhole() throws {
        let cases = try Case.lines("write.jsonl")
        #expect(cases.count == 39)
        #expect(Set(cases.compactMap { $0["name"]?.text }).count == cases.count)
    }
}

/// What an operation gave.
private enum WriteAnswer {
    case result(JSONValue, ExecutionStatistics)
    case error(code: String, status: Int, text: String)

    init(_ example: Case, _ operation: WriteOperation, on database: Database) async {
        do {
            let (json, statistics) = try await operation(example, database)
            self = .result(try JSONValue(parsing: json, maximumDepth: 512), statistics)
        } catch let error as PlannerError {
            self = .error(code: error.code.rawValue, status: error.status, text: "\(error)")
        } catch let error as ValidationError {
            self = .error(code: error.code, status: error.status, text: "\(error)")
        } catch let error as ConstraintViolation {
            self = .error(
                code: error.report.code, status: error.report.status, text: error.constraint ?? "no constraint is named"
            )
        } catch {
            self = .error(code: "", status: 500, text: "\(error)")
        }
    }

    /// What is wrong with it, nil when it is what the case expects.
    func difference(from example: Case) throws -> String? {
        let expected = try example.required("expect")
        switch (self, expected["error"]) {
        case (.result(let result, _), nil):
            let isLenient = expected["absentIsNull"] == .bool(true)
            let wanted = expected["result"] ?? .null
            let isSame =
                try ComparableJSON(isLenient ? result.withoutNothing : result)
                == ComparableJSON(isLenient ? wanted.withoutNothing : wanted)
            return isSame ? nil : "found \(result)\nexpected \(wanted)"
        case (.result(let result, _), let error?): return "found \(result)\nexpected the error \(error)"
        case (.error(_, _, let text), nil): return "unexpected error \(text)"
        case (.error(let code, let status, let text), let error?):
            let isRight =
                error["status"] == .number("\(status)")
                && (error["codeProposed"] != nil || error["code"]?.text == code)
                && (error["constraint"]?.text.map { text == $0 } ?? true)
            return isRight ? nil : "found \(text)\nexpected the error \(error)"
        }
    }
}

extension JSONValue {
    /// Without members that are null: LoopBack leaves out what wasn't given.
    var withoutNothing: JSONValue {
        switch self {
        case .object(let members):
            .object(members.filter { $0.value != .null }.map { .init($0.key, $0.value.withoutNothing) })
        case .array(let elements): .array(elements.map(\.withoutNothing))
        default: self
        }
    }
}

/// Rows of a table, whose dates are compared by what they mean.
struct Rows: CustomStringConvertible {
    private let rows: [ComparableJSON]
    let description: String

    init(_ json: JSONValue) throws {
        rows = try (json.elements ?? []).map { try ComparableJSON(Self.normal($0)) }
        description = json.description
    }

    private static func normal(_ json: JSONValue) -> JSONValue {
        switch json {
        case .object(let members): .object(members.map { .init($0.key, normal($0.value)) })
        case .array(let elements): .array(elements.map(normal))
        case .string(let text) where text.utf8.count > 10 && text.utf8.dropFirst(10).first == UInt8(ascii: "T"):
            InstantText.microseconds(text).map { .string("instant \($0)") } ?? json
        default: json
        }
    }

    func equals(_ other: Rows, isOrdered: Bool) -> Bool {
        guard !isOrdered else { return rows == other.rows }
        var rest = other.rows
        for row in rows {
            guard let place = rest.firstIndex(of: row) else { return false }
            rest.remove(at: place)
        }
        return rest.isEmpty
    }
}
