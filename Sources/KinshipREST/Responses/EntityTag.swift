// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Digests

/// The tag of an answer: of a record whose changes are counted their number, of others what their bytes come to.
enum EntityTag {
    /// A weak tag of bytes.
    static func weak(_ bytes: [UInt8]) -> String {
        "W/\"" + String(bytes.count, radix: 16) + "-" + digest(bytes) + "\""
    }

    /// The strong tag of a record: its number of changes, which `If-Match` goes by, and what its bytes come to. What is shown with a record
    /// may change without it.
    static func version(_ number: String, _ bytes: [UInt8]) -> String { "\"\(number)-\(digest(bytes))\"" }

    private static func digest(_ bytes: [UInt8]) -> String {
        SHA256.words(of: bytes).prefix(4).map { String($0, radix: 36) }.joined()
    }
}
