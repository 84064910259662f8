// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Kinship

extension TestHarness {
    /// Runs a test in a transaction, and rolls it back however that ends: nothing is left for the next one.
    ///
    /// ```swift
    /// try await harness.rollingBack { session in
    ///     let customer = try await session.make("Customer")
    ///     try await session.withTransaction { inner in ... }  // a savepoint
    /// }
    /// ```
    ///
    /// Many tests may run at once, each in its own. What is tested has to take `some Session`: what it does with a `Database` of its
    /// own is outside, sees nothing of the test, and stays. Constraints that wait for COMMIT are looked at when the body has ended.
    /// After a statement that failed PostgreSQL takes no other one, as in every transaction: expect what fails in
    /// `session.withTransaction`.
    ///
    /// What factories make are values that are the same in each run of a test and others in other tests: two tests that run at once
    /// don't wait for each other at a unique index. A test is known by its function, unless `seed` says otherwise: the
    /// arguments of one with parameters, say.
    ///
    /// - Parameters:
    ///   - isolation: what the transaction sees of others.
    ///   - seed: what the values that factories make depend on.
    ///   - body: the test.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws; ``PostgresError`` of deferred constraints.
    /// - Note: Two statements and round trips more than the test's, and none where it sends nothing.
    @discardableResult
    public func rollingBack<R>(
        isolation: IsolationLevel? = nil, seed: String? = nil, actor: isolated (any Actor)? = #isolation,
        fileID: StaticString = #fileID, function: StaticString = #function, line: UInt = #line,
        _ body: (Transaction) async throws -> R
    ) async throws -> R {
        let numbers = TestNumbers(seed: "\(fileID) \(function) \(seed ?? "")")
        var result: R?
        do {
            try await database.withTransaction(
                isolation: isolation, actor: actor, fileID: fileID, line: line
            ) { transaction in
                result = try await TestNumbers.$current.withValue(
                    numbers, operation: { try await body(transaction) }, isolation: actor)
                try await Self.settle(transaction)
                throw Undone()
            }
        } catch is Undone {}
        guard let result else { throw CancellationError() }
        return result
    }

    /// Looks at the constraints that wait for COMMIT.
    private static func settle(_ transaction: Transaction) async throws {
        do {
            try await transaction.execute(Statement("SET CONSTRAINTS ALL IMMEDIATE"))
        } catch let error as PostgresError where error.sqlState == "25P02" {
            // A statement failed, as the test may have expected.
        }
    }

    /// The end of each test.
    private struct Undone: Error {}
}
