// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// How much of a graph may be written: ``TreeOptions/maximumRecordsWritten`` and ``TreeOptions/maximumBytesWritten``.
struct OutputLimits: Sendable, Hashable {
    var records: Int?
    var bytes: Int?

    private static let reason = "records are written at each place where they are included."

    /// - Parameter place: the relation at which they became too many, where that is known.
    func tooManyRecords(at place: String?) -> PostgresError {
        PostgresError(
            .resultTooLarge,
            "The answer has more than the \(records ?? 0) records that may be written\(place.map { " (at \($0))" } ?? ""): "
                + "\(Self.reason) Leave out includes that lead back, ask for less, or raise maximumRecordsWritten.")
    }

    var tooManyBytes: PostgresError {
        PostgresError(
            .resultTooLarge,
            "The answer takes more than the \(bytes ?? 0) bytes that may be written: \(Self.reason) "
                + "Ask for less, use a stream, or raise maximumBytesWritten.")
    }
}
