// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if DEBUG
/// Checked, so that every test proves that each request is answered exactly once.
typealias RequestContinuation = CheckedContinuation<Void, Never>
#else
/// Unchecked: the check costs a fifth of a request, and the debug build proves single resumption.
typealias RequestContinuation = UnsafeContinuation<Void, Never>
#endif

/// Something that is asked of the server in turn, and ends once.
///
/// `@unchecked Sendable`: everything mutable is touched only under the lock of the request's connection, until the
/// continuation is resumed; from then on only by the task that waited.
final class Request: @unchecked Sendable {
    /// What is asked, and so how it goes on the wire.
    enum Kind {
        /// Statements that go out together and are answered together; none is a sign of life.
        case flight
        /// A transaction begins at this place in line; nothing is sent.
        case begin(TransactionOptions)
        /// Those before it have ended; nothing is sent.
        case turn
        /// More than a question and its answer: the link is handed over for a while.
        case exchange(any Exchange)
    }

    /// What became of one statement of a flight.
    enum Answer {
        case rows(RowSet)
        indirect case failed(PostgresError)
        /// A statement before it failed, so the server skipped it.
        case skipped
    }

    /// What happens at the deadline.
    enum Expiry {
        /// The statement is cancelled on the server, and the connection given up if that doesn't help.
        case cancel
        /// The connection is given up at once.
        case giveUp
    }

    /// Who hears of the end.
    enum Completion {
        case task(RequestContinuation)
        case owner(any RequestOwner)
    }

    /// Why the request is being stopped.
    enum Stop {
        case taskCancelled, deadline
        /// The results are larger than the request's limits.
        case tooLarge
        /// Nobody takes the rest.
        case abandoned
    }

    let kind: Kind
    /// Those of a flight.
    let statements: [Statement]
    let timeout: Duration?
    let expiry: Expiry
    /// How much the results may hold together.
    var limits: ResultLimits
    /// What was begun.
    var scope: TransactionScope?
    /// The instant of the deadline, set when the request is submitted.
    var deadline = Monotonic.never
    var stop: Stop?
    /// One per statement, in order, as far as they have come.
    var answers: [Answer] = []
    /// An error that belongs to no single statement.
    var failure: PostgresError?
    /// Who hears that it has ended.
    var completion: Completion?
    var isFinished = false
    /// Whether the connection had ended before, so that nothing was sent.
    var isUnsent = false

    // Requests of several callers on one connection.
    /// Whether it may go behind others, and others behind it.
    var isShared = false
    /// Whether it takes the place of one that was answered before its time: what comes is dropped.
    let isStandIn: Bool
    /// Whether another one has taken its place, and ends when that is answered.
    var hasStandIn = false
    /// Whether it is to go elsewhere, and was on its way when that was decided.
    var isRecalled = false
    /// Whether the connection didn't take it behind others.
    var isRefused = false
    /// Whether it should be sent once more: it has failed for what the connection believed of prepared statements, or it was behind
    /// another one when the connection ended.
    var isToRepeat = false
    /// How long the server took, and how long an answer is under way at least; nil where that isn't known. In nanoseconds.
    var serverTime: (server: Int64, roundTrip: Int64)?
    /// How long the server had it when its end was no longer waited for, in nanoseconds.
    var ranAtLeast: Int64?
    /// Whether all of its statements are prepared under names now.
    var areNamesKnown = false

    /// A flight of statements.
    init(
        _ statements: [Statement], timeout: Duration?, limits: ResultLimits = ResultLimits(), expiry: Expiry = .cancel
    ) {
        kind = .flight
        self.statements = statements
        self.timeout = timeout
        self.limits = limits
        self.expiry = expiry
        isStandIn = false
    }

    /// What takes the place of a request: the same statements, whose results nobody wants.
    init(standingInFor request: Request) {
        kind = .flight
        statements = request.statements
        timeout = nil
        limits = request.limits
        expiry = .cancel
        isStandIn = true
        isShared = true
        completion = request.completion.flatMap { if case .owner = $0 { $0 } else { nil } }
        // Rows that came before are no part of what is dropped.
        answers = request.answers
        stop = .tooLarge
    }

    /// Anything else.
    init(_ kind: Kind, timeout: Duration?) {
        self.kind = kind
        statements = []
        self.timeout = timeout
        limits = ResultLimits()
        expiry = .cancel
        isStandIn = false
    }

    /// Transaction control, outside of the cache of prepared statements.
    static func control(_ texts: [String], timeout: Duration?, expiry: Expiry) -> Request {
        Request(texts.map { Statement($0, preparation: .unnamed) }, timeout: timeout, expiry: expiry)
    }

    /// The text to name in an error.
    var sql: String? {
        if case .exchange(let exchange) = kind { return exchange.statement.text }
        return statements.first?.text
    }

    /// Tells that it has ended. Called once, without any lock held.
    func resume() {
        // The owner holds the request.
        let completion = completion
        self.completion = nil
        switch completion {
        case .task(let continuation): continuation.resume()
        case .owner(let owner): owner.requestEnded(self)
        case nil: break
        }
    }
}

/// Hears of the end of a request on the thread that met it, and must not block there.
protocol RequestOwner: AnyObject, Sendable {
    func requestEnded(_ request: Request)
}
