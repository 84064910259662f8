// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The few socket calls that the proxy and the fake server need.
enum Loopback {
    struct Failure: Error, CustomStringConvertible {
        var description: String

        init(_ what: String) { description = "\(what): \(String(cString: strerror(errno)))" }
    }

    /// A listening socket on 127.0.0.1 (or 127.0.0.2 with host 2, which only Linux has), on a free port unless one is named.
    static func listen(backlog: CInt = 128, host: UInt32 = 1, port: Int = 0) throws -> (socket: CInt, port: Int) {
        let descriptor = try makeSocket(AF_INET)
        var address = self.address(host: host, port: port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let found = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        #if canImport(Darwin)
        let listening = found && Darwin.listen(descriptor, backlog) == 0
        #elseif canImport(Glibc)
        let listening = found && Glibc.listen(descriptor, backlog) == 0
        #else
        let listening = found && Musl.listen(descriptor, backlog) == 0
        #endif
        guard listening else {
            defer { close(descriptor) }
            throw Failure("listen")
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    static func connect(host: UInt32 = 1, port: Int) throws -> CInt {
        let descriptor = try makeSocket(AF_INET)
        var address = self.address(host: host, port: port)
        try connect(descriptor, &address)
        return descriptor
    }

    static func connect(path: String) throws -> CInt {
        let descriptor = try makeSocket(AF_UNIX)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw Failure("the path is too long") }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        try connect(descriptor, &address)
        return descriptor
    }

    /// Sends all of `bytes`; false when the other side is gone.
    static func sendAll(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> Bool {
        #if canImport(Darwin)
        let flags: CInt = 0
        #else
        let flags = CInt(MSG_NOSIGNAL)
        #endif
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = send(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, flags)
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// Ends both directions; a thread that blocks on the socket wakes up.
    static func shutDown(_ descriptor: CInt) {
        _ = shutdown(descriptor, CInt(2))  // SHUT_RDWR, an enumeration on Linux and a number on macOS.
    }

    /// Makes the thread that waits in ``accept(on:)`` wake up.
    static func stopListening(_ listener: CInt, port: Int) {
        shutDown(listener)
        #if canImport(Darwin)
        // There shutting a listening socket down wakes nobody; a last guest does.
        if let guest = try? connect(port: port) { close(guest) }
        #endif
    }

    static func close(_ descriptor: CInt) {
        #if canImport(Darwin)
        _ = Darwin.close(descriptor)
        #elseif canImport(Glibc)
        _ = Glibc.close(descriptor)
        #else
        _ = Musl.close(descriptor)
        #endif
    }

    static func accept(on listener: CInt) -> CInt? {
        while true {
            #if canImport(Darwin)
            let descriptor = Darwin.accept(listener, nil, nil)
            #elseif canImport(Glibc)
            let descriptor = Glibc.accept(listener, nil, nil)
            #else
            let descriptor = Musl.accept(listener, nil, nil)
            #endif
            if descriptor < 0, errno == EINTR || errno == ECONNABORTED { continue }
            guard descriptor >= 0 else { return nil }
            prepare(descriptor)
            return descriptor
        }
    }

    private static func makeSocket(_ family: CInt) throws -> CInt {
        #if canImport(Glibc)
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(family, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw Failure("socket") }
        prepare(descriptor)
        return descriptor
    }

    private static func prepare(_ descriptor: CInt) {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var on: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
        #if canImport(Darwin)
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<CInt>.size))
        #endif
    }

    private static func address(host: UInt32, port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = (0x7f00_0000 | host).bigEndian
        return address
    }

    private static func connect<Address>(_ descriptor: CInt, _ address: inout Address) throws {
        let length = socklen_t(MemoryLayout<Address>.size)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                #if canImport(Darwin)
                Darwin.connect(descriptor, pointer, length)
                #elseif canImport(Glibc)
                Glibc.connect(descriptor, pointer, length)
                #else
                Musl.connect(descriptor, pointer, length)
                #endif
            }
        }
        guard code == 0 else {
            defer { close(descriptor) }
            throw Failure("connect")
        }
    }
}
