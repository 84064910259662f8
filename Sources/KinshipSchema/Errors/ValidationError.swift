// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// Data that can't be written, with all that is wrong with it.
///
/// ```swift
/// do {
///     _ = try await database.create("Review", data: ["stars": 7])
/// } catch let error as ValidationError {
///     for problem in error.problems { print(problem.path, problem.code.rawValue, problem.message) }
/// }
/// ```
///
/// A value that its column can't take is a fault of the request (400); what only the model's rules forbid is one of the data
/// (422), as LoopBack has it (D39).
public struct ValidationError: Error, Sendable, Hashable {
    /// What is wrong with a value; the raw values are LoopBack's codes.
    public enum Code: String, Sendable, CaseIterable {
        /// There has to be a value.
        case presence
        /// There must be none: the database makes it.
        case absence
        /// The model has no such property.
        case unknownProperty = "unknown-property"
        /// It is no date.
        case date
        /// It is too long or too short.
        case length
        /// It is too small or too great.
        case range
        /// It is none of those that there are.
        case inclusion
        /// It doesn't match the pattern.
        case format
        /// There is such a one already.
        case uniqueness
        /// A rule of the program's own.
        case custom
        /// The column can't take it.
        case type
    }

    /// One thing that is wrong.
    public struct Problem: Sendable, Hashable {
        /// The place in the data: `stars`, `addressList[2].street`, `[3].stars` in a list of records.
        public var path: String
        /// The property it is about.
        public var property: String
        /// What is wrong.
        public var code: Code
        /// One sentence, without the property's name ahead of it.
        public var message: String

        /// A problem.
        public init(_ code: Code, at path: String, property: String, _ message: String) {
            self.path = path
            self.property = property
            self.code = code
            self.message = MessageText.message(message)
        }
    }

    /// The model that the data are for.
    public let model: String
    /// The problems; never empty.
    public let problems: [Problem]

    /// An error of the problems found; give one at least.
    public init(model: String, _ problems: [Problem]) {
        self.model = model
        self.problems = problems
    }

    /// `INVALID_VALUE` where a column can't take a value, else `VALIDATION_ERROR`; stable, and meant for programs.
    public var code: String { isOfRequest ? PlannerError.Code.invalidValue.rawValue : "VALIDATION_ERROR" }

    /// The HTTP status that fits.
    public var status: Int { isOfRequest ? 400 : 422 }

    private var isOfRequest: Bool { problems.contains { $0.code == .type } }

    /// One sentence that names all problems.
    public var message: String {
        let list = problems.prefix(20).map { ($0.path.isEmpty ? "the record" : "`\($0.path)`") + " \($0.message)" }
            .joined(separator: "; ")
        let rest = problems.count > 20 ? "; and \(problems.count - 20) more" : ""
        return MessageText.message("The data of `\(model)` can't be written: \(list)\(rest).")
    }

    /// The codes by property, as LoopBack's errors have them under `details`.
    public var codes: [String: [String]] {
        Dictionary(grouping: problems, by: \.property).mapValues { $0.map(\.code.rawValue) }
    }

    /// The messages by property.
    public var messages: [String: [String]] {
        Dictionary(grouping: problems, by: \.property).mapValues { $0.map(\.message) }
    }
}

extension ValidationError: CustomStringConvertible {
    /// Code and message, on one line.
    public var description: String { "\(code): \(message)" }
}
