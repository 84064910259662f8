// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// One connection to recorded answers.
struct AnsweringSession {
    private let client: LocalSocket
    private let store: AnswerStore
    private var statements: [String: String] = [:]
    private var portal: (question: Question, answer: Answer)?
    /// `I` outside of transactions, `T` inside, `E` in one that has failed.
    private var status: Character = "I"
    private var isSkipping = false
    /// What is sent when the client waits for it.
    private var outgoing: [UInt8] = []

    init(_ client: LocalSocket, _ store: AnswerStore) {
        self.client = client
        self.store = store
    }

    /// Answers until the client ends.
    func run() throws {
        var session = self
        try session.open()
        while true { try session.answer(try client.message()) }
    }

    private mutating func open() throws {
        var opening = try client.opening()
        while opening.code == 80_877_103 || opening.code == 80_877_104 {
            try client.send([UInt8(ascii: "N")])
            opening = try client.opening()
        }
        // A request to cancel: what is running has been answered.
        guard opening.code != 80_877_102 else { throw LocalSocket.Ended() }
        put(WireMessage("R", WireMessage.integer(0)))
        for (name, value) in store.parameters.sorted(by: { $0.key < $1.key }) { put(.parameter(name, value)) }
        put(WireMessage("K", WireMessage.integer(1) + WireMessage.integer(1)))
        try ready()
    }

    private mutating func put(_ message: WireMessage) { outgoing += message.bytes }

    private mutating func ready() throws {
        put(WireMessage("Z", Array(String(status).utf8)))
        try flush()
    }

    private mutating func flush() throws {
        try client.send(outgoing)
        outgoing = []
    }

    private mutating func answer(_ message: WireMessage) throws {
        if message.letter == "S" {
            isSkipping = false
            return try ready()
        }
        if message.letter == "X" { throw LocalSocket.Ended() }
        if message.letter == "H" { return try flush() }
        guard !isSkipping else { return }
        switch message.letter {
        case "P":
            if let (name, sql) = message.parsed { statements[name] = sql }
            put(WireMessage("1"))
        case "B": bind(message)
        case "D" where message.body.first == UInt8(ascii: "P"): describe()
        case "E": execute()
        case "C": put(WireMessage("3"))
        case "Q":
            fail(["C": "0A000", "M": "COPY isn't among what can be recorded, and so not among what can be answered."])
            isSkipping = false
            try ready()
        default: fail(["C": "0A000", "M": "A message of the kind \(message.letter) can't be answered from a file."])
        }
    }

    private mutating func bind(_ message: WireMessage) {
        guard let bound = message.bound else {
            return fail(["C": "08P01", "M": "What a statement is bound to can't be read."])
        }
        let question = Question(
            sql: statements[bound.statement] ?? "", values: bound.values, asText: bound.asText ? true : nil)
        let tag = question.transactionTag
        if status == "E" {
            switch tag {
            case "COMMIT", "ROLLBACK":
                portal = (question, Answer(tag: "ROLLBACK"))
                return put(WireMessage("2"))
            default:
                return fail([
                    "C": "25P02",
                    "M": "current transaction is aborted, commands ignored until end of transaction block",
                ])
            }
        }
        do throws(AnswerStore.Missing) {
            portal = (question, try store.next(question))
            put(WireMessage("2"))
        } catch {
            if let tag {
                portal = (question, Answer(tag: tag))
                return put(WireMessage("2"))
            }
            var fields = [
                "C": RecordedAnswers.notRecorded, "M": error.message,
                "H": "Run the test on a server with \(RecordedAnswers.variable)=1 to record it.",
            ]
            fields["D"] = error.detail
            fail(fields)
        }
    }

    private mutating func describe() {
        guard let answer = portal?.answer else { return put(WireMessage("n")) }
        if let columns = answer.columns {
            put(WireMessage("T", Array(columns)))
        } else if answer.error == nil {
            put(WireMessage("n"))
        }
    }

    private mutating func execute() {
        guard let (question, answer) = portal else {
            return fail(["C": "34000", "M": "There is nothing bound to be run."])
        }
        for row in answer.rows { put(WireMessage("D", Array(row))) }
        if let error = answer.error { return fail(error) }
        guard let tag = answer.tag else { return put(WireMessage("I")) }
        put(WireMessage("C", Array(tag.utf8) + [0]))
        switch tag {
        case "BEGIN", "START TRANSACTION": status = "T"
        case "COMMIT", "PREPARE TRANSACTION": status = "I"
        case "ROLLBACK": status = question.sql.uppercased().contains(" TO ") ? "T" : "I"
        default: break
        }
    }

    private mutating func fail(_ fields: [String: String]) {
        put(.error(["S": "ERROR", "V": "ERROR"].merging(fields) { $1 }))
        isSkipping = true
        if status == "T" { status = "E" }
    }
}
