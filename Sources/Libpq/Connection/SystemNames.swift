// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The operating system's `getaddrinfo`, asked as libpq asks it.
enum SystemNames {
    /// Blocks for as long as the name service takes.
    static func addresses(of name: String) -> Result<[String], NameResolver.Failure> {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var first: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(name, nil, &hints, &first)
        guard status == 0 else {
            return .failure(NameResolver.Failure(String(cString: gai_strerror(status))))
        }
        defer { freeaddrinfo(first) }
        var addresses: [String] = []
        var entry = first
        while let current = entry?.pointee {
            if let text = text(current), !addresses.contains(text) { addresses.append(text) }
            entry = current.ai_next
        }
        return addresses.isEmpty
            ? .failure(NameResolver.Failure("it has no address of a kind that is known here")) : .success(addresses)
    }

    /// Whether a host is an address already, which needs no look-up.
    static func isAddress(_ name: String) -> Bool {
        var room = in6_addr()
        return inet_pton(AF_INET, name, &room) == 1 || inet_pton(AF_INET6, name, &room) == 1
    }

    private static func text(_ entry: addrinfo) -> String? {
        guard entry.ai_family == AF_INET || entry.ai_family == AF_INET6 else { return nil }
        var bytes = [CChar](repeating: 0, count: 128)
        guard
            getnameinfo(
                entry.ai_addr, entry.ai_addrlen, &bytes, socklen_t(bytes.count), nil, 0, NI_NUMERICHOST) == 0
        else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
