// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A network that misbehaves on command: a port on 127.0.0.1 that forwards to a server.
///
/// ```swift
/// let proxy = try TCPProxy(to: server)
/// let connection = try await Connection.connect(.init(url: proxy.url(of: server.url)), logger: logger)
/// proxy.cut(after: 100, .toClient)  // the answer breaks off in the middle
/// ```
///
/// It works with plain threads that block, none of them of the cooperative pool or of Dispatch.
public final class TCPProxy: @unchecked Sendable {  // All state is guarded by `condition`.
    /// Which way bytes go.
    public enum Direction: Int, Sendable, CaseIterable {
        case toServer, toClient
    }

    /// What a proxy forwards to.
    public enum Target: Sendable {
        case port(Int)
        case socket(path: String)
    }

    /// The port to connect to.
    public let port: Int

    private let target: Target
    private let listener: CInt
    private let condition = NSCondition()
    private var lanes = [Lane(), Lane()]
    private var links: [ObjectIdentifier: Link] = [:]
    private var acceptedCount = 0
    private var isClosed = false
    private var refuses = false

    private struct Lane {
        var bytes = 0
        var isPaused = false
        var isSwallowed = false
        var cutAt: Int?
        var delay: Duration?
    }

    /// One client's connection and the one to the server.
    private final class Link: Sendable {
        let client: CInt
        let server: CInt

        init(client: CInt, server: CInt) {
            self.client = client
            self.server = server
        }

        func shutDown() {
            Loopback.shutDown(client)
            Loopback.shutDown(server)
        }

        /// The descriptors are closed with the last thread's reference, so that no number is used again too early.
        deinit {
            Loopback.close(client)
            Loopback.close(server)
        }
    }

    /// Listens on a free port and forwards to `target`.
    public init(to target: Target) throws {
        self.target = target
        (listener, port) = try Loopback.listen()
        Thread.detachNewThread { [weak self, listener] in
            while let client = Loopback.accept(on: listener) {
                guard let self, self.adopt(client) else {
                    Loopback.close(client)
                    break
                }
            }
            Loopback.close(listener)
        }
    }

    deinit { close() }

    /// How many bytes have been forwarded in a direction, over all connections.
    public func bytes(_ direction: Direction) -> Int { locked { lanes[direction.rawValue].bytes } }

    /// How many connections have been accepted so far.
    public var accepted: Int { locked { acceptedCount } }

    /// The sockets of the clients' side.
    var clients: [CInt] { locked { links.values.map(\.client) } }

    /// How many connections are open now.
    public var open: Int { locked { links.count } }

    /// Holds the bytes back, in both directions unless one is named; they come later, as on a stalled network.
    public func pause(_ direction: Direction? = nil) { change(direction) { $0.isPaused = true } }

    /// Lets held-back bytes through, and forwards again what was swallowed or slowed down.
    public func resume(_ direction: Direction? = nil) {
        change(direction) { lane in
            lane.isPaused = false
            lane.isSwallowed = false
            lane.delay = nil
        }
    }

    /// Throws the bytes away as they come, as a half-open connection does.
    public func swallow(_ direction: Direction? = nil) { change(direction) { $0.isSwallowed = true } }

    /// Forwards one byte at a time with a pause after each.
    public func slow(_ direction: Direction? = nil, perByte delay: Duration) { change(direction) { $0.delay = delay } }

    /// Forwards exactly `count` more bytes in a direction, then breaks the connection they went through.
    public func cut(after count: Int, _ direction: Direction) {
        change(direction) { $0.cutAt = $0.bytes + count }
    }

    /// Breaks every connection now; new ones are still accepted.
    public func cut() {
        locked { Array(links.values) }.forEach { $0.shutDown() }
    }

    /// Accepts new connections and breaks them at once, as a port without a server behind a forwarder does.
    public func refuse(_ flag: Bool = true) { locked { refuses = flag } }

    /// Breaks every connection and listens no more.
    public func close() {
        let links = locked { () -> [Link]? in
            // Only once: the listener's number is somebody else's soon.
            guard !isClosed else { return nil }
            isClosed = true
            condition.broadcast()
            return Array(self.links.values)
        }
        guard let links else { return }
        Loopback.stopListening(listener, port: port)
        links.forEach { $0.shutDown() }
    }

    /// A URL like `url` that leads through the proxy: the host and port are replaced, TLS and GSS encryption switched off
    /// unless the URL asks for TLS, because the first bytes of an attempt to encrypt would count as traffic.
    public func url(of url: String) -> String {
        guard var parts = URLComponents(string: url) else { return url }
        parts.host = "127.0.0.1"
        parts.port = port
        var items = (parts.queryItems ?? []).filter { !["host", "port"].contains($0.name) }
        if !items.contains(where: { $0.name == "sslmode" }) {
            items.append(URLQueryItem(name: "sslmode", value: "disable"))
        }
        if !items.contains(where: { $0.name == "gssencmode" }) {
            items.append(URLQueryItem(name: "gssencmode", value: "disable"))
        }
        parts.queryItems = items
        return parts.string ?? url
    }

    /// Takes a new connection over; false when the proxy has been closed.
    private func adopt(_ client: CInt) -> Bool {
        let isRefused = locked { () -> Bool? in
            guard !isClosed else { return nil }
            acceptedCount += 1
            return refuses
        }
        guard let isRefused else { return false }
        guard !isRefused, let server = try? connectToTarget() else {
            Loopback.close(client)
            return true
        }
        let link = Link(client: client, server: server)
        locked { links[ObjectIdentifier(link)] = link }
        Thread.detachNewThread { self.pump(link, .toServer) }
        Thread.detachNewThread { self.pump(link, .toClient) }
        return true
    }

    private func connectToTarget() throws -> CInt {
        switch target {
        case .port(let port): try Loopback.connect(port: port)
        case .socket(let path): try Loopback.connect(path: path)
        }
    }

    private func pump(_ link: Link, _ direction: Direction) {
        let (source, sink) = direction == .toServer ? (link.client, link.server) : (link.server, link.client)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(source, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0, forward(buffer[..<count], to: sink, direction) else { break }
        }
        link.shutDown()
        locked { links[ObjectIdentifier(link)] = nil }
    }

    /// Forwards a piece by the lane's rules; false when the connection shall end.
    private func forward(_ piece: ArraySlice<UInt8>, to sink: CInt, _ direction: Direction) -> Bool {
        var rest = piece
        while !rest.isEmpty {
            // Counted before they are sent: who has had an answer and asks for a cut then counts from behind that answer.
            let step = locked { () -> (count: Int, delay: Duration?, isSwallowed: Bool, isCut: Bool)? in
                while lanes[direction.rawValue].isPaused, !isClosed { condition.wait() }
                guard !isClosed else { return nil }
                let lane = lanes[direction.rawValue]
                var count = lane.delay == nil ? rest.count : 1
                if let cutAt = lane.cutAt { count = min(count, max(0, cutAt - lane.bytes)) }
                lanes[direction.rawValue].bytes += count
                let isCut = lane.cutAt.map { lane.bytes + count >= $0 } ?? false
                if isCut { lanes[direction.rawValue].cutAt = nil }
                return (count, lane.delay, lane.isSwallowed, isCut)
            }
            guard let step else { return false }
            if !step.isSwallowed, step.count > 0 {
                guard rest.prefix(step.count).withUnsafeBytes({ Loopback.sendAll($0, to: sink) }) else { return false }
            }
            if step.isCut { return false }
            rest = rest.dropFirst(step.count)
            if let delay = step.delay { Thread.sleep(forTimeInterval: delay / .seconds(1)) }
        }
        return true
    }

    private func change(_ direction: Direction?, _ body: (inout Lane) -> Void) {
        locked {
            for index in lanes.indices where direction == nil || direction?.rawValue == index { body(&lanes[index]) }
            condition.broadcast()
        }
    }

    private func locked<R>(_ body: () -> R) -> R {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }
}
