// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Libpq

/// Stands between the library and a server, and takes down what is asked and answered.
final class AnswerRecorder: Sendable {
    private struct State {
        var listener: LocalListener?
        var parameters: [String: String] = [:]
        var answers: [Question: [Answer]] = [:]
        /// The first thing that can't be recorded.
        var unsupported: String?
    }

    private let file: String
    private let state = Locked(State())

    init(file: String) { self.file = file }

    /// Listens.
    ///
    /// - Returns: how the server is reached through here.
    /// - Throws: ``TestingError`` `ANSWERS_UNSUPPORTED` where the way to the server has to be encrypted.
    func start(for configuration: ConnectionConfiguration) throws -> ConnectionConfiguration {
        guard configuration.tls.mode != .require, configuration.tls.mode != .verifyCA,
            configuration.tls.mode != .verifyFull, configuration.channelBinding != .require
        else {
            throw TestingError(
                .answersUnsupported,
                "What is encrypted can't be recorded: name a server without TLS in KINSHIP_DATABASE_URL, or none for an embedded one."
            )
        }
        guard let host = configuration.hosts.first else {
            throw TestingError(
                .answersUnsupported, "To record answers the server's host has to be named in KINSHIP_DATABASE_URL.")
        }
        let listener = try LocalListener { [self] client in
            try? RecordedLink(client, to: host, for: self).run()
        }
        state.withLock { $0.listener = listener }
        var own = configuration
        own.hosts = [Libpq.Host(listener.directory, port: 5432)]
        own.tls = TLS(mode: .disable)
        return own
    }

    /// Listens no more.
    func stop() { state.withLock { $0.listener.take() }?.stop() }

    /// A connection was opened.
    func note(parameters: [String: String]) {
        state.withLock { state in
            if state.parameters.isEmpty { state.parameters = parameters }
        }
    }

    /// A statement was answered.
    func note(_ answer: Answer, to question: Question) {
        // Who replays knows of itself what transactions are, and what one that failed refuses.
        guard !answer.isAfterFailure, question.transactionTag == nil || answer.error != nil else { return }
        state.withLock { $0.answers[question, default: []].append(answer) }
    }

    /// Something can't be recorded.
    func refuse(_ what: String) {
        state.withLock { $0.unsupported = $0.unsupported ?? what }
    }

    /// Writes the file.
    func save() throws(TestingError) {
        let (unsupported, recorded) = state.withLock { state in
            (
                state.unsupported,
                AnswerFile(
                    parameters: state.parameters,
                    questions: state.answers.map { RecordedQuestion(question: $0.key, answers: $0.value) }
                        .sorted { Self.order($0.question) < Self.order($1.question) })
            )
        }
        if let unsupported {
            throw TestingError(.answersUnsupported, "\(unsupported) can't be recorded, so \(file) wasn't written.")
        }
        try recorded.write(to: file)
    }

    private static func order(_ question: Question) -> String {
        question.sql + "\n" + question.values.map { $0?.base64EncodedString() ?? "-" }.joined(separator: " ")
    }
}
