// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A Unix socket in a private directory that PostgreSQL's clients connect to.
final class LocalListener: Sendable {
    /// The directory, which clients take for a host.
    let directory: String
    private let descriptor: CInt
    private let state = Locked(State())

    private struct State {
        var isStopped = false
        var open: [ObjectIdentifier: LocalSocket] = [:]
    }

    /// Listens, and hands each connection to `serve` on a thread of its own.
    init(_ serve: @escaping @Sendable (LocalSocket) -> Void) throws {
        let template = FileManager.default.temporaryDirectory.appending(path: "kinship-XXXXXX").path
        var name = Array(template.utf8CString)
        guard mkdtemp(&name) != nil else {
            throw TestingError(.answersFile, "No directory for a socket can be made at \(template).")
        }
        directory = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } } ?? template
        let socket = try LocalSocket.make(AF_UNIX)
        descriptor = socket
        let path = directory + "/.s.PGSQL.5432"
        guard Self.withAddress(path, { bind(socket, $0, $1) }) == 0, listen(socket, 64) == 0 else {
            close(socket)
            throw TestingError(.answersFile, "No socket can be made at \(path).")
        }
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(socket, nil, nil)
                if client < 0, errno == EINTR || errno == ECONNABORTED { continue }
                guard client >= 0 else { break }
                LocalSocket.prepare(client)
                let guest = LocalSocket(client)
                guard let self, self.add(guest) else { break }
                Thread.detachNewThread { [weak self] in
                    serve(guest)
                    guest.shutDown()
                    self?.remove(guest)
                }
            }
            close(socket)
        }
    }

    deinit { stop() }

    /// Ends all connections, and listens no more.
    func stop() {
        let sockets = state.withLock { state -> [LocalSocket]? in
            guard !state.isStopped else { return nil }
            state.isStopped = true
            return Array(state.open.values)
        }
        guard let sockets else { return }
        sockets.forEach { $0.shutDown() }
        // A last guest wakes the thread up that waits for one, on every system.
        _ = try? LocalSocket.connect(path: directory + "/.s.PGSQL.5432")
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func add(_ socket: LocalSocket) -> Bool {
        state.withLock { state in
            guard !state.isStopped else { return false }
            state.open[ObjectIdentifier(socket)] = socket
            return true
        }
    }

    private func remove(_ socket: LocalSocket) {
        state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(socket)) }
    }

    /// The address of a path, for as long as `body` runs; -1 where it is too long.
    static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return -1 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
