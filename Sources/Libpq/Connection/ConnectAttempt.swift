// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq
import Logging
import MessageText

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One attempt to connect to one address, on a thread that may block.
///
/// The caller is answered by whoever comes first: the thread, the deadline or the task's cancellation. libpq can't be interrupted
/// inside its calls, so the thread may come to its end later; a connection it still gets then is closed.
final class ConnectAttempt: Sendable {
    /// Where it goes.
    struct Target: Sendable {
        var keywords: [(key: String, value: String)]
        /// For messages.
        var description: String
        /// What attempts at the same server have in common.
        var key: String
    }

    private struct State {
        /// Since when the thread is in a call of libpq, and which thread that is.
        var call: (began: UInt64, thread: Int32)?
        var isGivenUp = false
    }

    private let configuration: ConnectionConfiguration
    private let logger: Logger
    private let source: any ReadinessSource
    private let target: Target
    private let deadline: UInt64
    private let threads: ConnectThreads
    private let state = Locked(State())

    init(
        _ configuration: ConnectionConfiguration, _ logger: Logger, _ source: any ReadinessSource, target: Target,
        deadline: UInt64, threads: ConnectThreads = .shared
    ) {
        self.configuration = configuration
        self.logger = logger
        self.source = source
        self.target = target
        self.deadline = deadline
        self.threads = threads
    }

    /// The connection.
    ///
    /// - Throws: ``ConnectFailure``, `CancellationError`, or a ``PostgresError`` that no other server can help with.
    func connection() async throws -> Connection {
        let (name, begun) = (target.description, Monotonic.now)
        let time = deadline - min(deadline, begun)
        let answer = OneAnswer<Connection>(
            deadline: deadline, late: { ConnectFailure.timeout(name, after: time) }, givenUp: { self.giveUp() })
        return try await answer.value {
            let job = ConnectThreads.Job(
                id: ObjectIdentifier(self), server: target.key, work: { self.work(answer) },
                refused: { answer.finish(.failure(ConnectFailure.noThread)) })
            if case .refused(let stuck) = threads.start(job) {
                answer.finish(.failure(ConnectFailure.stuck(name, stuck)))
            }
        }
    }

    /// Nobody waits any more.
    private func giveUp() {
        threads.drop(ObjectIdentifier(self))
        let since = state.withLock { state -> UInt64? in
            state.isGivenUp = true
            guard let call = state.call else { return nil }
            // Under the lock, in which the thread would say that it has come out and ends.
            OwnThread.lower(call.thread)
            threads.abandon(ObjectIdentifier(self), server: target.key, since: call.began)
            return call.began
        }
        if since != nil { threads.reportAbandoned() }
        guard let since, Monotonic.now - since >= threads.limits.stuckAfter else { return }
        logger.warning(
            "An attempt to connect was given up and hangs inside libpq.",
            metadata: ["server": "\(MessageText.name(target.key))", "abandoned": "\(threads.counts.abandoned)"])
    }

    // MARK: On the thread

    /// Makes a call of libpq that may take any time; nil when nobody waits for it.
    private func call<Value>(_ body: () -> Value) -> Value? {
        let mayCall = state.withLock { state in
            if !state.isGivenUp { state.call = (Monotonic.now, OwnThread.id) }
            return !state.isGivenUp
        }
        guard mayCall else { return nil }
        let value = body()
        let isAbandoned = state.withLock { state in
            state.call = nil
            if state.isGivenUp { threads.returned(ObjectIdentifier(self)) }
            return state.isGivenUp
        }
        if isAbandoned {
            threads.reportAbandoned()
            logger.debug(
                "An attempt to connect that was given up came back.",
                metadata: ["server": "\(MessageText.name(target.key))"])
        }
        return value
    }

    private func work(_ answer: OneAnswer<Connection>) {
        guard let pointer = call({ startParameters() }) else { return }
        guard let pointer else {
            answer.finish(.failure(PostgresError(.connectFailed, "libpq has no memory for a connection.")))
            return
        }
        let link = Link(pointer: pointer)
        // Makes libpq's message say the SQLSTATE, which it gives no other way while connecting.
        PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
        PQsetNoticeProcessor(pointer, { _, _ in }, nil)
        guard poll(link, answer) else { return link.finish() }
        PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
        guard PQsetnonblocking(pointer, 1) == 0, PQenterPipelineMode(pointer) == 1 else {
            answer.finish(
                .failure(PostgresError(.connectFailed, "libpq refuses its pipeline mode: \(link.message)")))
            return link.finish()
        }
        let wrong = ConnectError.wrongSetting(link, place: ConnectError.place(configuration))
        let connection = Connection(link, configuration, logger, source)
        if let wrong {
            connection.close()
            answer.finish(.failure(wrong))
        } else if !connection.start() {
            answer.finish(.failure(PostgresError(.connectFailed, "The system has no room to watch another socket.")))
        } else if !answer.finish(.success(connection)) {
            connection.close()
        }
    }

    /// `PQconnectStartParams`.
    private func startParameters() -> OpaquePointer? {
        var keys: [UnsafePointer<CChar>?] = target.keywords.map { UnsafePointer(strdup($0.key)) }
        var values: [UnsafePointer<CChar>?] = target.keywords.map { UnsafePointer(strdup($0.value)) }
        defer {
            for text in keys + values { free(UnsafeMutableRawPointer(mutating: text)) }
        }
        keys.append(nil)
        values.append(nil)
        return PQconnectStartParams(keys, values, 0)
    }

    /// Drives libpq until it is connected.
    ///
    /// - Returns: false when the caller has been told otherwise.
    private func poll(_ link: Link, _ answer: OneAnswer<Connection>) -> Bool {
        var status = PQstatus(link.pointer) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        if let descriptor = link.descriptor, !SpareDescriptors.areLeft(beside: descriptor) {
            answer.finish(.failure(ConnectFailure.noDescriptor))
            return false
        }
        while true {
            switch status {
            case PGRES_POLLING_OK:
                return true
            case PGRES_POLLING_READING, PGRES_POLLING_WRITING:
                let events = Int16(status == PGRES_POLLING_READING ? POLLIN : POLLOUT)
                // Asked each time: libpq closes the socket and opens another one, perhaps of the same number.
                var descriptor = pollfd(fd: PQsocket(link.pointer), events: events, revents: 0)
                // In slices, to notice soon that nobody waits any more.
                #if canImport(Glibc)
                let ready = Glibc.poll(&descriptor, 1, 100)
                #elseif canImport(Musl)
                let ready = Musl.poll(&descriptor, 1, 100)
                #else
                let ready = Darwin.poll(&descriptor, 1, 100)
                #endif
                if answer.isOver { return false }
                // A signal says nothing about the socket, which libpq would take for connected.
                if ready == 0 || (ready < 0 && errno == EINTR) { continue }
                guard let next = call({ PQconnectPoll(link.pointer) }) else { return false }
                status = next
                if link.isFlooded {
                    answer.finish(.failure(ConnectFailure.flooded(target.description)))
                    return false
                }
            default:
                answer.finish(.failure(ConnectError.make(link, configuration)))
                return false
            }
        }
    }
}
