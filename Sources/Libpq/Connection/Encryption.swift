// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// How to find bytes that were decrypted but not read: the socket will not announce them.
///
/// `@unchecked Sendable`: the pointer belongs to the connection and is used under its lock only.
enum Encryption: @unchecked Sendable {
    case none
    case openSSL(UnsafeMutableRawPointer)
    case other

    /// `SSL_pending` of the OpenSSL that libpq has loaded.
    private static let pending = kinship_as_ssl_pending(kinship_symbol("SSL_pending"))

    init(_ link: Link) {
        if PQsslInUse(link.pointer) == 1 {
            if Self.pending != nil, let object = PQsslStruct(link.pointer, "OpenSSL") {
                self = .openSSL(object)
            } else {
                self = .other
            }
        } else {
            self = PQgssEncInUse(link.pointer) == 1 ? .other : .none
        }
    }

    /// Reads what is left after a `PQconsumeInput` that succeeded.
    ///
    /// - Returns: whether reading succeeded.
    func drain(_ link: Link) -> Bool {
        switch self {
        case .none:
            return true
        case .openSSL(let object):
            guard let pending = Self.pending else { return true }
            while pending(object) > 0 {
                guard PQconsumeInput(link.pointer) == 1, PQsocket(link.pointer) >= 0 else { return false }
            }
            return true
        case .other:
            // A record has at most 16 KiB and each call takes at least 8 KiB of it.
            for _ in 0..<3 where PQconsumeInput(link.pointer) == 0 { return false }
            return true
        }
    }
}
