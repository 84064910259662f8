// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging
import RelationPlanner

/// What the operations of a ``Session`` run with. Only the library makes and reads it.
public final class SessionContext: Sendable {
    /// Shared with all sessions of the database.
    let state: DatabaseState
    /// Where statements go.
    let source: ConnectionSource
    /// How trees are read.
    let trees: TreeOptions
    /// Whether the default scope of what is asked for is left out.
    let isUnscoped: Bool
    /// The logger of the request it answers.
    let logger: Logger?
    /// Takes down what is sent, for explaining it.
    let recorder: ChangeRecorder?
    /// Whether its options aren't those that the database was opened with.
    private let hasOwnTrees: Bool

    /// The session of a database that was opened.
    convenience init(_ state: DatabaseState, trees: TreeOptions) {
        self.init(
            state, .pool(state.pool), trees: trees, hasOwnTrees: false, isUnscoped: false, logger: nil, recorder: nil)
    }

    private init(
        _ state: DatabaseState, _ source: ConnectionSource, trees: TreeOptions, hasOwnTrees: Bool, isUnscoped: Bool,
        logger: Logger?, recorder: ChangeRecorder?
    ) {
        self.state = state
        self.source = source
        self.trees = trees
        self.hasOwnTrees = hasOwnTrees
        self.isUnscoped = isUnscoped
        self.logger = logger
        self.recorder = recorder
    }

    func with(trees: TreeOptions) -> SessionContext {
        SessionContext(
            state, source, trees: trees, hasOwnTrees: true, isUnscoped: isUnscoped, logger: logger, recorder: recorder)
    }

    var unscoped: SessionContext {
        SessionContext(
            state, source, trees: trees, hasOwnTrees: hasOwnTrees, isUnscoped: true, logger: logger, recorder: recorder)
    }

    func with(logger: Logger) -> SessionContext {
        SessionContext(
            state, source, trees: trees, hasOwnTrees: hasOwnTrees, isUnscoped: isUnscoped, logger: logger,
            recorder: recorder)
    }

    func recording(_ recorder: ChangeRecorder) -> SessionContext {
        SessionContext(
            state, source, trees: trees, hasOwnTrees: hasOwnTrees, isUnscoped: isUnscoped, logger: logger,
            recorder: recorder)
    }

    func with(_ connection: HeldConnection) -> SessionContext {
        SessionContext(
            state, .transaction(connection, of: state.pool), trees: trees, hasOwnTrees: hasOwnTrees,
            isUnscoped: isUnscoped,
            logger: logger, recorder: recorder)
    }

    /// What a request is planned and answered with from its beginning to its end.
    var planning: Planning { hasOwnTrees ? Planning(state.planning, trees: trees) : state.planning }

    /// Watches what is done.
    func observer(_ planning: Planning) -> Observer { Observer(logger: logger, metrics: planning.metrics.operations) }

    /// Says so where an operation of the database waits for its own task.
    func warnOfWaiting() { state.pool.warnOfWaiting(logger ?? state.planning.logger) }
}
