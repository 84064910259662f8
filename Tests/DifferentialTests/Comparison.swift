// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner

/// Holds the library's answer to a filter against the evaluator's.
struct Comparison {
    let world: World
    let model: String

    enum Outcome: CustomStringConvertible {
        case same(isEmpty: Bool)
        case bothRefuse
        /// `kind` says what went wrong, so that a smaller filter can be held against a larger one.
        case different(kind: String, details: String)

        /// What is wrong; nil when nothing is.
        var difference: String? { if case .different(let kind, _) = self { kind } else { nil } }

        var description: String {
            switch self {
            case .same: "the same"
            case .bothRefuse: "both refuse it"
            case .different(let kind, let details): kind + ": " + details
            }
        }
    }

    /// What both make of a filter, and when `counting` of its condition alone.
    func outcome(_ filter: JSONValue, counting: Bool) async throws -> Outcome {
        let evaluator = Evaluator(world: world)
        let found = try await answer { try JSONValue(parsing: await world.database.find(model, filter: filter).json()) }
        let expected = try await Collation.settled(on: world.test) {
            expectation { () throws(Refusal) in try evaluator.find(model, filter) }
        }
        let outcome = compare(found, expected)
        guard counting, case .same = outcome, let condition = filter["where"] else { return outcome }
        let count = try await answer {
            .number(String(try await world.database.count(model, where: condition).count))
        }
        let expectedCount = try await Collation.settled(on: world.test) {
            expectation { () throws(Refusal) in .number(String(try evaluator.count(model, condition))) }
        }
        let counted = compare(count, expectedCount)
        return counted.difference == nil ? outcome : counted
    }

    private enum Answer {
        case json(JSONValue)
        case refused(PlannerError.Code, String)
        case failed(state: String, String)
    }

    private func answer(_ body: () async throws -> JSONValue) async throws -> Answer {
        do {
            return .json(try await body())
        } catch let error as PlannerError {
            return .refused(error.code, error.message)
        } catch let error as PostgresError {
            return .failed(state: error.sqlState ?? error.code.rawValue, error.message)
        }
    }

    private func expectation(_ body: () throws(Refusal) -> JSONValue) -> Answer {
        do {
            return .json(try body())
        } catch {
            return .refused(error.code, "")
        }
    }

    private func compare(_ found: Answer, _ expected: Answer) -> Outcome {
        switch (found, expected) {
        case (.json(let found), .json(let expected)):
            if Comparing.equal(found, expected) { return .same(isEmpty: expected == [] || expected["total"] == 0) }
            return .different(kind: "another answer", details: firstDifference(found, expected))
        case (.refused(let found, _), .refused(let expected, _)) where found == expected: return .bothRefuse
        case (.refused(let found, let message), .refused(let expected, _)):
            return .different(kind: "refused as \(found)", details: "\(message) instead of \(expected)")
        case (.failed(let state, let message), _): return .different(kind: "SQLSTATE \(state)", details: message)
        case (.refused(let code, let message), .json): return .different(kind: "refused as \(code)", details: message)
        case (.json, .refused(let code, _)): return .different(kind: "answered", details: "instead of \(code)")
        case (_, .failed(_, let message)): return .different(kind: "the evaluator failed", details: message)
        }
    }

    private func firstDifference(_ found: JSONValue, _ expected: JSONValue) -> String {
        let (left, right) = (found["rows"]?.elements ?? found.elements, expected["rows"]?.elements ?? expected.elements)
        guard let left, let right else { return "found \(found), expected \(expected)" }
        for (position, pair) in zip(left, right).enumerated() where !Comparing.equal(pair.0, pair.1) {
            return "row \(position)\n  found    \(pair.0)\n  expected \(pair.1)"
        }
        return "\(left.count) rows instead of \(right.count), total \(found["total"] ?? .null)"
    }
}
