// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension JSONValue {
    /// A text, or a number as one.
    var word: String? {
        switch self {
        case .string(let text): text
        case .number(let number): number
        default: nil
        }
    }

    /// Its text.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(into: &bytes)
        return bytes
    }
}
