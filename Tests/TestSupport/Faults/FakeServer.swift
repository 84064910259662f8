// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Libpq

/// A PostgreSQL server that says exactly what a test tells it to.
///
/// ```swift
/// let server = try FakeServer { session in
///     try session.accept()
///     try session.receive(until: "S")
///     try session.send(.message("D", [0, 1], length: 1 << 30))  // a row that announces a gigabyte
///     session.waitForEnd()
/// }
/// ```
public final class FakeServer: Sendable {
    /// The port on 127.0.0.1.
    public let port: Int

    private let listener: CInt
    private let state = Locked(State())

    private struct State {
        var accepted = 0
        var open: Set<CInt> = []
        var isClosed = false
    }

    /// Listens on a free port; `script` runs once for each connection, on a thread of its own, and the connection is closed
    /// when it returns or throws.
    public init(_ script: @escaping @Sendable (FakeSession) throws -> Void) throws {
        (listener, port) = try Loopback.listen()
        Thread.detachNewThread { [weak self, listener] in
            while let descriptor = Loopback.accept(on: listener) {
                guard let index = self?.add(descriptor) else {
                    Loopback.close(descriptor)
                    break
                }
                Thread.detachNewThread { [weak self] in
                    // What a script throws is the client's going away, which is how most scripts end.
                    try? script(FakeSession(index: index, descriptor: descriptor))
                    self?.remove(descriptor)
                    Loopback.close(descriptor)
                }
            }
            Loopback.close(listener)
        }
    }

    deinit { close() }

    /// A URL that leads here, without encryption.
    public var url: String { "postgres://fake@127.0.0.1:\(port)/fake?sslmode=disable&gssencmode=disable" }

    /// How many connections have been accepted so far.
    public var accepted: Int { state.withLock { $0.accepted } }

    /// How many connections are open now.
    public var open: Int { state.withLock { $0.open.count } }

    /// Ends every connection and listens no more.
    public func close() {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            // Under the lock: a descriptor that has left the set is closed, and its number may be somebody else's.
            state.open.forEach(Loopback.shutDown)
            return !state.isClosed
        }
        if isFirst { Loopback.stopListening(listener, port: port) }
    }

    private func add(_ descriptor: CInt) -> Int? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            state.open.insert(descriptor)
            defer { state.accepted += 1 }
            return state.accepted
        }
    }

    private func remove(_ descriptor: CInt) {
        state.withLock { _ = $0.open.remove(descriptor) }
    }
}
