// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A port on 127.0.0.1 whose queue is full: who connects hears nothing, not even a refusal, as behind a firewall (Linux).
public final class SilentPort: Sendable {
    /// The port on 127.0.0.1.
    public let port: Int
    private let listener: CInt
    private let guests: [CInt]

    /// Listens.
    ///
    /// - Parameters:
    ///   - host: 2 is 127.0.0.2.
    ///   - port: a free one, unless it is named.
    public init(host: UInt32 = 1, port: Int = 0) throws {
        (listener, self.port) = try Loopback.listen(backlog: 0, host: host, port: port)
        // One fits into a queue for none.
        guests = [try Loopback.connect(host: host, port: self.port)]
    }

    deinit {
        guests.forEach(Loopback.close)
        Loopback.close(listener)
    }
}
