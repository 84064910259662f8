// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One client's connection to a ``FakeServer``, in blocking calls on a thread of its own.
public struct FakeSession: Sendable {
    /// What a client sent.
    public struct Message: Sendable {
        /// `P` Parse, `B` Bind, `D` Describe, `E` Execute, `S` Sync, `H` Flush, `C` Close, `Q` Query, `X` Terminate, `p` password …
        public var type: Character
        /// What follows the length.
        public var body: [UInt8]

        /// The zero-terminated strings at the start of the body: of a Parse the name and the SQL.
        public var strings: [String] {
            body.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// How a client opened the connection.
    public enum Opening: Sendable {
        case startup(parameters: [String: String])
        case cancel(process: Int32, secret: Int32)
    }

    /// The client closed its side, or the server was closed.
    public struct Ended: Error {
        /// Throwing it ends a script.
        public init() {}
    }

    /// The position of this connection among all of its server's, from 0.
    public let index: Int
    let descriptor: CInt

    /// Reads the opening packet; requests for encryption are refused with `N`.
    public func open() throws -> Opening {
        while true {
            let length = Int(try integer())
            let code = try integer()
            switch code {
            case 80_877_103, 80_877_104: try send(.raw([UInt8(ascii: "N")]))
            case 80_877_102: return .cancel(process: try integer(), secret: try integer())
            default:
                guard length >= 8, length < 100_000 else { throw Ended() }
                let words = try read(length - 8).split(separator: 0, omittingEmptySubsequences: false)
                    .map { String(decoding: $0, as: UTF8.self) }
                var parameters: [String: String] = [:]
                for position in stride(from: 0, to: words.count - 1, by: 2) where !words[position].isEmpty {
                    parameters[words[position]] = words[position + 1]
                }
                return .startup(parameters: parameters)
            }
        }
    }

    /// Opens the connection and says what a server says after a good authentication, up to ReadyForQuery.
    ///
    /// - Returns: how it was opened. A cancel request gets no answer.
    @discardableResult
    public func accept(process: Int32 = 4711, parameters: [String: String] = [:]) throws -> Opening {
        let opening = try open()
        if case .startup = opening { try welcome(process: process, parameters: parameters) }
        return opening
    }

    /// Says what a server says after a good authentication, up to ReadyForQuery.
    public func welcome(process: Int32 = 4711, parameters: [String: String] = [:]) throws {
        var all = [
            "server_version": "15.0", "server_encoding": "UTF8", "client_encoding": "UTF8", "DateStyle": "ISO, MDY",
            "TimeZone": "UTC", "integer_datetimes": "on", "standard_conforming_strings": "on",
        ]
        all.merge(parameters) { $1 }
        try send(.authenticationOk)
        for (name, value) in all.sorted(by: { $0.key < $1.key }) { try send(.parameterStatus(name, value)) }
        try send(.backendKeyData(process: process, secret: 815), .readyForQuery())
    }

    /// The client's next message.
    public func receive() throws -> Message {
        let type = try read(1)[0]
        let length = Int(try integer())
        guard length >= 4, length < 1 << 28 else { throw Ended() }
        return Message(type: Character(Unicode.Scalar(type)), body: try read(length - 4))
    }

    /// Reads messages up to and with the first one of `type`.
    @discardableResult
    public func receive(until type: Character) throws -> [Message] { try receive(untilAny: [type]) }

    /// Reads messages up to and with the first one of any of `types`.
    public func receive(untilAny types: Set<Character>) throws -> [Message] {
        var messages: [Message] = []
        while true {
            let message = try receive()
            messages.append(message)
            if types.contains(message.type) { return messages }
        }
    }

    /// Sends messages in one piece.
    public func send(_ messages: BackendMessage...) throws { try send(messages) }

    /// Sends messages in one piece.
    public func send(_ messages: [BackendMessage]) throws {
        let bytes = messages.flatMap(\.bytes)
        guard bytes.withUnsafeBytes({ Loopback.sendAll($0, to: descriptor) }) else { throw Ended() }
    }

    /// Answers every message, until the client ends: with what `answer` returns, or, when that is nil, as a server would
    /// that knows every statement and finds no rows.
    public func serve(_ answer: (Message) throws -> [BackendMessage]? = { _ in nil }) throws {
        var texts: [String: String] = [:]
        var (text, status): (String, Character) = ("", "I")
        while true {
            let message = try receive()
            let strings = message.strings
            if message.type == "P", strings.count > 1 { texts[strings[0]] = strings[1] }
            if message.type == "B", strings.count > 1 { text = texts[strings[1]] ?? "" }
            if message.type == "E" { status = Self.status(after: text, status) }
            if let messages = try answer(message) {
                try send(messages)
                continue
            }
            switch message.type {
            case "P": try send(.parseComplete)
            case "B": try send(.bindComplete)
            case "C": try send(.closeComplete)
            case "D" where message.body.first == UInt8(ascii: "S"): try send(.parameterDescription([]), .noData)
            case "D": try send(.noData)
            case "E": try send(.commandComplete(Self.tag(of: text)))
            case "S": try send(.readyForQuery(status))
            case "Q": try send(.commandComplete("SELECT 0"), .readyForQuery())
            case "X": return
            default: break
            }
        }
    }

    /// What a server says it has done.
    public static func tag(of text: String) -> String {
        let word = text.split { !$0.isLetter }.first?.uppercased() ?? "SELECT"
        return switch word {
        case "INSERT": "INSERT 0 0"
        case "SELECT", "UPDATE", "DELETE", "FETCH": word + " 0"
        default: word
        }
    }

    private static func status(after text: String, _ before: Character) -> Character {
        switch tag(of: text) {
        case "BEGIN", "START": "T"
        case "COMMIT", "END", "PREPARE": "I"
        case "ROLLBACK" where !text.uppercased().contains("SAVEPOINT"): "I"
        default: before
        }
    }

    /// Waits until the client has closed its side, reading and forgetting what still comes.
    public func waitForEnd() {
        while (try? read(1)) != nil {}
    }

    private func integer() throws -> Int32 {
        try read(4).reduce(0) { $0 << 8 | Int32($1) }
    }

    private func read(_ count: Int) throws -> [UInt8] {
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
}
