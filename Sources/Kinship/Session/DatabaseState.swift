// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging
import RelationPlanner

/// What all sessions of a database share: its connections, and what is known of its catalog.
final class DatabaseState: Sendable {
    private struct State {
        /// What new requests are answered with.
        var planning: Planning
        /// The refresh it is from, and the last one that was begun.
        var refresh = 0
        var lastRefresh = 0
        /// See ``Catalog/losesSettings``: once seen it is remembered.
        var losesSettings = false
        /// Whether a transaction came upon what is no longer so; it could not read the catalog itself.
        var isStale = false
    }

    let pool: ConnectionPool
    /// Hears of changes.
    let changes: ChangeHub
    /// How long a round trip to the server took when the database was opened.
    let roundTrip: Duration
    /// The models as they were given, before the database had a say.
    private let definitions: Schema
    private let state: Locked<State>

    init(_ definitions: Schema, _ planning: Planning, pool: ConnectionPool, changes: ChangeHub) {
        self.definitions = definitions
        self.pool = pool
        self.changes = changes
        roundTrip = planning.roundTrip
        state = Locked(State(planning: planning))
    }

    /// What a request that begins now is planned and answered with.
    var planning: Planning { state.withLock { $0.planning } }

    /// Reads the catalog again. Of several at once the one that was begun last stays, for it has seen the latest state.
    func refresh() async throws {
        let (refresh, losesSettings, shared) = state.withLock { state in
            state.lastRefresh += 1
            return (state.lastRefresh, state.losesSettings, state.planning)
        }
        var catalog = try await pool.withConnection { try await CatalogReader.read(for: definitions, on: $0) }
        catalog.losesSettings = losesSettings
        let planning = try Planning(
            definitions, catalog: catalog, trees: shared.trees, roundTrip: roundTrip, timeout: shared.timeout,
            logger: shared.logger, metrics: shared.metrics, deciding: shared.accessed)
        planning.logger.log(planning.schema.warnings, besides: shared.schema.warnings)
        state.withLock { state in
            guard refresh > state.refresh else { return }
            state.planning = planning
            state.refresh = refresh
            state.isStale = false
        }
    }

    /// Hands no keys over on the server any more, once the catalog has been read again.
    func stopHandingOver() {
        let isNew = state.withLock { state in
            defer { state.losesSettings = true }
            return !state.losesSettings
        }
        guard isNew else { return }
        planning.logger.warning(
            "Keys that a statement left on the server were not there for the next one: trees are read level by level from now on"
        )
    }

    /// Remembers that the catalog is to be read again, where it can't be at once.
    func noteStale() { state.withLock { $0.isStale = true } }

    /// Whether that is so.
    var isStale: Bool { state.withLock { $0.isStale } }
}
