// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Logging
import Synchronization

extension PoolCore {
    /// Performs actions in order. Nothing here blocks: connections are made, checked and reset in tasks of their own.
    func perform(_ actions: inout [State.Action]) {
        for action in actions {
            switch action {
            case .resume(let waiter, let lease): waiter.receive(lease)
            case .recall(let waiter, let lease): waiter.recall(lease)
            case .fail(let waiter, let failure): waiter.refuse(failure)
            case .connect(let slot): beginConnect(slot)
            case .cancelConnect(let slot): guarded.withLock { $0.connects.removeValue(forKey: slot) }?.cancel()
            case .check(let member, let slot): beginCheck(member, slot)
            case .reset(let member, let slot, let outcome): beginReset(member, slot, outcome)
            case .close(let member): member.close()
            case .abort(let member):
                logger.warning(
                    "A connection was still in use at the shutdown's deadline; its statement is cancelled.",
                    metadata: ["connection": "\(member.id)"])
                member.abort()
            case .reportLeak(let member, let site, let held):
                logger.warning(
                    "A connection has been held for \(Duration.nanoseconds(held).inSeconds): is it leaked?",
                    metadata: ["connection": "\(member.id)", "acquiredAt": "\(site)"])
            case .reportReturn(let member, let site, let held):
                logger.notice(
                    "A connection reported as leaked came back after \(Duration.nanoseconds(held).inSeconds).",
                    metadata: ["connection": "\(member.id)", "acquiredAt": "\(site)"])
            case .started: resumeStarters(with: .success(()))
            case .startFailed(let error): resumeStarters(with: .failure(error))
            case .finished:
                let closers = guarded.withLock { guarded in
                    defer { guarded.closers.removeAll() }
                    return guarded.closers
                }
                for closer in closers { closer.resume() }
            }
        }
    }

    private func resumeStarters(with result: Result<Void, any Error>) {
        let starters = guarded.withLock { guarded in
            defer { guarded.starters.removeAll() }
            return guarded.starters
        }
        for starter in starters.values { starter.resume(with: result) }
    }

    private func beginConnect(_ slot: PoolSlotID) {
        // The task waits for the lock taken here before it can end and remove itself.
        guarded.withLock { guarded in
            guard guarded.state.isConnecting(slot) else { return }
            guarded.connects[slot] = Task.detached { [self] in await connect(slot) }
        }
    }

    private func connect(_ slot: PoolSlotID) async {
        let began = now()
        do {
            let member = try await connect()
            let now = now()
            metrics?.created(now.since(began))
            guarded.withLock { _ = $0.connects.removeValue(forKey: slot) }
            handle(at: now) { $0.connected(slot, member, now: now, into: &$1) }
            member.onTermination { [weak self] error in self?.terminated(slot, error) }
        } catch {
            let now = now()
            let failure = error as? PostgresError ?? PostgresError(.connectFailed, "\(error)")
            let wasWanted = guarded.withLock { $0.connects.removeValue(forKey: slot) != nil }
            if wasWanted {
                metrics?.failedToCreate()
                logger.warning("A connection could not be made.", metadata: ["error": "\(failure.message)"])
            }
            handle(at: now) { $0.connectFailed(slot, failure, now: now, into: &$1) }
        }
    }

    private func terminated(_ slot: PoolSlotID, _ error: PostgresError?) {
        let now = now()
        handle(at: now) { $0.terminated(slot, now: now, into: &$1) }
    }

    private func beginCheck(_ member: Member, _ slot: PoolSlotID) {
        Task.detached { [self] in
            var alive = true
            do {
                try await member.ping(timeout: configuration.pingTimeout)
            } catch {
                alive = false
                logger.debug(
                    "A pooled connection no longer answers and is replaced.",
                    metadata: ["connection": "\(member.id)", "error": "\(error)"])
            }
            let now = now()
            handle(at: now) { $0.checked(slot, alive: alive, now: now, into: &$1) }
        }
    }

    private func beginReset(_ member: Member, _ slot: PoolSlotID, _ outcome: ReleaseOutcome) {
        Task.detached { [self] in
            var reusable = true
            if outcome != .clean { reusable = await member.recycle(timeout: configuration.resetTimeout) }
            if reusable, configuration.resetPolicy == .session {
                reusable = await member.resetSession(timeout: configuration.resetTimeout)
            }
            // At a shutdown connections are closed while they are reset: that is no news.
            let isKept = guarded.withLock { $0.state.resource(of: slot, in: .resetting) != nil }
            if !reusable, isKept {
                logger.warning(
                    "A connection could not be reset and is closed.", metadata: ["connection": "\(member.id)"])
            }
            let now = now()
            handle(at: now) { $0.wasReset(slot, reusable: reusable, now: now, into: &$1) }
        }
    }
}
