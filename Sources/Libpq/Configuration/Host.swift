// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One server of the list a connection tries in order.
///
/// ```swift
/// let host = Host("db.example.org", port: 5433)
/// let socket = Host("/var/run/postgresql")
/// ```
public struct Host: Sendable, Hashable {
    /// A host name, an IP address or, beginning with `/` (or `@` for an abstract one), the directory of a Unix socket.
    public var name: String
    /// The port; nil is 5432.
    public var port: Int?
    /// The IP address to connect to without a look-up; ``name`` is then only what certificate and `.pgpass` are
    /// matched against. libpq's `hostaddr`.
    public var address: String?

    /// A server.
    public init(_ name: String, port: Int? = nil, address: String? = nil) {
        self.name = name
        self.port = port
        self.address = address
    }

    /// Whether bytes to this server stay on this machine: a Unix socket, `localhost`, 127.0.0.0/8 or ::1.
    ///
    /// An ``address`` decides when there is one, for that is where libpq connects to.
    public var isLocal: Bool {
        if let address, !address.isEmpty { return Self.isLoopback(address) }
        if name.isEmpty || name.hasPrefix("/") || name.hasPrefix("@") { return true }
        return name.lowercased() == "localhost" || Self.isLoopback(name)
    }

    /// Only complete addresses: `127.evil.example` is a name that anybody may own.
    private static func isLoopback(_ address: String) -> Bool {
        if address == "::1" || address == "0:0:0:0:0:0:0:1" { return true }
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "127" else { return false }
        return parts.allSatisfy { part in part.count <= 3 && part.allSatisfy(\.isASCII) && UInt8(part) != nil }
    }
}
