// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport

/// What an operation came to.
enum Answer {
    case result(JSONValue, statements: Int)
    case error(PlannerError)

    /// Runs a case.
    ///
    /// - Throws: what isn't a refusal of the request itself: such errors no case expects.
    init(_ example: Case, _ operation: Operation, on database: Database) async throws {
        do {
            let answer = try await operation(example, database)
            self = .result(
                try JSONValue(parsing: answer.json, maximumDepth: 512), statements: answer.statements)
        } catch let error as PlannerError {
            self = .error(error)
        }
    }

    /// What is wrong with it, nil when it is what the case expects.
    func difference(from example: Case) throws -> String? {
        switch (self, example.json["expect"]?["error"]) {
        case (.result(let result, _), nil):
            let expected = try example.required("expect")["result"] ?? .null
            let (found, wanted) = (try ComparableJSON(result), try ComparableJSON(expected))
            return found == wanted ? nil : "found \(result)\nexpected \(expected)"
        case (.result(let result, _), let expected?): return "found \(result)\nexpected the error \(expected)"
        case (.error(let error), nil): return "unexpected error \(error)"
        case (.error(let error), let expected?):
            let isRight =
                expected["status"] == .number("\(error.status)")
                && (expected["codeProposed"] != nil || expected["code"]?.text == error.code.rawValue)
            return isRight ? nil : "found \(error)\nexpected the error \(expected)"
        }
    }
}
