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

    /// What the program adds to operations; nil where it adds nothing.
    let hooks: (any SessionHooks)?
    /// Set where hooks of the operation are run by whoever calls it.
    let hooksRun: HooksRun?
    /// Whether the program's say in which records may be reached is left out: it is what is being decided.
    let isDeciding: Bool
    /// What who asks may be shown of related records; nil for everything.
    let related: RelatedAccess?
    /// What access hooks have said already, where they are asked once for several requests.
    let decisions: AccessDecisions?
    /// Whose records are reached, of models whose records are a tenant's.
    let tenancy: Tenancy.Value
    /// The setting of the database that each round trip says the tenant in; nil for none.
    let tenantSetting: String?
    /// Whether the rows that changes answer with are read with all properties, hidden ones too: of whole graphs, which go on from them.
    let readsAll: Bool
    /// Whether keys in data aren't looked at: those that are new have been.
    let trustsKeys: Bool

    /// The session of a database that was opened.
    convenience init(_ state: DatabaseState, trees: TreeOptions, hooks: (any SessionHooks)? = nil) {
        self.init(
            state, .pool(state.pool), trees: trees, hasOwnTrees: false, isUnscoped: false, logger: nil, hooks: hooks)
    }

    private init(
        _ state: DatabaseState, _ source: ConnectionSource, trees: TreeOptions, hasOwnTrees: Bool, isUnscoped: Bool,
        logger: Logger?, hooks: (any SessionHooks)?, hooksRun: HooksRun? = nil, isDeciding: Bool = false,
        decisions: AccessDecisions? = nil, readsAll: Bool = false, recorder: ChangeRecorder? = nil,
        related: RelatedAccess? = nil, tenancy: Tenancy.Value = .missing,
        tenantSetting: String? = nil, trustsKeys: Bool = false
    ) {
        self.trustsKeys = trustsKeys
        self.tenantSetting = tenantSetting
        self.related = related
        self.tenancy = tenancy
        self.readsAll = readsAll
        self.state = state
        self.source = source
        self.trees = trees
        self.hasOwnTrees = hasOwnTrees
        self.isUnscoped = isUnscoped
        self.logger = logger
        self.hooks = hooks
        self.hooksRun = hooksRun
        self.isDeciding = isDeciding
        self.decisions = decisions
        self.recorder = recorder
    }

    private func copy(
        source: ConnectionSource? = nil, trees: TreeOptions? = nil, isUnscoped: Bool? = nil, logger: Logger? = nil,
        readsAll: Bool? = nil, recorder: ChangeRecorder? = nil, decisions: AccessDecisions? = nil,
        related: RelatedAccess? = nil, tenancy: Tenancy.Value? = nil, tenantSetting: String? = nil,
        trustsKeys: Bool? = nil
    ) -> SessionContext {
        SessionContext(
            state, source ?? self.source, trees: trees ?? self.trees, hasOwnTrees: trees != nil || hasOwnTrees,
            isUnscoped: isUnscoped ?? self.isUnscoped, logger: logger ?? self.logger, hooks: hooks, hooksRun: hooksRun,
            isDeciding: isDeciding, decisions: decisions ?? self.decisions, readsAll: readsAll ?? self.readsAll,
            recorder: recorder ?? self.recorder, related: related ?? self.related,
            tenancy: tenancy ?? self.tenancy, tenantSetting: tenantSetting ?? self.tenantSetting,
            trustsKeys: trustsKeys ?? self.trustsKeys)
    }

    func with(tenantSetting: String) -> SessionContext { copy(tenantSetting: tenantSetting) }

    func reaching(_ tenancy: Tenancy.Value) -> SessionContext { copy(tenancy: tenancy) }

    /// The context of changes whose keys have been looked at, as far as they are new.
    var trustingKeys: SessionContext { copy(trustsKeys: true) }

    /// The context of changes whose answers are gone on from.
    var readingAll: SessionContext { copy(readsAll: true) }

    func with(trees: TreeOptions) -> SessionContext { copy(trees: trees) }

    var unscoped: SessionContext { copy(isUnscoped: true) }

    func with(logger: Logger) -> SessionContext { copy(logger: logger) }

    func showing(_ related: RelatedAccess) -> SessionContext { copy(related: related) }

    var decidingOnce: SessionContext { copy(decisions: AccessDecisions()) }

    func recording(_ recorder: ChangeRecorder) -> SessionContext { copy(recorder: recorder) }

    func with(_ connection: HeldConnection) -> SessionContext {
        copy(source: .transaction(connection, of: state.pool))
    }

    /// The context that hooks work with: the database's own options and scopes, on the same connection.
    ///
    /// - Parameters:
    ///   - isOutside: whether it is outside of the transaction, which has ended.
    ///   - isDeciding: whether they are to decide which records may be reached.
    func forHooks(isOutside: Bool = false, isDeciding: Bool = false) -> SessionContext {
        SessionContext(
            state, isOutside ? .pool(state.pool) : source, trees: state.planning.trees, hasOwnTrees: false,
            isUnscoped: false, logger: logger, hooks: hooks, isDeciding: isDeciding, recorder: recorder,
            tenancy: tenancy, tenantSetting: tenantSetting)
    }

    /// The context of an operation whose hooks are run around it.
    func running(_ run: HooksRun) -> SessionContext {
        SessionContext(
            state, source, trees: trees, hasOwnTrees: hasOwnTrees, isUnscoped: isUnscoped, logger: logger,
            hooks: hooks, hooksRun: run, isDeciding: isDeciding, decisions: decisions, readsAll: readsAll,
            recorder: recorder, related: related, tenancy: tenancy,
            tenantSetting: tenantSetting, trustsKeys: trustsKeys)
    }

    /// Whether changes are only looked at.
    var isLooking: Bool { recorder.map { !$0.isRunning } ?? false }

    /// What a request is planned and answered with from its beginning to its end.
    var planning: Planning {
        guard !isDeciding else { return openPlanning }
        let planning = state.planning
        if related != nil || isTenanted(planning) {
            var scoped = planning.scoped.reaching(tenancy)
            scoped.related = related
            return Planning(planning, trees: trees, scoped: scoped, wall: wall, isFollowing: hooksRun != nil)
        }
        return hasOwnTrees ? Planning(planning, trees: trees) : planning
    }

    /// The same where nobody decides which records may be reached: to look at a plan, and for who decides it.
    var openPlanning: Planning {
        let planning = state.planning
        guard hooks?.accessed.isEmpty == false || isTenanted(planning) else {
            return hasOwnTrees ? Planning(planning, trees: trees) : planning
        }
        return Planning(
            planning, trees: trees, scoped: planning.scoped.withoutAccess.reaching(tenancy), wall: wall,
            isFollowing: hooksRun != nil)
    }

    /// Whether it matters whose records are meant.
    private func isTenanted(_ planning: Planning) -> Bool { planning.scoped.tenancy != nil || tenantSetting != nil }

    /// What each round trip says of the tenant to the database's own policies; nil for nothing.
    private var wall: TenantWall? {
        guard let tenantSetting, case .known(let tenant) = tenancy else { return nil }
        return switch tenant {
        case .string(let text), .number(let text): TenantWall(setting: tenantSetting, value: text)
        default: nil
        }
    }

    /// Watches what is done.
    func observer(_ planning: Planning) -> Observer { Observer(logger: logger, metrics: planning.metrics.operations) }

    /// Says so where an operation of the database waits for its own task.
    func warnOfWaiting() { state.pool.warnOfWaiting(logger ?? state.planning.logger) }
}
