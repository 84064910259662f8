// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
public import Testing

/// What a server can have been built without. A test that needs one of them asks first:
///
/// ```swift
/// @Test(.needs(.icu)) func collations() async throws { … }
/// ```
public enum ServerFeature: String, Sendable, CaseIterable {
    /// Collations of ICU.
    case icu
    /// Values of `xml`.
    case xml
    /// The extension `citext`, one of those that come with PostgreSQL's sources.
    case citext
    /// Encrypted connections, of the servers that tests start themselves.
    case tls

    /// Whether the server has it, found out once in a process.
    public var isThere: Bool {
        get async throws { try await Answers.shared.isThere(self) }
    }

    /// Whether the server has everything that the SQL text needs.
    public static func areThere(for sql: String) async throws -> Bool {
        for (feature, word) in [(ServerFeature.icu, "icu"), (.citext, "citext")] where sql.contains(word) {
            guard try await feature.isThere else { return false }
        }
        return true
    }

    fileprivate var name: String {
        switch self {
        case .icu: "ICU"
        case .xml: "XML"
        case .citext: "the extension citext"
        case .tls: "TLS"
        }
    }

    /// Statements that fail, or give no row, without it.
    private var probe: String {
        switch self {
        // The one named unicode is there without ICU as well.
        case .icu: "SELECT FROM pg_collation WHERE collprovider = 'i' AND collname <> 'unicode' LIMIT 1"
        case .xml: "SELECT '<a/>'::xml"
        case .citext: "SELECT FROM pg_available_extensions WHERE name = 'citext'"
        case .tls: "SELECT FROM current_setting('ssl_library') s WHERE s <> ''"
        }
    }

    private actor Answers {
        static let shared = Answers()

        private var answers: [ServerFeature: Task<Bool, any Error>] = [:]

        func isThere(_ feature: ServerFeature) async throws -> Bool {
            if let known = answers[feature] { return try await known.value }
            let task = Task.detached { try await feature.ask() }
            answers[feature] = task
            return try await task.value
        }
    }

    private func ask() async throws -> Bool {
        let server = try await TestServer.shared()
        if self == .tls, case .embedded = server.origin {
        } else if self == .tls {
            let own = try await PrivateServer.start()
            let found = try await !own.run(probe).isEmpty
            await own.stop()
            return found
        }
        do {
            return try await !TestSession.run(probe, url: server.url).isEmpty
        } catch let failure as TestSession.Failure where failure.description.contains("unsupported") {
            return false
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Leaves a test out, and says so, where the server was built without something.
    public static func needs(_ features: ServerFeature...) -> Self {
        let names = features.map(\.name).joined(separator: ", ")
        return .enabled("The server was built without \(names).") {
            for feature in features {
                guard try await feature.isThere else { return false }
            }
            return true
        }
    }
}
