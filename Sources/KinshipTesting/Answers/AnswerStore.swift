// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship

/// The answers of a file, each given in its turn.
final class AnswerStore: Sendable {
    /// What the server said of itself.
    let parameters: [String: String]
    private let file: String
    private let answers: [Question: [Answer]]
    private let given = Locked<[Question: Int]>([:])

    init(_ recorded: AnswerFile, file: String) {
        self.file = file
        parameters = recorded.parameters
        answers = Dictionary(
            recorded.questions.map { ($0.question, $0.answers) }, uniquingKeysWith: { $0 + $1 })
    }

    /// Why a statement can't be answered.
    struct Missing: Error {
        var message: String
        var detail: String?
    }

    /// The next answer to a question.
    ///
    /// The last one holds on where all were the same: how often a connection is looked after differs from run to run.
    func next(_ question: Question) throws(Missing) -> Answer {
        guard let answers = answers[question], let last = answers.last else { throw missing(question) }
        let turn = given.withLock { given in
            defer { given[question, default: 0] += 1 }
            return given[question, default: 0]
        }
        if turn < answers.count { return answers[turn] }
        guard answers.allSatisfy({ $0 == last }) else {
            throw Missing(
                message:
                    "This statement was recorded \(answers.count) times with these values and different answers, and is asked once more; it isn't among the answers of \(file): \(question.sql)"
            )
        }
        return last
    }

    private func missing(_ question: Question) -> Missing {
        let others = answers.keys.filter { $0.sql == question.sql }
        guard !others.isEmpty else {
            return Missing(message: "This statement isn't among the recorded answers of \(file): \(question.sql)")
        }
        let recorded = others.map { Self.shown($0.values) }.sorted().prefix(3).joined(separator: ", ")
        return Missing(
            message: "This statement was recorded with other values only in \(file): \(question.sql)",
            detail: "Asked with \(Self.shown(question.values)); recorded with \(recorded).")
    }

    /// Texts as they are, what else there is in hexadecimal digits.
    private static func shown(_ values: [Data?]) -> String {
        let texts = values.map { value in
            guard let value else { return "NULL" }
            if let text = String(data: value, encoding: .utf8), !text.isEmpty,
                text.unicodeScalars.allSatisfy({ $0.value >= 32 })
            {
                return "'\(text.prefix(60))'"
            }
            return "\\x" + value.prefix(30).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
        return "(" + texts.joined(separator: ", ") + ")"
    }
}
