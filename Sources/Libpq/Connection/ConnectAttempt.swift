// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq
import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One attempt to connect, on a thread that may block.
///
/// The caller is answered by whoever comes first: the thread, the deadline or the task's cancellation. libpq looks up names
/// without a way to interrupt it, so the thread may come to its end later; a connection it still gets then is closed.
final class ConnectAttempt: DeadlineHolder {
    private struct State {
        var continuation: CheckedContinuation<Connection, any Error>?
        var isOver = false
    }

    private let configuration: ConnectionConfiguration
    private let keywords: [(key: String, value: String)]
    private let logger: Logger
    private let source: any ReadinessSource
    private let deadline: UInt64
    private let state = Locked(State())

    init(_ configuration: ConnectionConfiguration, _ logger: Logger, _ source: any ReadinessSource) throws {
        self.configuration = configuration
        self.logger = logger
        self.source = source
        let given = try configuration.keywords()
        // Start-up options cost no round trip. Poolers that switch servers between transactions refuse them.
        keywords = configuration.statementCache == .unnamed ? given : SessionSettings.added(to: given)
        deadline = Monotonic.after(configuration.connectTimeout)
    }

    func start(_ continuation: CheckedContinuation<Connection, any Error>) {
        let isOver = state.withLock { state in
            if !state.isOver { state.continuation = continuation }
            return state.isOver
        }
        guard !isOver else { return continuation.resume(throwing: CancellationError()) }
        Deadlines.shared.add(self)
        Deadlines.shared.note(deadline)
        BlockingWork.run("connect") { self.work() }
    }

    func cancel() { finish(.failure(CancellationError())) }

    func deadlinesDue(_ now: UInt64) -> UInt64 {
        guard deadline <= now else { return deadline }
        finish(
            .failure(
                PostgresError(
                    .connectTimeout,
                    "No connection to \(place) within \(configuration.connectTimeout); check the address and the network, "
                        + "or raise connectTimeout.")))
        return Monotonic.never
    }

    /// Answers the caller, unless somebody else has.
    ///
    /// - Returns: whether this was the answer.
    @discardableResult
    private func finish(_ result: Result<Connection, any Error>) -> Bool {
        let (continuation, isFirst) = state.withLock { state in
            defer {
                state.continuation = nil
                state.isOver = true
            }
            return (state.continuation, !state.isOver)
        }
        guard isFirst else { return false }
        Deadlines.shared.remove(ObjectIdentifier(self))
        continuation?.resume(with: result)
        return true
    }

    /// Orders what follows behind the attempt for the thread sanitizer too: it sees locks, but no continuation that was
    /// resumed before it was awaited.
    func settle() { state.withLock { _ in } }

    private var isOver: Bool { state.withLock { $0.isOver } }

    /// Where the connection goes, for messages.
    private var place: String {
        let url = configuration.description
        return url == "postgres://" ? "the PostgreSQL of this machine (no address was given)" : url
    }

    // MARK: On the thread

    private func work() {
        guard let pointer = startParameters() else {
            finish(.failure(PostgresError(.connectFailed, "libpq has no memory for a connection.")))
            return
        }
        let link = Link(pointer: pointer)
        // Makes libpq's message say the SQLSTATE, which it gives no other way while connecting.
        PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
        PQsetNoticeProcessor(pointer, { _, _ in }, nil)
        guard poll(link) else { return link.finish() }
        PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
        guard PQsetnonblocking(pointer, 1) == 0, PQenterPipelineMode(pointer) == 1 else {
            finish(.failure(PostgresError(.connectFailed, "libpq refuses its pipeline mode: \(link.message)")))
            return link.finish()
        }
        let wrong = wrongSetting(link)
        let connection = Connection(link, configuration, logger, source)
        if let wrong {
            connection.close()
            finish(.failure(wrong))
        } else if !connection.start() {
            finish(.failure(PostgresError(.connectFailed, "The system has no room to watch another socket.")))
        } else if !finish(.success(connection)) {
            connection.close()
        }
    }

    /// `PQconnectStartParams`; blocks while it looks up the first host's name.
    private func startParameters() -> OpaquePointer? {
        var keys: [UnsafePointer<CChar>?] = keywords.map { UnsafePointer(strdup($0.key)) }
        var values: [UnsafePointer<CChar>?] = keywords.map { UnsafePointer(strdup($0.value)) }
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
    private func poll(_ link: Link) -> Bool {
        var status = PQstatus(link.pointer) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while true {
            switch status {
            case PGRES_POLLING_OK:
                return true
            case PGRES_POLLING_READING, PGRES_POLLING_WRITING:
                let events = Int16(status == PGRES_POLLING_READING ? POLLIN : POLLOUT)
                var descriptor = pollfd(fd: PQsocket(link.pointer), events: events, revents: 0)
                // In slices, to notice soon that nobody waits any more.
                #if canImport(Glibc)
                let ready = Glibc.poll(&descriptor, 1, 100)
                #elseif canImport(Musl)
                let ready = Musl.poll(&descriptor, 1, 100)
                #else
                let ready = Darwin.poll(&descriptor, 1, 100)
                #endif
                if isOver { return false }
                if ready != 0 { status = PQconnectPoll(link.pointer) }
            default:
                finish(.failure(ConnectError.make(link, place: place)))
                return false
            }
        }
    }

    /// Settings without which values would be misread.
    private func wrongSetting(_ link: Link) -> PostgresError? {
        for (name, expected) in [("client_encoding", "UTF8"), ("standard_conforming_strings", "on")] {
            guard let value = link.parameter(name), value != expected else { continue }
            return PostgresError(
                .connectFailed,
                "The session at \(place) has \(name) = \(value) and not \(expected); remove the setting from the role, the "
                    + "database or the pooler between.")
        }
        return nil
    }
}
