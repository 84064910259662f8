// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Logging

/// One run of a listener: a task that keeps a connection listening, and where it puts what it hears. Letting go of it ends both.
final class Listening: Sendable {
    let mailbox: NotificationMailbox
    private let task: Task<Void, Never>

    init(_ listener: NotificationListener) {
        let mailbox = NotificationMailbox(limit: listener.options.bufferLimit)
        self.mailbox = mailbox
        let worker = Worker(
            configuration: listener.configuration, channels: listener.channels, options: listener.options,
            logger: listener.logger, mailbox: mailbox)
        // Holds neither the listener nor this, so that letting go of them ends it. Nor is it part of what the caller is doing.
        task = Task.detached { await worker.run() }
    }

    deinit { close() }

    func close() {
        task.cancel()
        mailbox.close(nil)
    }

    private struct Worker: Sendable {
        let configuration: ConnectionConfiguration
        let channels: [String]
        let options: NotificationListener.Options
        let logger: Logger
        let mailbox: NotificationMailbox

        /// Listens until the task is cancelled.
        func run() async {
            var pause = options.initialBackoff
            var hasListened = false
            while !Task.isCancelled {
                do {
                    let connection = try await Connection.connect(configuration, logger: logger)
                    defer { connection.close() }
                    try await listen(connection)
                    mailbox.noteMissed(hasListened ? .reconnected : .started)
                    hasListened = true
                    pause = options.initialBackoff
                    try await attend(connection)
                } catch {
                    if Task.isCancelled { return }
                    let refusal = error as? PostgresError
                    if !hasListened, let refusal, Self.isFinal(refusal) { return mailbox.close(refusal) }
                    logger.warning(
                        "A listener has no connection and makes another one.",
                        metadata: ["error": "\(refusal?.description ?? "\(error)")", "pause": "\(pause)"])
                }
                try? await Task.sleep(for: pause * Double.random(in: 0.5..<1))
                pause = min(pause * 2, options.maximumBackoff)
            }
        }

        /// Whether to ask again can't help.
        private static func isFinal(_ error: PostgresError) -> Bool {
            [.authenticationFailed, .invalidConfiguration].contains(error.code)
        }

        private func listen(_ connection: Connection) async throws {
            connection.state.withLock { $0.notificationSink = mailbox }
            let statements = try channels.map {
                try Statement("LISTEN \(identifier: $0)" as SQL, preparation: .unnamed)
            }
            _ = try await connection.pipeline(statements, timeout: options.pingTimeout)
        }

        /// Returns never; throws when the connection is of no use any more.
        private func attend(_ connection: Connection) async throws {
            let end = ConnectionEnd()
            connection.onTermination { end.note($0) }
            while true {
                try await end.wait(options.pingInterval)
                try await connection.ping(timeout: options.pingTimeout)
            }
        }
    }
}

/// Waits for the end of a connection, for a while.
private final class ConnectionEnd: Sendable {
    private struct Due: Error {}

    private struct State {
        var error: PostgresError?
        var waiting: OneAnswer<Void>?
    }

    private let state = Locked(State())

    func note(_ error: PostgresError?) {
        let error = error ?? PostgresError(.connectionClosed, "The connection is closed.")
        let waiting = state.withLock { state in
            state.error = error
            return state.waiting.take()
        }
        waiting?.finish(.failure(error))
    }

    /// - Throws: the error when the connection has ended; `CancellationError`.
    func wait(_ duration: Duration) async throws {
        let answer = OneAnswer<Void>(deadline: Monotonic.after(duration), late: { Due() })
        do {
            try await answer.value {
                let error = state.withLock { state in
                    if state.error == nil { state.waiting = answer }
                    return state.error
                }
                if let error { answer.finish(.failure(error)) }
            }
        } catch is Due {
            return
        }
    }
}
