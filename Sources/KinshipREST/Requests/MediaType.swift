// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The value of a `Content-Type`.
struct MediaType {
    /// Type and subtype in lower case.
    let name: String
    /// Whether its bytes are UTF-8, as far as it says.
    let isText: Bool

    init(_ value: String) {
        let parts = value.lowercased().split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
        name = parts.first ?? ""
        let charset = parts.dropFirst().first { $0.hasPrefix("charset=") }?.dropFirst("charset=".count)
        let known = charset?.filter { $0 != "\"" } ?? "utf-8"
        isText = ["utf-8", "utf8", "us-ascii", "ascii"].contains(known)
    }

    /// Whether an `Accept-Encoding` lists a coding.
    static func accepts(coding: String, _ value: String) -> Bool {
        value.split(separator: ",").contains { part in
            let pieces = part.split(separator: ";").map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
            let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            return pieces.first == coding && quality != 0
        }
    }

    /// Whether an `Accept` lists JSON, or what takes it in.
    static func acceptsJSON(_ value: String) -> Bool {
        accepts(value) { name in
            ["*/*", "application/*", "application/json", "text/json"].contains(name) || name.hasSuffix("+json")
        }
    }

    /// Whether an `Accept` lists server-sent events, or what takes them in.
    static func acceptsEvents(_ value: String) -> Bool {
        accepts(value) { ["*/*", "text/*", "text/event-stream"].contains($0) }
    }

    private static func accepts(_ value: String, _ isWanted: (String) -> Bool) -> Bool {
        value.split(separator: ",").contains { part in
            let pieces = part.split(separator: ";").map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
            guard let name = pieces.first else { return false }
            let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            return quality != 0 && isWanted(name)
        }
    }
}
