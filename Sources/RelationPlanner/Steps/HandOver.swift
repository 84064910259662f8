// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Keys that one step leaves on the server for a later one of the same round trip, in settings of the transaction.
///
/// Statements of one pipeline are one transaction, at the end of which PostgreSQL forgets the settings
/// (documentation, `set_config`).
package struct HandOver: Sendable, Hashable {
    /// The step that takes them.
    let taker: Fetch.ID
    /// For each source of keys the names of the result's columns, one per part.
    let columns: [[String]]
    /// Whether these hold each key once and no NULL.
    let areDistinct: Bool

    /// What the names of all settings begin with.
    private static let prefix = "kinship.k"

    /// The setting that a step takes a part of its keys from.
    static func setting(of taker: Fetch.ID, part: Int) -> String { "\(setting(of: taker))_\(part + 1)" }

    /// The settings' name without the part.
    static func setting(of taker: Fetch.ID) -> String { "\(prefix)\(taker.index)" }

    /// Whether the message of a server's error 42704, whatever its language, names a setting that keys were to be in.
    package static func isLost(_ message: String) -> Bool {
        message.indices.contains { start in
            guard message[start...].hasPrefix(prefix) else { return false }
            let rest = message[message.index(start, offsetBy: prefix.count)...]
            let number = rest.prefix(while: \.isNumber)
            return !number.isEmpty && rest[number.endIndex...].hasPrefix("_")
        }
    }
}
