// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Logging

/// Takes down the statements that a task sends.
final class StatementWitness: Sendable {
    private let taken = Locked(SentStatements())

    /// What was sent so far.
    var sent: SentStatements { taken.withLock { $0 } }

    /// The logger that hears of them.
    var logger: Logger { Logger(label: "kinship.testing") { _ in Handler(witness: self) } }

    private func take(_ metadata: Logger.Metadata) {
        guard let sql = metadata["sql"] else { return }
        // In a pipeline `2 of 3`.
        let place = metadata["statement"].map { "\($0)" }
        let rows = metadata["rows"].flatMap { Int("\($0)") }
        let error = metadata["error"].map { "\($0)" }
        taken.withLock { sent in
            if place == nil || place?.hasPrefix("1 of ") == true { sent.roundTrips += 1 }
            sent.statements.append(
                .init(sql: "\(sql)", rows: rows, error: error, roundTrip: sent.roundTrips))
        }
    }

    private struct Handler: LogHandler {
        let witness: StatementWitness
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { witness.take(event.metadata ?? [:]) }
    }
}
