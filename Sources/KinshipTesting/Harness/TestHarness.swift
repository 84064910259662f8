// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Kinship
public import Logging

/// A database for one suite of tests: made for it, filled by it, and dropped with it.
///
/// ```swift
/// @Suite struct OrderTests {
///     let harness: TestHarness
///
///     init() async throws { harness = try await TestHarness.shared("orders", schema: shopSchema) }
///
///     @Test func openOrdersAreFound() async throws {
///         try await harness.rollingBack { session in
///             let order = try await session.make(Order.self) { $0.status = .open }
///             #expect(try await openOrders(in: session).map(\.id) == [order.id])
///         }
///     }
/// }
/// ```
///
/// It is on the server that `KINSHIP_DATABASE_URL` names, else on an embedded one of this process, which is started once. It
/// knows nothing of libraries for tests: XCTest and Swift Testing are alike to it.
public final class TestHarness: Sendable {
    /// The suite's database, with the options it was started with.
    public let database: Database
    /// How the database is reached by others than ``database``: what a service under test is opened with.
    public let configuration: ConnectionConfiguration
    private let fresh: FreshDatabase?
    private let answers: AnswerSource?
    private let isClosed = Locked(false)

    private init(
        _ database: Database, _ configuration: ConnectionConfiguration, _ fresh: FreshDatabase?,
        _ answers: AnswerSource?
    ) {
        self.database = database
        self.configuration = configuration
        self.fresh = fresh
        self.answers = answers
    }

    /// Makes a database and its tables, and opens it.
    ///
    /// - Parameters:
    ///   - name: part of the database's name, for those who look at the server.
    ///   - schema: the models.
    ///   - tables: how the tables come to be; those that the models ask for unless said otherwise.
    ///   - pool: how many connections there are.
    ///   - trees: how trees are read.
    ///   - hooks: what the program does besides.
    ///   - answers: a file of answers to be recorded, or to be answered from without a server.
    ///   - logger: takes warnings.
    /// - Throws: ``TestingError``, and what opening a database throws. Nothing is left behind then.
    /// - Note: A database of an embedded server takes some 50 ms, the first start of the server in a process 200 ms.
    public static func start(
        _ name: String = "suite", schema: Schema, tables: TestTables = .models,
        pool: PoolConfiguration = PoolConfiguration(), trees: TreeOptions = TreeOptions(), hooks: Hooks = Hooks(),
        answers: RecordedAnswers? = nil, logger: Logger = Logger(label: "kinship.testing")
    ) async throws -> TestHarness {
        // What takes which strategy would depend on how fast this machine is.
        var trees = trees
        if answers != nil { trees.strategy = trees.strategy ?? .byLevel }
        let source = try answers?.source()
        if case .replay(let server) = source {
            let database = try await Database.open(
                schema: schema, connection: server.configuration, pool: pool, trees: trees, hooks: hooks, logger: logger
            )
            return TestHarness(database, server.configuration, nil, source)
        }
        let fresh = try await FreshDatabase.make(name)
        do {
            try await tables.make(for: schema, in: fresh.configuration, logger)
            var configuration = fresh.configuration
            if case .record(let recorder) = source { configuration = try recorder.start(for: configuration) }
            let database = try await Database.open(
                schema: schema, connection: configuration, pool: pool, trees: trees, hooks: hooks, logger: logger)
            LeftoverDatabases.shared.add(database, to: fresh.name)
            return TestHarness(database, configuration, fresh, source)
        } catch {
            source?.stop()
            try? await fresh.drop()
            throw error
        }
    }

    /// The harness of a name: started when it is asked for first in this process, the same one afterwards, and dropped when the
    /// process ends.
    ///
    /// For suites whose tests are values of their own, as those of Swift Testing are. Only the first call's arguments count.
    ///
    /// - Throws: as ``start(_:schema:tables:pool:trees:hooks:answers:logger:)``; the next call tries again.
    public static func shared(
        _ name: String, schema: @autoclosure @escaping @Sendable () throws -> Schema, tables: TestTables = .models,
        pool: PoolConfiguration = PoolConfiguration(), trees: TreeOptions = TreeOptions(), hooks: Hooks = Hooks()
    ) async throws -> TestHarness {
        try await SharedHarnesses.shared.harness(name) {
            try await start(name, schema: try schema(), tables: tables, pool: pool, trees: trees, hooks: hooks)
        }
    }

    /// Runs `body` with a harness, and closes it however that ends.
    ///
    /// - Throws: as ``start(_:schema:tables:pool:trees:hooks:answers:logger:)``, `body` and ``close()``.
    public static func with<R>(
        _ name: String = "suite", schema: Schema, tables: TestTables = .models,
        pool: PoolConfiguration = PoolConfiguration(), trees: TreeOptions = TreeOptions(), hooks: Hooks = Hooks(),
        answers: RecordedAnswers? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (TestHarness) async throws -> R
    ) async throws -> R {
        let harness = try await start(
            name, schema: schema, tables: tables, pool: pool, trees: trees, hooks: hooks, answers: answers)
        let result: R
        do {
            // What is made in another run is the same: recorded answers are to these values.
            result = try await TestNumbers.$current.withValue(
                TestNumbers(seed: name), operation: { try await body(harness) }, isolation: isolation)
        } catch {
            // What a run that failed was answered isn't what later ones are to be answered.
            await harness.discard()
            throw error
        }
        try await harness.close()
        return result
    }

    /// Closes the connections, drops the database, and writes the answers that were recorded; harmless when it was closed before.
    ///
    /// - Throws: ``TestingError`` `ANSWERS_FILE` and `ANSWERS_UNSUPPORTED`; what dropping throws. Connections are closed all the same.
    public func close() async throws {
        guard markClosed() else { return }
        await database.close()
        answers?.stop()
        try await fresh?.drop()
        try answers?.save()
    }

    private func discard() async {
        guard markClosed() else { return }
        await database.close(deadline: .seconds(1))
        answers?.stop()
        // The error of the test is what counts.
        try? await fresh?.drop()
    }

    private func markClosed() -> Bool {
        isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
    }
}
