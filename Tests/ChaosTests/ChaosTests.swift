// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

/// Servers that die and hang, networks that break, tasks that are cancelled, all at once and for a while; then everything that
/// was said is held against what is there.
@Suite(.serialized) struct ChaosTests {
    @Test func `Under every fault answers are to their questions and commits are there exactly once`() async throws {
        for options in ChaosOptions.runs {
            let report = try await ChaosRun(options: options)()
            print(report)
            if !report.findings.isEmpty { print(report.details) }
            let findings = report.findings.prefix(20).map { "\n  \($0)" }.joined()
            try #require(report.findings.isEmpty, "seed \(report.seed), \(report.findings.count) findings:\(findings)")
            // Else nothing has been tried.
            #expect(report.writes[.acknowledged, default: 0] > 100 && report.answers > 500)
            #expect(report.faults.values.reduce(0, +) > 20)
        }
    }
}
