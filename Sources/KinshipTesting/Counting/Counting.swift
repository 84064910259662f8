// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Runs something, and tells which statements it sent.
///
/// ```swift
/// let (customers, sent) = try await counting {
///     try await session.query(Customer.self).include(\.orders).all()
/// }
/// try sent.expect(statements: 2)
/// ```
///
/// Counted is what the task and those it is made of (`async let`, groups) send over Kinship, in and out of transactions, whatever loggers
/// requests have; `Task.detached` is somebody else's. `BEGIN`, `COMMIT` and savepoints, which ride along, aren't counted.
///
/// - Returns: what `body` returned, and what was sent.
/// - Throws: what `body` throws.
public func counting<R>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
) async rethrows -> (result: R, sent: SentStatements) {
    let witness = StatementWitness()
    let logger = witness.logger
    let result = try await RequestLog.$witness.withValue(
        logger,
        operation: { try await RequestLog.$logger.withValue(logger, operation: body, isolation: isolation) },
        isolation: isolation)
    return (result, witness.sent)
}

/// Runs something, and holds the number of its statements against what is expected.
///
/// ```swift
/// let orders = try await expectingStatements(2, roundTrips: 2) { try await openOrders(in: session) }
/// ```
///
/// - Throws: ``TestingError`` `TEST_STATEMENTS`, with all statements in its message; what `body` throws.
@discardableResult
public func expectingStatements<R>(
    _ statements: Int, roundTrips: Int? = nil, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> R
) async throws -> R {
    let (result, sent) = try await counting(isolation: isolation, body)
    try sent.expect(statements: statements, roundTrips: roundTrips)
    return result
}
