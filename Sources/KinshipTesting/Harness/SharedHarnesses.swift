// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The harnesses that have names.
actor SharedHarnesses {
    static let shared = SharedHarnesses()

    private var harnesses: [String: Task<TestHarness, any Error>] = [:]

    func harness(
        _ name: String, _ start: @escaping @Sendable () async throws -> TestHarness
    ) async throws -> TestHarness {
        if let task = harnesses[name] { return try await task.value }
        // Detached: the test that asks first may be cancelled, the others still want theirs.
        let task = Task.detached { try await start() }
        harnesses[name] = task
        do {
            return try await task.value
        } catch {
            if harnesses[name] == task { harnesses[name] = nil }
            throw error
        }
    }
}
