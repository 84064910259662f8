// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq
import Dispatch
import Logging
import MessageText
import Synchronization

// In more files than most types: each kind of request is one.

/// One session with a PostgreSQL server.
///
/// ```swift
/// let configuration = try ConnectionConfiguration(url: "postgres://postgres@localhost/shop")
/// let connection = try await Connection.connect(configuration, logger: Logger(label: "shop"))
/// defer { connection.close() }
/// let rows = try await connection.execute(Statement("select id, name from customer order by id"))
/// print(rows.count)
/// ```
///
/// Any task may use it; requests of several tasks are served one after the other, in order. No method blocks a thread.
/// A statement is prepared at its first use, in the same round trip, and kept (see ``ConnectionConfiguration/statementCache``).
///
/// **Cancelling** a task cancels its statement on the server, through a connection of its own, and the task gets
/// `CancellationError` once the server has stopped and the cancel request has ended; so a cancel never meets the next
/// statement. A request that comes to the server before the statement has no effect there, so it is sent again while there is no
/// answer. If the server doesn't react within ``ConnectionConfiguration/statementTimeoutGrace``, the connection is given up.
/// Results that came all the same are dropped: a statement outside a transaction may have happened.
///
/// **Deadlines** work the same way and give ``PostgresError/Code/statementTimeout``.
public final class Connection: Sendable {
    private static let lastID = Atomic<Int>(0)

    /// The connection's number, unique in this process.
    public let id: Int
    /// The server process's number, as in `pg_stat_activity.pid`.
    public let processID: Int
    /// The server's version as `server_version_num` has it, for instance 150004.
    public let serverVersion: Int

    package let configuration: ConnectionConfiguration
    let logger: Logger
    private let notices: Notices
    let state: Locked<ConnectionState>

    /// Takes over a link on which libpq has finished connecting.
    init(_ link: Link, _ configuration: ConnectionConfiguration, _ logger: Logger, _ source: any ReadinessSource) {
        id = Self.lastID.wrappingAdd(1, ordering: .relaxed).newValue
        processID = Int(PQbackendPID(link.pointer))
        serverVersion = Int(PQserverVersion(link.pointer))
        notices = Notices(id: id)
        notices.receive(from: link)
        self.configuration = configuration
        self.logger = logger
        let limit = if case .named(let limit) = configuration.statementCache { limit } else { 0 }
        state = Locked(
            ConnectionState(
                link: link, source: source, notices: notices,
                statementGrace: configuration.statementTimeoutGrace.clampedNanoseconds,
                encryption: Encryption(link), statements: PreparedStatements(limit: limit),
                leastRoundTrip: kinship_round_trip(PQsocket(link.pointer)),
                target: configuration.targetSessionAttributes,
                wasWritable: link.parameter("in_hot_standby") == "off"
                    && link.parameter("default_transaction_read_only") == "off",
                keptBuffer: configuration.keptBuffer))
    }

    deinit {
        Deadlines.shared.remove(ObjectIdentifier(self))
        var effects = Effects()
        state.withLock { $0.terminate(nil, stopsServer: true, &effects) }
        Self.finish(effects.termination, configuration.closeTimeout)
    }

    /// Begins to watch the socket.
    ///
    /// - Returns: false when the system doesn't let us; the connection is closed then.
    func start() -> Bool {
        // First, for the socket may end the connection at once, and that takes it out again.
        Deadlines.shared.add(self)
        let isStarted = state.withLock { state in
            guard let descriptor = state.link?.descriptor else { return false }
            state.token = state.source.register(descriptor, self)
            return state.token != nil
        }
        guard isStarted else {
            close()
            return false
        }
        return true
    }

    // MARK: What it is

    /// What has been sent so far.
    public var counters: Counters { state.withLock { $0.counters } }

    /// Whether the connection is closed or broken. One that seems open may turn out broken at its next use.
    public var isClosed: Bool { state.withLock { $0.link == nil } }

    /// What the server reports of a setting, such as `TimeZone` or `in_hot_standby`; nil when it doesn't report it.
    ///
    /// The settings are listed in the PostgreSQL documentation at `PQparameterStatus`. No statement is sent.
    public func parameter(_ name: String) -> String? { state.withLock { $0.link?.parameter(name) } }

    /// Where the connection stands between transactions.
    package var transactionStatus: TransactionStatus { state.withLock { $0.transactionStatus } }

    /// Calls `handler` once when the connection ends: with the error when it broke (also while idle), nil when it was
    /// closed. At once when it has ended already.
    package func onTermination(_ handler: @escaping @Sendable (PostgresError?) -> Void) {
        let ended = state.withLock { state in
            if state.termination == nil { state.terminationHandlers.append(handler) }
            return state.termination
        }
        if let ended { handler(ended.error) }
    }

    /// Closes the connection at once; never blocks.
    ///
    /// Requests under way fail with ``PostgresError/Code/connectionClosed`` and are cancelled on the server. Saying good-bye
    /// to the server and freeing memory happen on another thread.
    public func close() {
        transition { $0.terminate(nil, stopsServer: true, &$1) }
    }

    // MARK: Requests

    /// Runs a request to its end; its answers are in the request then.
    ///
    /// - Parameter isShielded: whether the task's cancellation leaves it alone, as for ROLLBACK.
    func run(_ request: Request, isShielded: Bool = false) async throws {
        try RequestLimits.postgres.check(request.statements)
        if let timeout = request.timeout { request.deadline = Monotonic.after(timeout) }
        var observation = observe(request.statements)
        defer { observation?.end(request.report) }
        if isShielded {
            await submit(request)
        } else {
            await withTaskCancellationHandler {
                await submit(request)
            } onCancel: {
                cancel(request)
            }
        }
        notices.log(to: logger)
        if request.isCancelled { throw CancellationError() }
    }

    /// Begins to record a request, when somebody wants that.
    func observe(_ statements: [Statement]) -> RequestObservation? {
        RequestRecorder(else: logger).map {
            RequestObservation(statements, configuration, connection: id, by: $0)
        }
    }

    /// Writes the server's notices to the log.
    func logNotices() { notices.log(to: logger) }

    /// Takes a request in, and waits for its end; of an exchange, until whoever uses it has something to do.
    func submit(_ request: Request) async {
        #if DEBUG
        await withCheckedContinuation { continuation in
            submit(request, .task(continuation))
        }
        // Thread sanitizer misses the order a continuation makes when it is resumed before its task has suspended.
        state.withLock { _ in }
        #else
        await withUnsafeContinuation { continuation in
            submit(request, .task(continuation))
        }
        #endif
    }

    /// Takes a request in; `completion` hears of its end, perhaps before this returns.
    func submit(_ request: Request, _ completion: Request.Completion) {
        transition { $0.submit(request, completion, &$1) }
    }

    /// Stops a request whose task was cancelled.
    func cancel(_ request: Request) {
        transition { $0.cancel(request, &$1) }
    }

    /// Takes a request back that waits for its answer behind others'.
    ///
    /// - Returns: whether it may go elsewhere; what comes for it here is nobody's then.
    func withdraw(_ request: Request) -> Bool {
        var isWithdrawn = false
        transition { isWithdrawn = $0.withdraw(request, &$1) }
        return isWithdrawn
    }

    /// Changes the state under the lock, then does what has to be done without it.
    func transition(_ change: (inout ConnectionState, inout Effects) -> Void) {
        let effects = state.withLock { state in
            var effects = Effects()
            change(&state, &effects)
            return effects
        }
        perform(effects)
    }

    private func perform(_ effects: Effects) {
        if effects.deadline != Monotonic.never { Deadlines.shared.note(effects.deadline) }
        if let (request, serial, limit, isRepeated) = effects.cancel {
            CancelHelpers.send(request, limit: limit) { [weak self] failure in
                guard let self else { return }
                if let failure {
                    logger.log(
                        level: isRepeated ? .debug : .warning,
                        "A request to cancel a statement failed: \(MessageText.message(failure))",
                        metadata: ["connection": "\(self.id)"])
                }
                transition { $0.cancelEnded(serial: serial, &$1) }
            }
        }
        effects.finished?.resume()
        for request in effects.alsoFinished { request.resume() }
        for continuation in effects.woken { continuation.resume() }
        if effects.termination != nil {
            Deadlines.shared.remove(ObjectIdentifier(self))
            notices.log(to: logger)
            Self.finish(effects.termination, configuration.closeTimeout)
        }
    }

    /// Tells those who want to know, and frees the link where nobody waits.
    private static func finish(_ termination: Effects.Termination?, _ limit: Duration) {
        guard let termination else { return }
        BlockingWork.run("close") {
            if let cancel = termination.cancel {
                // The link is freed afterwards: its session must not be another's while the cancel is under way.
                CancelHelpers.send(cancel, limit: Monotonic.after(limit)) { _ in termination.link.finish() }
            } else {
                termination.link.finish()
            }
        }
        for handler in termination.handlers { handler(termination.error) }
    }
}

extension Connection: ReadinessHandler {
    package func socketReady() {
        transition { $0.receive(&$1) }
        notices.log(to: logger)
    }
}

extension Connection: DeadlineHolder {
    func deadlinesDue(_ now: UInt64) -> UInt64 {
        var next = Monotonic.never
        transition { next = $0.deadlinesDue(now, &$1) }
        return next
    }
}
