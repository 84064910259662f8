// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Plays callers, the server and the clock against a pool state, at random but repeatably.
struct PoolFuzzer {
    var pool: PoolStateHarness
    var random: SeededGenerator
    var problems: [String] = []

    // What the world outside of the state looks like.
    var open: Set<Int> = []
    var leases: [Held] = []
    var connects: [PoolSlotID] = []
    var checks: [(resource: Int, slot: PoolSlotID)] = []
    var resets: [(resource: Int, slot: PoolSlotID)] = []
    var slots: [Int: PoolSlotID] = [:]
    /// Waiters with their identifiers in the queue and their deadlines.
    var unanswered: [Int: (identifier: UInt64?, deadline: PoolInstant)] = [:]
    var nextWaiter = 1
    /// What callers who were answered, or may be, want a connection for.
    var kinds: [Int: PlaceKind] = [:]
    /// How likely a connect fails, and how: changes now and then.
    var failureRate = 0.0
    var failureCode = PostgresError.Code.connectFailed
    var finished = false
    var startAnswers = 0
    var resumed = 0
    var timedOut = 0
    var turnedAway = 0
    var cancelled = 0
    /// How many went behind others, and how many of them were told to go elsewhere.
    var shared = 0
    var recalled = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        let maximum = Int(random.next() % 8) + 1
        let minimum = Int(random.next() % UInt64(maximum + 1))
        let session = random.next() % 4 == 0
        let patience = [Duration.zero, .milliseconds(500), .seconds(3), .seconds(86_400)][Int(random.next() % 4)]
        let depth = [1, 2, 8][Int(random.next() % 3)]
        pool = PoolStateHarness(minimum: minimum, maximum: maximum, seed: seed) {
            $0.lifetimeJitter = 0.1
            $0.lifetime = .seconds(120)
            $0.idleTimeout = .seconds(20)
            $0.leakThreshold = .seconds(30)
            $0.pipelineDepth = depth
            $0.resetPolicy = session ? .session : .transaction
            $0.outagePatience = patience
        }
        let deadline = random.next() % 2 == 0 ? pool.now.advanced(by: 5_000_000_000) : nil
        pool.state.start(failFast: random.next() % 2 == 0, until: deadline, now: pool.now, into: &pool.actions)
        absorb("start")
    }

    mutating func chance(_ probability: Double) -> Bool { random.fraction() < probability }

    mutating func position(in count: Int) -> Int? { count == 0 ? nil : Int(random.next() % UInt64(count)) }

    // MARK: Events

    mutating func step() {
        switch Int(random.next() % 100) {
        case 0..<30: acquire()
        case 30..<55: release()
        case 55..<67: finishConnect()
        case 67..<74: finishCheck()
        case 74..<79: finishReset()
        case 79..<86: cancel()
        case 86..<88: breakConnection()
        case 88..<89: changeServer()
        case 89..<98: pass(.milliseconds(Int64(random.next() % 400)))
        default: pass(.seconds(Int64(random.next() % 8)))
        }
    }

    mutating func acquire() {
        let waiter = nextWaiter
        nextWaiter += 1
        let timeout = Duration.milliseconds(Int64(random.next() % 8_000) + 1)
        let kind = kind()
        kinds[waiter] = kind
        switch pool.state.acquireAtOnce(pool.now, site: PoolStateHarness.here, kind: kind, for: waiter) {
        case .leased(let lease): hand(lease, to: waiter)
        case .mustWait, .closed:
            let deadline = pool.now.advanced(by: timeout.poolNanoseconds)
            unanswered[waiter] = (nil, deadline)
            let identifier = pool.state.enqueue(
                waiter, deadline: deadline, site: PoolStateHarness.here, kind: kind, now: pool.now,
                into: &pool.actions)
            unanswered[waiter]?.identifier = identifier
        }
        absorb("acquire")
    }

    mutating func release() {
        guard let position = position(in: leases.count) else { return }
        let held = leases.remove(at: position)
        let outcome: ReleaseOutcome = chance(0.1) ? .inTransaction : chance(0.05) ? .unusable : .clean
        pool.release(held.lease, outcome, news(of: held))
        if chance(0.05) { pool.release(held.lease) }
        absorb("release")
    }

    mutating func finishConnect() {
        guard let position = position(in: connects.count) else { return }
        let slot = connects.remove(at: position)
        if chance(failureRate) {
            pool.failConnect(slot, failureCode)
        } else {
            let resource = pool.nextConnection
            open.insert(resource)
            slots[resource] = slot
            pool.connect(slot)
        }
        absorb("connect")
    }

    mutating func finishCheck() {
        guard let position = position(in: checks.count) else { return }
        let check = checks.remove(at: position)
        let alive = !chance(0.2 + failureRate / 2)
        pool.state.checked(check.slot, alive: alive, now: pool.now, into: &pool.actions)
        absorb("check")
    }

    mutating func finishReset() {
        guard let position = position(in: resets.count) else { return }
        let reset = resets.remove(at: position)
        pool.state.wasReset(reset.slot, reusable: !chance(0.2), now: pool.now, into: &pool.actions)
        absorb("reset")
    }

    mutating func cancel() {
        // Dictionaries are in a different order in each process: sorted, for the same seed to do the same.
        guard let position = position(in: unanswered.count) else { return }
        let waiter = unanswered.keys.sorted()[position]
        guard let identifier = unanswered[waiter]?.identifier else { return }
        if pool.state.cancel(identifier) != waiter { problems.append("waiter \(waiter) was not in the queue") }
        unanswered[waiter] = nil
        cancelled += 1
        pool.state.shareConnections(pool.now, into: &pool.actions)
        absorb("cancel")
    }

    mutating func breakConnection() {
        guard let position = position(in: slots.count) else { return }
        let resource = slots.keys.sorted()[position]
        guard let slot = slots[resource] else { return }
        pool.state.terminated(slot, now: pool.now, into: &pool.actions)
        absorb("break")
    }

    mutating func changeServer() {
        failureRate = chance(0.5) ? 0 : random.fraction()
        failureCode = chance(0.2) ? .authenticationFailed : .connectFailed
    }

    mutating func pass(_ duration: Duration) {
        pool.pass(duration)
        absorb("time")
        for (waiter, wait) in unanswered where wait.deadline <= pool.now {
            problems.append("waiter \(waiter) was not answered at its deadline")
        }
    }

    mutating func shutdown(after duration: Duration) {
        let deadline = pool.now.advanced(by: duration.poolNanoseconds)
        pool.state.shutdown(deadline: deadline, now: pool.now, into: &pool.actions)
        absorb("shutdown")
    }

    /// The server is well, callers give everything back and nobody new comes: everybody must be served.
    mutating func settle() {
        failureRate = 0
        for _ in 0..<2_000 where problems.isEmpty {
            release()
            finishConnect()
            finishCheck()
            finishReset()
            pool.pass(.milliseconds(20))
            absorb("settling")
        }
        if !unanswered.isEmpty || pool.state.status.waiting > 0 { problems.append("somebody still waits") }
        if startAnswers != 1 { problems.append("start was answered \(startAnswers) times") }
        let status = pool.state.status
        if status.leased > 0 || status.size != status.idle { problems.append("places are lost: \(status)") }
        if open.count != status.size { problems.append("\(open.count) connections are open, the pool has \(status)") }
    }

    // MARK: Answers

    mutating func hand(_ lease: PoolLease<Int>, to waiter: Int) {
        resumed += 1
        let others = leases.filter { $0.lease.resource == lease.resource }
        if !others.isEmpty { checkSharing(lease, of: waiter, with: others) }
        if !open.contains(lease.resource) { problems.append("connection \(lease.resource) is closed") }
        leases.append(Held(lease: lease, waiter: waiter))
    }

    mutating func absorb(_ event: String) {
        let actions = pool.actions
        pool.actions.removeAll()
        for action in actions {
            switch action {
            case .connect(let slot): connects.append(slot)
            case .cancelConnect: break
            case .check(let resource, let slot): checks.append((resource, slot))
            case .reset(let resource, let slot, _): resets.append((resource, slot))
            case .close(let resource): close(resource, event)
            case .abort(let resource):
                close(resource, event)
                leases.removeAll { $0.lease.resource == resource }
            case .resume(let waiter, let lease):
                answer(waiter, event)
                hand(lease, to: waiter)
            case .fail(let waiter, let failure):
                answer(waiter, event)
                if case .timeout(let waited, _, _) = failure {
                    timedOut += 1
                    if waited > 60_000_000_000 { problems.append("waited for \(waited) ns") }
                }
                if case .refused(let error) = failure, error.code == .connectFailed { turnedAway += 1 }
            case .recall(let waiter, let lease): recall(waiter, lease, event)
            case .reportLeak, .reportReturn: break
            case .started, .startFailed:
                startAnswers += 1
                if startAnswers > 1 { problems.append("\(event): start was answered twice") }
            case .finished: finished = true
            }
        }
        problems += pool.state.violations(at: pool.now).map { "\(event): \($0)" }
        problems += pool.state.sharingViolations(at: pool.now).map { "\(event): \($0)" }
        // Those who are told to go elsewhere ask again.
        if !pool.actions.isEmpty { absorb(event) }
    }

    mutating func answer(_ waiter: Int, _ event: String) {
        if unanswered.removeValue(forKey: waiter) == nil { problems.append("\(event): \(waiter) was answered twice") }
    }

    mutating func close(_ resource: Int, _ event: String) {
        if open.remove(resource) == nil { problems.append("\(event): connection \(resource) was closed twice") }
        slots[resource] = nil
        // A lease may outlive its connection only when the shutdown took it.
        if event != "time", event != "shutdown", leases.contains(where: { $0.lease.resource == resource }) {
            problems.append("\(event): leased connection \(resource) was closed")
        }
    }
}
