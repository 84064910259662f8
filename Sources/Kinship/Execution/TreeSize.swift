// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// How large a tree is: what ``TreeOptions/maximumRows`` and ``TreeOptions/maximumBytes`` are held against.
struct TreeSize: Sendable {
    var rows = 0
    var bytes = 0

    mutating func add(_ rowSet: RowSet) {
        rows += rowSet.count
        bytes += rowSet.memorySize
    }

    static func + (one: TreeSize, other: TreeSize) -> TreeSize {
        TreeSize(rows: one.rows + other.rows, bytes: one.bytes + other.bytes)
    }

    static func - (one: TreeSize, other: TreeSize) -> TreeSize {
        TreeSize(rows: one.rows - other.rows, bytes: one.bytes - other.bytes)
    }
}

extension TreeOptions {
    /// Refuses a tree that is larger than is allowed.
    ///
    /// - Parameter place: the relation at which it became too large.
    func check(_ size: TreeSize, at place: () -> String?) throws(PlannerError) {
        if let most = maximumRows, size.rows > most {
            throw tooManyRows(most, at: place())
        }
        if let most = maximumBytes, size.bytes > most {
            throw tooManyBytes(most, at: place())
        }
    }

    /// What may come beside rows of a size, for requests to the server; nil without limits.
    func room(beside size: TreeSize) -> ResultLimits? {
        guard maximumRows != nil || maximumBytes != nil else { return nil }
        return ResultLimits(
            rows: maximumRows.map { max(0, $0 - size.rows) }, bytes: maximumBytes.map { max(0, $0 - size.bytes) })
    }

    /// Runs what asks the server; that it stopped because of ``room(beside:)`` is told as ``check(_:at:)`` tells it.
    ///
    /// - Parameter place: the relation of the statement at a position.
    func asking<R>(place: (Int) -> String?, _ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as PostgresError {
            throw told(error, place: place)
        }
    }

    /// An error of the server's as it is told.
    func told(_ error: PostgresError, place: (Int) -> String?) -> any Error {
        guard let exceeded = error.exceeded else { return error }
        let place = place(error.statementIndex ?? 0)
        return switch exceeded {
        case .rows: tooManyRows(maximumRows ?? 0, at: place)
        case .bytes: tooManyBytes(maximumBytes ?? 0, at: place)
        }
    }

    private func tooManyRows(_ most: Int, at place: String?) -> PlannerError {
        tooLarge("has more than the \(most) rows allowed", at: place, #"with "where" and "limit""#)
    }

    private func tooManyBytes(_ most: Int, at place: String?) -> PlannerError {
        tooLarge(
            "takes more than the \(most) bytes of memory allowed", at: place, #"with "fields", "where" and "limit""#)
    }

    private func tooLarge(_ what: String, at place: String?, _ remedy: String) -> PlannerError {
        PlannerError(
            .resultTooLarge,
            "The answer \(what)\(place.map { " (at \($0))" } ?? ""); ask for less \(remedy), also in the scopes of includes.",
            path: place)
    }
}
