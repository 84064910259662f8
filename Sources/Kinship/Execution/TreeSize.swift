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
            throw tooLarge("has more than the \(most) rows allowed", at: place(), #"with "where" and "limit""#)
        }
        if let most = maximumBytes, size.bytes > most {
            throw tooLarge(
                "takes more than the \(most) bytes of memory allowed", at: place(),
                #"with "fields", "where" and "limit""#)
        }
    }

    private func tooLarge(_ what: String, at place: String?, _ remedy: String) -> PlannerError {
        PlannerError(
            .resultTooLarge,
            "The answer \(what)\(place.map { " (at \($0))" } ?? ""); ask for less \(remedy), also in the scopes of includes.",
            path: place)
    }
}
