// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Digests

/// The tag of an answer: of a record whose changes are counted their number, of others what their bytes come to.
enum EntityTag {
    /// A weak tag of bytes.
    static func weak(_ bytes: [UInt8]) -> String {
        let words = SHA256.words(of: bytes).prefix(4)
        return "W/\"" + String(bytes.count, radix: 16) + "-" + words.map { String($0, radix: 36) }.joined() + "\""
    }

    /// The strong tag of a record's number of changes.
    static func version(_ number: String) -> String { "\"\(number)\"" }
}
