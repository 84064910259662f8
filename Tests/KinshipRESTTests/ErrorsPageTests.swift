// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import KinshipREST
import TestSupport
import Testing

/// Documentation/REST.md lists each code that only HTTP has, with its status, and no other.
@Suite struct ErrorsPageTests {
    @Test func everyCodeIsOnThePageWithItsStatus() throws {
        let page = try String(contentsOfFile: Repository.path("Documentation/REST.md"), encoding: .utf8)
        let listed = page.matches(of: #/\n\| `([A-Z_]+)` \| (\d{3}) \|/#).map { "\($0.output.1) \($0.output.2)" }
        #expect(listed == RESTError.Code.allCases.map { "\($0.rawValue) \($0.kind.status)" })
    }

    /// No code means two things.
    @Test func codesAreNoOthers() {
        let known = Set(ErrorReport.Kind.all.map(\.code))
        #expect(RESTError.Code.allCases.allSatisfy { !known.contains($0.rawValue) })
    }
}
