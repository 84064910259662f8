// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Digests

/// What opaque cursors are sealed with, so that a damaged or foreign one is known for what it is.
///
/// ```swift
/// let seal = CursorSeal(key: Array("a secret of at least 32 bytes, ...".utf8))
/// ```
///
/// Without a key a cursor carries a checksum: anybody can read and make one, and it is checked like any other input. With
/// one it carries an authentication code (HMAC-SHA256, 16 bytes of it), and only those made with the key are taken. They can be
/// read all the same.
public struct CursorSeal: Sendable, Hashable {
    private let key: [UInt8]?

    /// Cursors with a checksum.
    public static let unsigned = CursorSeal(nil)

    /// Cursors that are signed; an empty key is none.
    public init(key: [UInt8]) { self.init(key.isEmpty ? nil : key) }

    private init(_ key: [UInt8]?) { self.key = key }

    /// The first byte of a sealed text: how it is sealed.
    private var kind: UInt8 { key == nil ? 1 : 2 }

    private func code(_ payload: [UInt8]) -> [UInt8] {
        guard let key else { return Array(SHA256.digest(payload).prefix(6)) }
        return Array(SHA256.authenticationCode(payload, key: key).prefix(16))
    }

    /// A payload as a text that goes anywhere: base64 in the alphabet for URLs.
    package func seal(_ payload: [UInt8]) -> String {
        Base64.urlText([kind] + code(payload) + payload)
    }

    /// What was sealed; nil for a text that wasn't sealed with this, or has been changed.
    package func open(_ text: String) -> [UInt8]? {
        // Of the texts that stand for these bytes only the one that was given out.
        guard let bytes = Base64.decode(text), bytes.first == kind, Base64.urlText(bytes) == text else { return nil }
        let size = key == nil ? 6 : 16
        guard bytes.count > size else { return nil }
        let payload = Array(bytes[(1 + size)...])
        // Every byte is looked at, so that the time says nothing about where they differ.
        let difference = zip(bytes[1...size], code(payload)).reduce(0) { $0 | ($1.0 ^ $1.1) }
        return difference == 0 ? payload : nil
    }
}

// The key is in no text of it, so that options can be printed.
extension CursorSeal: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Whether cursors are signed.
    public var description: String { key == nil ? "unsigned" : "signed" }

    /// ``description``.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Base64 {
    /// The alphabet for URLs, without padding.
    static func urlText(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 4 / 3 + 3)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(digits[Int(buffer >> bits & 63)])
            }
            buffer &= 1 << bits - 1
        }
        if bits > 0 { text.append(digits[Int(buffer << (6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
