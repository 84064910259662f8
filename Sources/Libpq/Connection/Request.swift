// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if DEBUG
/// Checked, so that every test proves that each request is answered exactly once.
typealias RequestContinuation = CheckedContinuation<Void, Never>
#else
/// Unchecked: the check costs a fifth of a request, and the debug build proves single resumption.
typealias RequestContinuation = UnsafeContinuation<Void, Never>
#endif

/// Statements that go out together and are answered together.
///
/// `@unchecked Sendable`: everything mutable is touched only under the lock of the request's connection, until the
/// continuation is resumed; from then on only by the task that waited.
final class Request: @unchecked Sendable {
    /// What became of one statement.
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
    }

    let statements: [Statement]
    let timeout: Duration?
    let expiry: Expiry
    /// How much the results may hold together.
    var limits: ResultLimits
    /// When set, the request begins a transaction at its turn and sends nothing.
    let entering: TransactionOptions?
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

    init(
        _ statements: [Statement], timeout: Duration?, limits: ResultLimits = ResultLimits(), expiry: Expiry = .cancel,
        entering: TransactionOptions? = nil
    ) {
        self.statements = statements
        self.timeout = timeout
        self.limits = limits
        self.expiry = expiry
        self.entering = entering
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
