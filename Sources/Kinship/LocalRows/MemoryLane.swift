// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch
import Libpq
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where long work in memory is done: on a thread that no Swift task waits for, one request's after another's, and only a
/// twentieth of the time.
///
/// Whoever sends the costliest filters there are gets no more of the process than that, however many they are: the rest of it
/// goes on answering others. Requests whose work is little never come here.
final class MemoryLane: Sendable {
    /// The process has one, as it has one set of threads for its tasks.
    static let shared = MemoryLane()

    /// So long it works, and so long it rests.
    private static let (work, rest): (UInt64, UInt64) = (500_000, 9_500_000)

    /// How many requests may wait, and how many bytes of rows they may keep meanwhile.
    private static let (mostWaiting, mostBytes) = (64, 256 << 20)
    /// How many of those that wait or work may hold a connection.
    private static let mostConnections = 2

    /// What a request keeps while it waits.
    struct Place: Sendable {
        /// Of its rows.
        var bytes: Int
        var holdsConnection: Bool
    }

    /// As many requests as may wait do already.
    struct Full: Error {}

    private struct State {
        var isTaken = false
        var places = 0
        var bytes = 0
        var connections = 0
        var last = 0
        var waiting: [(turn: Int, continuation: CheckedContinuation<Void, any Error>)] = []
        /// Turns that were given up before they could wait.
        var givenUp: Set<Int> = []
    }

    private let state = Locked(State())
    private let queue = DispatchQueue(label: "kinship.memory", qos: .utility)
    private let timer = DispatchQueue(label: "kinship.memory.deadlines")

    /// How many wait for their turn.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Runs `body` when it is its turn; those that hold a connection go first.
    ///
    /// - Parameters:
    ///   - place: what it keeps meanwhile.
    ///   - steps: the budget it has.
    ///   - deadline: when nobody waits for it any more.
    /// - Throws: what `body` throws; ``Full``; `CancellationError`; ``PostgresError`` `STATEMENT_TIMEOUT`.
    func run<R: Sendable>(
        _ place: Place, steps: Int?, until deadline: UInt64, _ body: @escaping @Sendable (inout StepBudget) throws -> R
    ) async throws -> R {
        try enter(place)
        defer { leave(place) }
        try await takeTurn(until: deadline, isFirst: place.holdsConnection)
        defer { passTurn() }
        let isCancelled = Flag()
        let begun = Instant()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    begun.set(Monotonic.now)
                    var budget = StepBudget(steps) {
                        if isCancelled.isSet { throw CancellationError() }
                        let now = Monotonic.now
                        if now > deadline { throw PostgresError.workTimedOut }
                        guard now > begun.value &+ Self.work else { return }
                        usleep(UInt32(Self.rest / 1000))
                        begun.set(Monotonic.now)
                    }
                    continuation.resume(with: Result { try body(&budget) })
                }
            }
        } onCancel: {
            isCancelled.set()
        }
    }

    // MARK: Turns

    private func enter(_ place: Place) throws(Full) {
        let enters = state.withLock { state in
            guard state.places <= Self.mostWaiting, state.places == 0 || state.bytes + place.bytes <= Self.mostBytes,
                !place.holdsConnection || state.connections < Self.mostConnections
            else { return false }
            state.places += 1
            state.bytes += place.bytes
            if place.holdsConnection { state.connections += 1 }
            return true
        }
        if !enters { throw Full() }
    }

    private func leave(_ place: Place) {
        state.withLock { state in
            state.places -= 1
            state.bytes -= place.bytes
            if place.holdsConnection { state.connections -= 1 }
        }
    }

    private func takeTurn(until deadline: UInt64, isFirst: Bool) async throws {
        let turn = state.withLock { state in
            state.last += 1
            return state.last
        }
        defer { state.withLock { _ = $0.givenUp.remove(turn) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let answer: Result<Void, any Error>? = state.withLock { state in
                    if state.givenUp.contains(turn) { return .failure(CancellationError()) }
                    guard state.isTaken else {
                        state.isTaken = true
                        return .success(())
                    }
                    state.waiting.insert((turn, continuation), at: isFirst ? 0 : state.waiting.count)
                    return nil
                }
                if let answer { return continuation.resume(with: answer) }
                guard deadline != Monotonic.never else { return }
                timer.asyncAfter(deadline: DispatchTime(uptimeNanoseconds: deadline)) { [weak self] in
                    self?.waiting(turn)?.resume(throwing: PostgresError.workTimedOut)
                }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                let position = state.waiting.firstIndex { $0.turn == turn }
                if position == nil { state.givenUp.insert(turn) }
                return position.map { state.waiting.remove(at: $0).continuation }
            }
            waiting?.resume(throwing: CancellationError())
        }
    }

    /// The continuation of a turn that is still waited for, which it no longer is then.
    private func waiting(_ turn: Int) -> CheckedContinuation<Void, any Error>? {
        state.withLock { state in
            state.waiting.firstIndex { $0.turn == turn }.map { state.waiting.remove(at: $0).continuation }
        }
    }

    private func passTurn() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume()
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)

        var isSet: Bool { value.load(ordering: .relaxed) }

        func set() { value.store(true, ordering: .relaxed) }
    }

    private final class Instant: Sendable {
        private let instant = Atomic<UInt64>(0)

        var value: UInt64 { instant.load(ordering: .relaxed) }

        func set(_ value: UInt64) { instant.store(value, ordering: .relaxed) }
    }
}

extension PostgresError {
    fileprivate static var workTimedOut: PostgresError {
        PostgresError(
            .statementTimeout,
            "The deadline passed while a filter was tried on embedded records in memory. Ask for fewer parents, or with a simpler filter."
        )
    }
}
