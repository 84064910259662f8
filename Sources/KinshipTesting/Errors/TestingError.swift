// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a test was to find and didn't, and what stands in its way.
///
/// ```swift
/// do {
///     try await expectingStatements(1) { try await orders(in: session) }
/// } catch let error as TestingError {
///     print(error.code.rawValue, error.message)  // TEST_STATEMENTS: 2 statements were sent, and 1 was expected …
/// }
/// ```
///
/// It needs no library for tests: what throws fails a test of Swift Testing and of XCTest alike, with the message.
public struct TestingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong; the raw value is stable.
    public enum Code: String, Sendable, CaseIterable {
        /// Another number of statements, or of round trips, than was expected.
        case statements = "TEST_STATEMENTS"
        /// Other records than were expected.
        case records = "TEST_RECORDS"
        /// Tables couldn't be made.
        case tables = "TEST_TABLES"
        /// No value can be found that is valid.
        case value = "FACTORY_VALUE"
        /// Records that need each other.
        case circle = "FACTORY_CIRCLE"
        /// No such model, property or relation.
        case unknown = "FACTORY_UNKNOWN"
        /// A file of recorded answers that can't be read or written.
        case answersFile = "ANSWERS_FILE"
        /// What can't be recorded: COPY, an encrypted connection.
        case answersUnsupported = "ANSWERS_UNSUPPORTED"
    }

    /// What went wrong.
    public var code: Code
    /// What, where, and the remedy.
    public var message: String
    /// The model it is about.
    public var model: String?
    /// The property or relation.
    public var property: String?

    init(_ code: Code, _ message: String, model: String? = nil, property: String? = nil) {
        self.code = code
        self.message = message
        self.model = model
        self.property = property
    }

    /// The code and the message.
    public var description: String { "\(code.rawValue): \(message)" }
}
