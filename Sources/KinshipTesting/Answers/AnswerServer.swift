// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// What a database is opened with in the place of a server: it answers from a file.
final class AnswerServer: Sendable {
    private let listener: LocalListener

    init(_ store: AnswerStore) throws {
        listener = try LocalListener { client in
            // What it throws is the client's going away.
            try? AnsweringSession(client, store).run()
        }
    }

    /// How it is reached.
    var configuration: ConnectionConfiguration {
        var configuration = ConnectionConfiguration(
            hosts: [Host(listener.directory, port: 5432)], user: "recorded", database: "recorded")
        configuration.tls = TLS(mode: .disable)
        return configuration
    }

    /// Listens no more.
    func stop() { listener.stop() }
}
