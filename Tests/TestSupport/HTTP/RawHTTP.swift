// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A client that speaks HTTP/1.1 on a socket of its own, byte for byte as it is told: for requests that libraries would correct.
///
/// ```swift
/// let answer = try await RawHTTP(port: port).send("GET", "/api/Customers", [("Accept", "text/html")])
/// ```
public struct RawHTTP: Sendable {
    /// An answer as it came.
    public struct Answer: Sendable {
        /// The status.
        public var status: Int
        /// The headers by name in lower case.
        public var fields: [String: [String]]
        /// The body, its chunks put together.
        public var body: [UInt8]
        /// Whether the body came to its end.
        public var isWhole: Bool

        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let port: Int
    private static let queue = DispatchQueue(label: "RawHTTP", attributes: .concurrent)

    /// A client of what listens on this machine.
    public init(port: Int) { self.port = port }

    /// Sends a request on a connection that is closed afterwards, and waits for all of the answer.
    public func send(
        _ method: String, _ path: String, _ fields: [(String, String)] = [], body: [UInt8] = []
    ) async throws -> Answer {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        if !body.isEmpty { head += "Content-Length: \(body.count)\r\n" }
        let bytes = Array((head + "\r\n").utf8) + body
        let port = port
        return try await BlockingCall.run(on: Self.queue) {
            let socket = try Loopback.connect(port: port)
            defer { Loopback.close(socket) }
            Self.write(bytes, to: socket)
            return Self.parsed(Self.read(socket))
        }
    }

    /// Sends bytes as they are, and takes what comes until the other side closes.
    ///
    /// - Parameters:
    ///   - endingInput: whether the other side is told that no more comes.
    ///   - seconds: how long nothing may come.
    /// - Returns: the answer, with status 0 where there was none, and whether the other side has closed.
    public func exchange(
        _ bytes: [UInt8], endingInput: Bool = false, within seconds: Int = 30
    ) async throws -> (answer: Answer, isClosed: Bool) {
        let port = port
        return try await BlockingCall.run(on: Self.queue) {
            let socket = try Loopback.connect(port: port)
            defer { Loopback.close(socket) }
            // A timeval: several modules of C declare it, and which one a compiler sees first is chance.
            var limit = (seconds: seconds, microseconds: 0)
            setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout.size(ofValue: limit)))
            Self.write(bytes, to: socket)
            // SHUT_WR, an enumeration on Linux and a number on macOS.
            if endingInput { _ = shutdown(socket, CInt(1)) }
            var (received, isClosed) = ([UInt8](), true)
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = buffer.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
                if count < 0, errno == EINTR { continue }
                if count < 0 { isClosed = errno != EAGAIN && errno != EWOULDBLOCK }
                guard count > 0 else { break }
                received += buffer[..<count]
            }
            return (answer: Self.parsed(received), isClosed: isClosed)
        }
    }

    /// Sends a request, waits for the beginning of its answer at most, and goes away.
    ///
    /// - Parameter count: how many bytes of the answer to take first.
    public func sendAndLeave(_ method: String, _ path: String, taking count: Int = 0, after leave: () async -> Void)
        async throws
    {
        let socket = try Loopback.connect(port: port)
        defer { Loopback.close(socket) }
        Self.write(Array("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8), to: socket)
        if count > 0 { _ = try await BlockingCall.run(on: Self.queue) { Self.read(socket, upTo: count) } }
        await leave()
    }

    /// A connection that is written and read piece by piece.
    public struct Connection: Sendable {
        fileprivate let socket: CInt

        /// Sends some bytes.
        public func send(_ text: String) { RawHTTP.write(Array(text.utf8), to: socket) }

        /// Takes so many bytes; fewer where the other side has closed.
        public func take(_ count: Int) async throws -> Int {
            try await BlockingCall.run(on: RawHTTP.queue) { [socket] in RawHTTP.read(socket, upTo: count).count }
        }

        /// What comes next, as it comes; nothing where the other side has closed.
        public func next() async throws -> String {
            try await BlockingCall.run(on: RawHTTP.queue) { [socket] in
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let count = buffer.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
                return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
            }
        }

        /// All that comes until the other side closes.
        public func text() async throws -> String {
            try await BlockingCall.run(on: RawHTTP.queue) { [socket] in
                String(decoding: RawHTTP.read(socket), as: UTF8.self)
            }
        }

        /// The answer, as far as it came until the other side closed.
        public func answer() async throws -> Answer {
            try await BlockingCall.run(on: RawHTTP.queue) { [socket] in RawHTTP.parsed(RawHTTP.read(socket)) }
        }
    }

    /// Runs something with a connection of its own.
    public func withConnection<R>(_ body: (Connection) async throws -> R) async throws -> R {
        let socket = try Loopback.connect(port: port)
        defer { Loopback.close(socket) }
        return try await body(Connection(socket: socket))
    }

    // MARK: Bytes

    private static func write(_ bytes: [UInt8], to socket: CInt) {
        // Who has heard enough closes while something is still sent; the answer is there all the same.
        _ = bytes.withUnsafeBytes { Loopback.sendAll($0, to: socket) }
    }

    private static func read(_ socket: CInt, upTo limit: Int = .max) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = buffer.withUnsafeMutableBytes {
                recv(socket, $0.baseAddress, min($0.count, limit - bytes.count), 0)
            }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    // MARK: Answers

    private static func parsed(_ bytes: [UInt8]) -> Answer {
        var answer = Answer(status: 0, fields: [:], body: [], isWhole: true)
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var used = 0
        for (position, line) in lines.enumerated() {
            used += line.count + 1
            let text = String(decoding: line.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
            if text.isEmpty { break }
            if position == 0 {
                answer.status = Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0
            } else if let colon = text.firstIndex(of: ":") {
                let value = text[text.index(after: colon)...].drop { $0 == " " }
                answer.fields[text[..<colon].lowercased(), default: []].append(String(value))
            }
        }
        let rest = bytes.dropFirst(used)
        if answer.fields["transfer-encoding"]?.first?.lowercased() == "chunked" {
            (answer.body, answer.isWhole) = chunks(rest)
        } else {
            answer.body = Array(rest)
            let length = answer.fields["content-length"]?.first.flatMap { Int($0) }
            answer.isWhole = length.map { $0 == rest.count } ?? true
        }
        return answer
    }

    private static func chunks(_ bytes: ArraySlice<UInt8>) -> ([UInt8], Bool) {
        var (body, rest) = ([UInt8](), bytes)
        while let end = rest.firstIndex(of: UInt8(ascii: "\r")) {
            guard let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16) else { break }
            if size == 0 { return (body, true) }
            rest = rest.dropFirst(end - rest.startIndex + 2)
            body += rest.prefix(size)
            guard rest.count >= size + 2 else { break }
            rest = rest.dropFirst(size + 2)
        }
        return (body, false)
    }
}
