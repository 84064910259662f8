// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

/// The hash that a password is held against where there is no such user, so that it takes as long.
final class DecoyHash: Sendable {
    private let known = Mutex<String?>(nil)

    func hash(_ hasher: any PasswordHasher) async throws -> String {
        if let hash = known.withLock({ $0 }) { return hash }
        let hash = try await hasher.hash("nobody's password")
        known.withLock { $0 = hash }
        return hash
    }
}
