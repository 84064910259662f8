// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What came of a run.
struct ChaosReport: Sendable, CustomStringConvertible {
    var seed: UInt64
    var findings: [Finding]
    var faults: [Fault: Int]
    var writes: [Write.Outcome: Int]
    /// Of the writes whose outcome is unknown: how many happened.
    var happened: Int
    var answers: Int
    /// How many statements went out behind others' on a connection.
    var shared: Int
    var tallies: [String: History.Tally]
    var longest: [String: Duration]
    var recovery: Duration
    var usage = ""

    var operations: Int { tallies.values.reduce(0) { $0 + $1.answered + $1.errors.values.reduce(0, +) } }

    private var errors: [String: Int] {
        tallies.values.reduce(into: [:]) { $0.merge($1.errors) { $0 + $1 } }
    }

    private static func list(_ counts: [String: Int]) -> String {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
            .joined(separator: ", ")
    }

    /// The errors of an operation, which help to understand a finding.
    var details: String {
        tallies.sorted { $0.key < $1.key }.map { name, tally in
            "  \(name): answered \(tally.answered), at most \(longest[name] ?? .zero); \(Self.list(tally.errors))"
        }.joined(separator: "\n")
    }

    var description: String {
        let faults = Self.list(Dictionary(uniqueKeysWithValues: faults.map { ($0.key.rawValue, $0.value) }))
        let writes = Self.list(Dictionary(uniqueKeysWithValues: writes.map { ($0.key.rawValue, $0.value) }))
        return """
            Chaos, seed \(seed): \(operations) operations, \(answers) answers looked at, \(shared) behind others, \(findings.count) findings
              writes: \(writes) (of the unknown ones \(happened) happened)
              faults: \(faults)
              errors: \(Self.list(errors))
              served again \(recovery) after the last fault; \(usage)
            """
    }
}
