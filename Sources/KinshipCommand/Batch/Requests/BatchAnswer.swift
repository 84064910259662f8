// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
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

    /// What a request would send, or has sent and undone.
    init(_ explanation: ChangeExplanation) {
        json = Array(
            #"{"explain":\#(explanation.tree.json.description),"statements":\#(explanation.statements),"roundTrips":\#(explanation.roundTrips)}"#
                .utf8)
    }

    /// What went wrong.
    ///
    /// - Parameter schema: the models, which name what a violated constraint is about.
    init(_ error: any Error, in schema: Schema) {
        var members = ErrorReport(error, in: schema).json.members ?? []
        if let error = error as? BatchError { members.append(.init("line", .number(String(error.line)))) }
        for position in members.indices {
            if case .string(let text) = members[position].value {
                members[position].value = .string(Secrets.masked(text))
            }
        }
        var json: [UInt8] = []
        JSONValue.object([.init("error", .object(members))]).write(into: &json)
        self.json = json
    }
}
