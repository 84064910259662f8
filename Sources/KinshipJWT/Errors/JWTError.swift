// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What is wrong with the keys that tokens are held against. That a token is wrong is a `RESTError`, `INVALID_TOKEN`.
///
/// ```swift
/// do {
///     _ = try JWTKey(secret: Array("too short".utf8))
/// } catch {
///     print(error.code.rawValue)  // JWT_KEY_INVALID
/// }
/// ```
public struct JWTError: ReportableError, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong; the raw value is stable and meant for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// A key can't be read, or is too weak.
        case keyInvalid = "JWT_KEY_INVALID"
        /// There are no keys now.
        case keysUnavailable = "JWT_KEYS_UNAVAILABLE"

        /// Code, status and whose fault it is.
        public var kind: ErrorReport.Kind {
            switch self {
            case .keyInvalid: .init(rawValue, 500, .configuration)
            case .keysUnavailable: .init(rawValue, 503, .connection, isRepeatable: true)
            }
        }
    }

    /// What is wrong, for programs.
    public let code: Code
    /// One sentence: what, and the remedy. No key is ever in it.
    public let message: String

    /// An error of keys.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Code, status and message.
    public var report: ErrorReport { ErrorReport(code.kind, message) }

    /// Code and message on one line.
    public var description: String { report.description }

    static func invalid(_ message: String) -> JWTError { JWTError(.keyInvalid, message) }
}
