// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Libpq

/// One connection through the recorder: everything is passed on as it is, and looked at on its way.
final class RecordedLink: Sendable {
    /// What the server is going to answer to.
    fileprivate enum Item {
        case parse, bind, describe, describeStatement, execute(Question), close, sync, query(String)
    }

    fileprivate struct State {
        var statements: [String: String] = [:]
        var portal = Question(sql: "")
        var expected: [Item] = []
        var answer = Answer()
        /// Whether the server answers nothing up to the next Sync, for something has failed.
        var isSkipping = false
        /// Until the first ReadyForQuery.
        var isOpening = true
        var parameters: [String: String] = [:]
    }

    private let client: LocalSocket
    private let host: Libpq.Host
    private let recorder: AnswerRecorder
    private let state = Locked(State())

    init(_ client: LocalSocket, to host: Libpq.Host, for recorder: AnswerRecorder) {
        self.client = client
        self.host = host
        self.recorder = recorder
    }

    /// Passes on until one side has gone.
    func run() throws {
        var opening = try client.opening()
        // Encryption is refused: nothing could be seen.
        while opening.code == 80_877_103 || opening.code == 80_877_104 {
            try client.send([UInt8(ascii: "N")])
            opening = try client.opening()
        }
        let server: LocalSocket
        do {
            server = try connect()
        } catch {
            try? client.send(
                WireMessage.error([
                    "S": "FATAL", "V": "FATAL", "C": "08006",
                    "M": "The server whose answers are to be recorded can't be reached at \(host.name).",
                ]).bytes)
            throw error
        }
        try server.send(opening.bytes)
        guard opening.code != 80_877_102 else { return }  // A request to cancel, which nobody answers.
        Thread.detachNewThread { [self] in
            while let message = try? server.message() {
                answered(message)
                guard (try? client.send(message.bytes)) != nil else { break }
            }
            client.shutDown()
            server.shutDown()
        }
        defer { server.shutDown() }
        while let message = try? client.message() {
            asked(message)
            try server.send(message.bytes)
        }
    }

    private func connect() throws -> LocalSocket {
        let port = host.port ?? 5432
        return host.isLocal && host.name.hasPrefix("/")
            ? try .connect(path: "\(host.name)/.s.PGSQL.\(port)")
            : try .connect(host: host.address ?? host.name, port: port)
    }

    // MARK: Looking

    private func asked(_ message: WireMessage) {
        let copied = state.withLock { state -> String? in
            func expect(_ item: Item) {
                if case .sync = item { state.isSkipping = false }
                if !state.isSkipping { state.expected.append(item) }
            }
            switch message.letter {
            case "P":
                if let (name, sql) = message.parsed { state.statements[name] = sql }
                expect(.parse)
            case "B":
                if let bound = message.bound {
                    state.portal = Question(
                        sql: state.statements[bound.statement] ?? "", values: bound.values,
                        asText: bound.asText ? true : nil)
                }
                expect(.bind)
            case "D": expect(message.body.first == UInt8(ascii: "S") ? .describeStatement : .describe)
            case "E": expect(.execute(state.portal))
            case "C": expect(.close)
            case "S": expect(.sync)
            case "Q":
                var reader = WireReader(message.body)
                let sql = reader.text() ?? ""
                expect(.query(sql))
                return sql
            default: break
            }
            return nil
        }
        if let copied { recorder.refuse("COPY (\(copied.prefix(80)))") }
    }

    private func answered(_ message: WireMessage) {
        let letter = message.letter
        let done = state.withLock { state -> (parameters: [String: String]?, answer: (Question, Answer)?) in
            if state.isOpening {
                if letter == "S" {
                    var reader = WireReader(message.body)
                    if let name = reader.text() { state.parameters[name] = reader.text() }
                }
                guard letter == "Z" else { return (nil, nil) }
                state.isOpening = false
                return (state.parameters, nil)
            }
            switch letter {
            case "T" where state.isDescribing: state.answer.columns = Data(message.body)
            case "D": state.answer.rows.append(Data(message.body))
            default: break
            }
            switch letter {
            case "1", "2", "3", "T", "n", "Z": state.advance()
            case "C", "I", "s":
                guard let question = state.question else { break }
                if letter == "C" {
                    var reader = WireReader(message.body)
                    state.answer.tag = reader.text()
                }
                let answer = state.answer
                state.advance()
                return (nil, (question, answer))
            case "E":
                guard let question = state.failing else {
                    state.skip()
                    break
                }
                state.answer.error = message.fields.filter { Self.keptFields.contains($0.key) }
                let answer = state.answer
                state.skip()
                return (nil, (question, answer))
            default: break
            }
            return (nil, nil)
        }
        if let parameters = done.parameters { recorder.note(parameters: parameters) }
        if let (question, answer) = done.answer { recorder.note(answer, to: question) }
    }

    /// Where in the server's sources an error was raised is nothing to record.
    private static let keptFields: Set<String> = [
        "S", "V", "C", "M", "D", "H", "P", "p", "q", "W", "s", "t", "c", "d", "n",
    ]
}

extension RecordedLink.State {
    /// Whether the server is about to say which columns come.
    fileprivate var isDescribing: Bool {
        if case .describe = expected.first { true } else { false }
    }

    /// What is being answered.
    fileprivate var question: Question? {
        if case .execute(let question) = expected.first { question } else { nil }
    }

    /// What an error is about: the next statement to be run, for what comes before is part of it.
    fileprivate var failing: Question? {
        for item in expected {
            switch item {
            case .execute(let question): return question
            case .sync, .query: return nil
            default: continue
            }
        }
        return nil
    }

    fileprivate mutating func advance() {
        guard !expected.isEmpty else { return }
        if case .execute = expected.removeFirst() { answer = Answer() }
    }

    /// Leaves out what the server leaves out after an error.
    fileprivate mutating func skip() {
        answer = Answer()
        while let first = expected.first {
            if case .sync = first { return }
            if case .query = first { return }
            expected.removeFirst()
        }
        isSkipping = true
    }
}
