// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Foundation
import Kinship
import KinshipJWT
import Testing

@testable import KinshipCommand

/// Documentation/Errors.md lists each code with its status and exit code, and no other.
@Suite struct ErrorCodesPageTests {
    /// Every kind of error that the library and the command have.
    private var kinds: [ErrorReport.Kind] {
        let all =
            ErrorReport.Kind.all + EmbeddedPostgresError.Code.allCases.map(\.kind)
            + BatchError.Code.allCases.map(\.kind) + JWTError.Code.allCases.map(\.kind)
        return Set(all).sorted { $0.code < $1.code }
    }

    private var page: String {
        get throws { try String(contentsOfFile: Fixture.repository + "/Documentation/Errors.md", encoding: .utf8) }
    }

    @Test func everyCodeIsOnThePageOnceWithItsStatusAndExitCode() throws {
        let listed = try page.split(separator: "\n").drop { $0 != "## All codes" }.dropFirst().prefix {
            !$0.hasPrefix("#")
        }.filter { $0.hasPrefix("| `") }.map(String.init)
        let expected = kinds.map { kind in
            "| `\(kind.code)` | \(kind.status) | \(kind.fault.rawValue) | \(kind.fault.exitCode) | \(kind.isRepeatable ? "yes" : "") |"
        }
        #expect(Set(kinds.map(\.code)).count == kinds.count, "a code with two meanings")
        #expect(listed == expected, "the table should be:\n\(expected.joined(separator: "\n"))")
    }

    @Test func theTablesAboveSayTheSame() throws {
        let statuses = Dictionary(uniqueKeysWithValues: kinds.map { ($0.code, $0.status) })
        var explained: Set<String> = []
        let all = try page
        let start = try #require(all.range(of: "## All codes")?.lowerBound)
        let end = try #require(all.range(of: "### Codes that only a report has")?.lowerBound)
        for row in (all[..<start] + all[end...]).matches(of: #/\n\| `([A-Z_]+)` \| (?:`[^`]*` \| )?(?:(\d{3}) \| )?/#) {
            let code = String(row.output.1)
            let status = try #require(statuses[code], "\(code) is no code")
            if let written = row.output.2 { #expect(Int(written) == status, "\(code)") }
            explained.insert(code)
        }
        #expect(explained == Set(statuses.keys))
    }

    @Test func everyFaultIsAnExitStatus() {
        for fault in ErrorReport.Fault.allCases {
            #expect(ExitStatus(rawValue: fault.exitCode) == ExitStatus(fault), "\(fault)")
        }
    }
}
