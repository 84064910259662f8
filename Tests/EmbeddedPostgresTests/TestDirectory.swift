// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// A directory that every user may enter, removed with its last reference.
final class TestDirectory: Sendable {
    let path: String

    init() throws {
        path = "/tmp/kinship-test-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        // A server started by root writes into it as another user.
        if geteuid() == 0 { chmod(path, 0o777) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
