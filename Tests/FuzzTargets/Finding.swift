// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import MessageText
import RelationPlanner

/// Something that must hold and doesn't.
package struct Finding: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// What must hold for errors.
package enum Invariants {
    /// Longer than any message gets: the library shortens at 1,500.
    static let longestMessage = 1_600

    /// - Throws: ``Finding`` unless a message is one that people can read.
    package static func check(message: String, of what: String) throws {
        guard !message.isEmpty else { throw Finding("\(what) has no message") }
        guard message.unicodeScalars.count <= longestMessage else {
            throw Finding("\(what) has a message of \(message.unicodeScalars.count) characters")
        }
        guard !message.unicodeScalars.contains(where: { $0.isObeyed }) else {
            throw Finding("\(what) has a message with characters that a terminal obeys: \(message.debugDescription)")
        }
    }

    /// - Throws: ``Finding`` unless the error is one of those that an input may cause.
    package static func check(_ error: any Error) throws {
        switch error {
        case let finding as Finding: throw finding
        case let error as PlannerError:
            try check(message: error.message, of: error.code.rawValue)
            try check(message: error.description, of: error.code.rawValue)
            guard [400, 404, 500, 501].contains(error.status) else { throw Finding("status \(error.status): \(error)") }
        case let error as ValidationError:
            guard !error.problems.isEmpty else { throw Finding("a ValidationError without problems") }
            for problem in error.problems { try check(message: problem.message, of: error.code) }
            try check(message: error.description, of: error.code)
        case let error as SchemaError:
            guard !error.problems.isEmpty else { throw Finding("a SchemaError without problems") }
            for problem in error.problems { try check(problem) }
        case let error as PostgresError:
            try check(message: error.message, of: error.code.rawValue)
            guard [.invalidConfiguration, .invalidParameter].contains(error.code) else {
                throw Finding("\(error.code.rawValue): \(error.message)")
            }
        case let error as CellError: try check(message: error.explanation, of: "a CellError")
        default: throw Finding("an error of type \(type(of: error)): \(error)")
        }
    }

    /// True when it goes well, false when a good error says why not.
    ///
    /// - Throws: ``Finding``.
    package static func accepts(_ body: () throws -> Void) throws -> Bool {
        do {
            try body()
            return true
        } catch {
            try check(error)
            return false
        }
    }
}
