// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Testing

/// Has each test run twice: where callers share connections, and where each has one for itself.
struct WithAndWithoutSharing: SuiteTrait, TestTrait, TestScoping {
    /// How many share a connection in the pools of the test that runs; nil for the default.
    @TaskLocal static var depth: Int?

    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        // The suite itself only once: its tests are inside.
        guard testCase != nil else { return try await function() }
        for depth in [1, 8] {
            try await Self.$depth.withValue(depth) { try await function() }
        }
    }
}

extension Trait where Self == WithAndWithoutSharing {
    /// Runs each test with and without shared connections.
    static var withAndWithoutSharing: Self { Self() }
}
