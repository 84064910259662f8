// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import MessageText
import RelationPlanner

/// One line of the output.
struct BatchAnswer {
    /// The line, without its end.
    let json: [UInt8]

    /// An operation's result and what it took.
    ///
    /// - Parameter uncounted: statements that only stand for a record that the request takes for granted, and their round
    ///   trips where they had some of their own.
    init(result: some Sequence<UInt8>, _ statistics: ExecutionStatistics, besides uncounted: Int = 0) {
        let statements = max(statistics.statements - uncounted, 0)
        let roundTrips = max(statistics.roundTrips - uncounted, statements > 0 ? 1 : 0)
        var json = Array(#"{"result":"#.utf8)
        json += result
        json += #","statements":\#(statements),"roundTrips":\#(roundTrips)}"#.utf8
        self.json = json
    }

    /// A result that is written as JSON already.
    init(result: String, _ statistics: ExecutionStatistics) { self.init(result: result.utf8, statistics) }

    /// How many records a change was about.
    init(changed result: CountResult) { self.init(result: #"{"count":\#(result.count)}"#, result.statistics) }

    /// Records as an array.
    init(rows graph: Graph) throws { self.init(result: try graph.json(), graph.statistics) }

    /// The first record, or null.
    init(row graph: Graph) throws { self.init(result: try graph.firstJSON(), graph.statistics) }

    /// What went wrong.
    init(_ error: any Error) {
        var members: [JSONValue.Member] = []
        func add(_ key: String, _ text: String?) {
            if let text { members.append(.init(key, .string(Secrets.masked(text)))) }
        }
        func add(_ key: String, _ number: Int?) {
            if let number { members.append(.init(key, .number(String(number)))) }
        }
        switch error {
        case let error as BatchError:
            add("code", error.code.rawValue)
            add("status", 400)
            add("message", error.message)
            add("path", error.path)
            add("line", error.line)
        case let error as PlannerError:
            add("code", error.code.rawValue)
            add("status", error.status)
            add("message", error.message)
            add("path", error.path)
            add("model", error.model)
            add("property", error.property)
            add("relation", error.relation)
            add("operator", error.operator)
        case let error as ValidationError:
            add("code", error.code)
            add("status", error.status)
            add("message", error.message)
            add("path", error.problems.first?.path)
            add("model", error.model)
            add("property", error.problems.first?.property)
        case let error as PostgresError:
            let isViolation = error.sqlState?.hasPrefix("23") == true
            add("code", isViolation ? "CONSTRAINT_VIOLATION" : error.code.rawValue)
            add("status", isViolation ? 409 : Self.status(of: error))
            add("message", error.message)
            add("constraint", error.server?.constraintName)
            add("sqlState", error.sqlState)
        default:
            add("code", "INTERNAL")
            add("status", 500)
            add("message", MessageText.message("\(error)"))
        }
        var json: [UInt8] = []
        JSONValue.object([.init("error", .object(members))]).write(into: &json)
        self.json = json
    }

    /// The HTTP status that fits: whose turn it is to do something about it.
    private static func status(of error: PostgresError) -> Int {
        switch error.code {
        case .connectFailed, .authenticationFailed, .connectionLost, .connectTimeout, .connectsStuck, .acquireTimeout,
            .poolClosed, .connectionClosed:
            503
        case .statementTimeout, .statementCancelled, .cancelled: 504
        case .invalidParameter, .resultTooLarge: 400
        default: 500
        }
    }
}
