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

/// A connected socket, in blocking calls for threads that may block.
final class LocalSocket: Sendable {
    /// The other side has gone.
    struct Ended: Error {}

    private let descriptor: CInt

    init(_ descriptor: CInt) { self.descriptor = descriptor }

    /// Closed with the last reference, so that no number is used again too early.
    deinit { close(descriptor) }

    /// Ends both directions; a thread that waits for bytes wakes up.
    func shutDown() { _ = shutdown(descriptor, CInt(2)) }

    /// Sends all of it.
    func send(_ bytes: [UInt8]) throws {
        #if canImport(Darwin)
        let flags: CInt = 0
        #else
        let flags = CInt(MSG_NOSIGNAL)
        #endif
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Darwin)
                Darwin.send(descriptor, buffer.baseAddress.map { $0 + sent }, bytes.count - sent, flags)
                #elseif canImport(Glibc)
                Glibc.send(descriptor, buffer.baseAddress.map { $0 + sent }, bytes.count - sent, flags)
                #else
                Musl.send(descriptor, buffer.baseAddress.map { $0 + sent }, bytes.count - sent, flags)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Ended() }
            sent += count
        }
    }

    /// So many bytes.
    func read(_ count: Int) throws -> [UInt8] {
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                recv(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, 0)
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw Ended() }
            filled += got
        }
        return bytes
    }

    /// The next message.
    func message() throws -> WireMessage {
        let head = try read(5)
        let length = head[1...].reduce(0) { $0 << 8 | Int($1) }
        guard length >= 4, length < 1 << 30 else { throw Ended() }
        return WireMessage(type: head[0], body: try read(length - 4))
    }

    /// A packet without a letter, as connections begin with, whole.
    func opening() throws -> (code: Int, bytes: [UInt8]) {
        let head = try read(4)
        let length = head.reduce(0) { $0 << 8 | Int($1) }
        guard length >= 8, length < 100_000 else { throw Ended() }
        let body = try read(length - 4)
        return (body[..<4].reduce(0) { $0 << 8 | Int($1) }, head + body)
    }

    // MARK: Connecting

    /// Connects to a Unix socket.
    static func connect(path: String) throws -> LocalSocket {
        let socket = LocalSocket(try make(AF_UNIX))
        guard LocalListener.withAddress(path, { systemConnect(socket.descriptor, $0, $1) }) == 0 else { throw Ended() }
        return socket
    }

    /// Connects to a port of a host.
    static func connect(host: String, port: Int) throws -> LocalSocket {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0 else { throw Ended() }
        defer { freeaddrinfo(found) }
        var candidate = found
        while let address = candidate {
            let socket = LocalSocket(try make(address.pointee.ai_family))
            if systemConnect(socket.descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 {
                return socket
            }
            candidate = address.pointee.ai_next
        }
        throw Ended()
    }

    static func make(_ family: CInt) throws -> CInt {
        #if canImport(Glibc)
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(family, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw Ended() }
        prepare(descriptor)
        return descriptor
    }

    static func prepare(_ descriptor: CInt) {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #if canImport(Darwin)
        var on: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<CInt>.size))
        #endif
    }
}

/// `connect` of the system, which ``LocalSocket`` has its own functions of that name beside.
private func systemConnect(
    _ descriptor: CInt, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t
) -> CInt {
    connect(descriptor, address, length)
}
