// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Why one server, or one address of it, gave no connection.
struct ConnectFailure: Error {
    var code: PostgresError.Code
    /// What happened and where, without a full stop.
    var text: String
    /// What whoever runs the program can do about it: a sentence.
    var remedy: String
    var server: PostgresError.ServerFields?
    /// Whether no other server is asked: this one has answered, and refused.
    var isFinal = false

    static let networkRemedy = "Check the address and the network, or raise connectTimeout."

    static func timeout(_ server: String, after nanoseconds: UInt64) -> ConnectFailure {
        ConnectFailure(
            code: .connectTimeout, text: "\(server) didn't answer within \(inSeconds(nanoseconds))",
            remedy: networkRemedy)
    }

    static func unknownHost(_ name: String, _ reason: String) -> ConnectFailure {
        ConnectFailure(
            code: .connectFailed, text: "could not translate host name \"\(name)\" to address: \(reason)",
            remedy: "Check the host's name.")
    }

    static func lookupTimeout(_ name: String) -> ConnectFailure {
        ConnectFailure(
            code: .connectTimeout, text: "the look-up of host name \"\(name)\" took too long",
            remedy: "Check the name service, or raise connectTimeout.")
    }

    static func lookupsStuck(_ name: String, _ count: Int) -> ConnectFailure {
        ConnectFailure(
            code: .connectsStuck,
            text: "host name \"\(name)\" is not looked up, for \(count) look-ups hang that nobody waits for any more",
            remedy: "Check the name service; it is tried again as soon as one of them comes back.")
    }

    static func stuck(_ server: String, _ count: Int) -> ConnectFailure {
        ConnectFailure(
            code: .connectsStuck,
            text: "\(server) is not asked, for \(count) attempts that were given up still hang inside libpq",
            remedy:
                "Check that it is the right server, how many iterations its SCRAM passwords have, and the Kerberos server; it is "
                + "tried again as soon as one of them comes back.")
    }

    static func flooded(_ server: String) -> ConnectFailure {
        ConnectFailure(
            code: .connectFailed, text: "\(server) reports thousands of different settings, as no PostgreSQL does",
            remedy: "Check that it is the right server.")
    }

    static let noDescriptor = ConnectFailure(
        code: .connectFailed, text: "the process has hardly a descriptor left, and the last ones are left to others",
        remedy: "Raise the limit of open files (ulimit -n), or lower maximumConnections.")

    static let noThread = ConnectFailure(
        code: .connectFailed, text: "the system has no thread left to connect",
        remedy: "Raise the limits of the process, or lower its load.")

    private static func inSeconds(_ nanoseconds: UInt64) -> String {
        Duration.nanoseconds(Int64(clamping: nanoseconds)).inSeconds
    }
}

extension ConnectFailure {
    /// What the caller is told when no server gave a connection.
    ///
    /// - Parameters:
    ///   - failures: one for each server and address that was tried, in order; the last one may have ended the search.
    ///   - place: where the connection should have gone.
    ///   - timeout: the time all of them had.
    static func error(_ failures: [ConnectFailure], place: String, timeout: Duration) -> PostgresError {
        guard let last = failures.last else {
            return PostgresError(
                .connectTimeout,
                "No connection to \(place) within \(timeout); \(ConnectFailure.networkRemedy.lowercasedFirst)")
        }
        // What a server said tells most, and a refusal more than silence.
        let telling =
            last.isFinal
            ? last
            : failures.last { $0.server != nil } ?? failures.last { $0.code == .connectFailed } ?? last
        let told = last.isFinal ? [last] : failures
        let texts = told.map(\.text).joined(separator: "; ")
        let before = failures.dropLast().map(\.text).joined(separator: "; ")
        let message =
            switch telling.code {
            case .authenticationFailed: "The server at \(place) refused the user: \(texts). \(telling.remedy)"
            case .connectTimeout: "No connection to \(place) within \(timeout): \(texts). \(telling.remedy)"
            default: "No connection to \(place): \(texts). \(telling.remedy)"
            }
        return PostgresError(
            telling.code, message, server: telling.server,
            underlying: last.isFinal && !before.isEmpty ? before : nil)
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
