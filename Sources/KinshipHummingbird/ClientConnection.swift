// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import NIOCore
import Synchronization

/// Whether a client is still there, and what is to be cancelled when it goes away.
final class ClientConnection: Sendable {
    private struct State {
        var isGone = false
        var work: [Int: @Sendable () -> Void] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// The client has gone away.
    func end() {
        let work = state.withLock { state in
            state.isGone = true
            defer { state.work = [:] }
            return state.work
        }
        for cancel in work.values { cancel() }
    }

    /// Runs some work, which is cancelled when the client goes away, as it is when the task itself is cancelled.
    static func whileThere<R: Sendable>(
        _ connection: ClientConnection?, _ body: @escaping @Sendable () async -> R
    ) async -> R {
        guard let connection else { return await body() }
        let task = Task { await body() }
        let number = connection.watch { task.cancel() }
        defer { connection.forget(number) }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func watch(_ cancel: @escaping @Sendable () -> Void) -> Int {
        let (number, isGone) = state.withLock { state in
            state.next += 1
            if !state.isGone { state.work[state.next] = cancel }
            return (state.next, state.isGone)
        }
        if isGone { cancel() }
        return number
    }

    private func forget(_ number: Int) { state.withLock { $0.work[number] = nil } }
}

/// The clients that are there, by their channels.
enum ClientConnections {
    private static let all = Mutex<[ObjectIdentifier: ClientConnection]>([:])

    static func connection(of channel: any Channel) -> ClientConnection? {
        all.withLock { $0[ObjectIdentifier(channel)] }
    }

    static func begin(_ channel: any Channel) -> ClientConnection {
        let connection = ClientConnection()
        all.withLock { $0[ObjectIdentifier(channel)] = connection }
        return connection
    }

    static func end(_ channel: any Channel) {
        all.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }?.end()
    }
}
#endif
