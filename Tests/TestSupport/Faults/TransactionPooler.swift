// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import EmbeddedPostgres
import Foundation
import Libpq

/// A pooler that gives its clients another of its sessions for each transaction, as PgBouncer does in transaction mode.
///
/// It knows nothing of prepared statements: a name means what it means on the session of the moment.
public final class TransactionPooler: Sendable {
    private let server: FakeServer
    private let sessions: Sessions

    private final class Sessions: Sendable {
        let free: Locked<[FakeSession]>

        init(_ free: [FakeSession]) { self.free = Locked(free) }
    }

    /// - Parameters:
    ///   - socket: the path of the real server's socket.
    ///   - count: how many sessions clients share.
    ///   - takesOptions: whether clients may send start-up options, which it ignores.
    public init(socket: String, database: String, sessions count: Int, takesOptions: Bool) throws {
        let free = try (0..<count).map { try Self.session(socket: socket, database: database, index: $0) }
        let sessions = Sessions(free)
        self.sessions = sessions
        server = try FakeServer { client in
            guard case .startup(let parameters) = try client.open() else { return }
            guard takesOptions || parameters["options"] == nil else {
                let text = "unsupported startup parameter: options"
                return try client.send(.error("08P01", text, severity: "FATAL"))
            }
            try client.welcome()
            try Self.serve(client, sessions)
        }
    }

    /// Before a server of the tests' own.
    public convenience init(before server: EmbeddedServer, sessions count: Int) throws {
        try self.init(
            socket: server.directory + "/.s.PGSQL.\(server.port ?? 5432)", database: "postgres", sessions: count,
            takesOptions: true)
    }

    deinit { close() }

    /// A URL that leads here.
    public var url: String { server.url }

    /// Ends all connections.
    public func close() {
        server.close()
        sessions.free.withLock { sessions in
            for session in sessions { Loopback.close(session.descriptor) }
            sessions = []
        }
    }

    private static func session(socket: String, database: String, index: Int) throws -> FakeSession {
        let session = FakeSession(index: index, descriptor: try Loopback.connect(path: socket))
        let words = ["user", "postgres", "database", database, "application_name", "transaction pooler", ""]
        let body = BackendMessage.integer(Int32(196_608)) + words.flatMap { BackendMessage.string($0) }
        try session.send(.raw(BackendMessage.integer(Int32(body.count + 4)) + body))
        try session.receive(until: "Z")
        return session
    }

    private static func serve(_ client: FakeSession, _ sessions: Sessions) throws {
        var held: FakeSession?
        // What it holds may be in a transaction, so it is given up.
        defer { if let held { Loopback.close(held.descriptor) } }
        while true {
            let flight = try client.receive(untilAny: ["S", "Q", "X"])
            guard flight.last?.type != "X" else { return }
            while held == nil {
                // The one that lay longest, so that the next transaction has another one.
                held = sessions.free.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                if held == nil { Thread.sleep(forTimeInterval: 0.000_5) }
            }
            guard let session = held else { return }
            try session.send(flight.map { .message($0.type, $0.body) })
            let answer = try session.receive(until: "Z")
            try client.send(answer.map { .message($0.type, $0.body) })
            if answer.last?.body == [UInt8(ascii: "I")] {
                held = nil
                sessions.free.withLock { $0.append(session) }
            }
        }
    }
}
