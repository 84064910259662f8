// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Where a claim stands: a member by its name, or with a slash ahead the way to one through objects, as a JSON Pointer has it (RFC 6901).
package struct ClaimPath: Sendable, Hashable, CustomStringConvertible {
    /// As it is written.
    package let description: String
    private let names: [String]

    /// nil for what leads nowhere: no text, a way with an empty name, and a `~` that is neither `~0` (for itself) nor `~1` (for a slash).
    package init?(_ text: String) {
        description = text
        guard text.utf8.first == UInt8(ascii: "/") else {
            guard !text.isEmpty else { return nil }
            names = [text]
            return
        }
        var names: [String] = []
        for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let name = Self.name(part), !name.isEmpty else { return nil }
            names.append(name)
        }
        self.names = names
    }

    /// A member, whatever its name looks like.
    package init(member name: String) {
        names = [name]
        description = name
    }

    /// What is claimed there; nil where the way ends ahead of it.
    package func value(in claims: JSONValue) -> JSONValue? {
        var value: JSONValue? = claims
        for name in names { value = value?[name] }
        return value
    }

    private static func name(_ part: some Sequence<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in part {
            switch (isEscaped, byte) {
            case (true, UInt8(ascii: "0")): bytes.append(UInt8(ascii: "~"))
            case (true, UInt8(ascii: "1")): bytes.append(UInt8(ascii: "/"))
            case (true, _): return nil
            case (false, UInt8(ascii: "~")):
                isEscaped = true
                continue
            case (false, _): bytes.append(byte)
            }
            isEscaped = false
        }
        return isEscaped ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
