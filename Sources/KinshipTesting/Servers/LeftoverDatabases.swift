// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch
import Foundation
import Kinship

/// What is dropped when the process exits: databases of suites that nobody has closed.
final class LeftoverDatabases: Sendable {
    static let shared = LeftoverDatabases()

    private struct Leftover {
        var configuration: ConnectionConfiguration
        /// Set while it is open.
        var database: Database?
    }

    private let databases = Locked<[String: Leftover]>([:])

    private init() {
        atexit { LeftoverDatabases.shared.drop() }
    }

    func add(_ name: String, _ configuration: ConnectionConfiguration) {
        databases.withLock { $0[name] = Leftover(configuration: configuration) }
    }

    /// What is closed ahead of it, so that nobody tries to connect to what is gone.
    func add(_ database: Database, to name: String) {
        databases.withLock { $0[name]?.database = database }
    }

    func remove(_ name: String) {
        databases.withLock { _ = $0.removeValue(forKey: name) }
    }

    private func drop() {
        let databases = databases.withLock { $0 }
        guard !databases.isEmpty else { return }
        let end = DispatchSemaphore(value: 0)
        Task.detached {
            for (name, leftover) in databases {
                await leftover.database?.close(deadline: .seconds(1))
                // The process is ending: there is nobody to tell, and the next run drops what stays.
                try? await FreshDatabase.run(
                    ["DROP DATABASE IF EXISTS \"\(name)\" WITH (FORCE)"], leftover.configuration)
            }
            end.signal()
        }
        _ = end.wait(timeout: .now() + 10)
    }
}
