// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Synchronization

/// What was asked, and what was answered.
final class History: Sendable {
    /// How often something was done, and how it ended.
    struct Tally: Sendable {
        var answered = 0
        var errors: [String: Int] = [:]
    }

    /// Something that is under way.
    struct Running: Sendable {
        let operation: String
        let lane: Lane
        let began: ContinuousClock.Instant
    }

    private struct State {
        var writes: [Int64: Write] = [:]
        var tallies: [String: Tally] = [:]
        var running: [Int: Running] = [:]
        var complaints: [Complaint] = []
        var findings: [Finding] = []
        var lastAnswer: [Lane: ContinuousClock.Instant] = [:]
        var answers = 0
        var longest: [String: Duration] = [:]
    }

    private let state = Locked(State())
    private let lastToken = Atomic<Int64>(0)
    private let lastOperation = Atomic<Int>(0)

    /// A number that nobody else has: what a question is known by, or a write.
    func newToken() -> Int64 { lastToken.wrappingAdd(1, ordering: .relaxed).newValue }

    // MARK: Operations

    func began(_ operation: String, on lane: Lane) -> Int {
        let number = lastOperation.wrappingAdd(1, ordering: .relaxed).newValue
        state.withLock { $0.running[number] = Running(operation: operation, lane: lane, began: .now) }
        return number
    }

    /// An operation has come to its end.
    ///
    /// - Parameters:
    ///   - limit: how long it may have taken.
    ///   - ownCauses: what the task did itself that may cause errors, as codes.
    func ended(_ number: Int, _ error: (any Error)?, within limit: Duration, ownCauses: Set<String>) {
        let now = ContinuousClock.now
        state.withLock { state in
            guard let running = state.running.removeValue(forKey: number) else { return }
            let taken = now - running.began
            state.longest[running.operation] = max(taken, state.longest[running.operation] ?? .zero)
            if taken > limit {
                state.findings.append(
                    Finding(.late, "\(running.operation) on \(running.lane) took \(taken) and had \(limit)"))
            }
            guard let error else {
                state.tallies[running.operation, default: Tally()].answered += 1
                state.lastAnswer[running.lane] = now
                return
            }
            let code = ErrorCode.of(error)
            state.tallies[running.operation, default: Tally()].errors[code ?? "untyped", default: 0] += 1
            state.complaints.append(
                Complaint(
                    operation: running.operation, lane: running.lane, code: code, ownCauses: ownCauses,
                    began: running.began, ended: now, text: "\(error)"))
        }
    }

    // MARK: Writes

    /// Before it is sent, so that no row can be there of which the history knows nothing.
    func asked(_ write: Write) {
        guard let token = write.rows.first?.token else { return }
        state.withLock { $0.writes[token] = write }
    }

    func answered(_ token: Int64, _ outcome: Write.Outcome, reason: String? = nil) {
        state.withLock { state in
            state.writes[token]?.outcome = outcome
            state.writes[token]?.reason = reason
        }
    }

    // MARK: Answers

    /// An answer that was looked at.
    func saw(_ finding: Finding?) {
        state.withLock { state in
            state.answers += 1
            if let finding { state.findings.append(finding) }
        }
    }

    func found(_ finding: Finding) { state.withLock { $0.findings.append(finding) } }

    // MARK: What is in it

    var writes: [Int64: Write] { state.withLock { $0.writes } }
    var tallies: [String: Tally] { state.withLock { $0.tallies } }
    var running: [Running] { state.withLock { Array($0.running.values) } }
    var complaints: [Complaint] { state.withLock { $0.complaints } }
    var findings: [Finding] { state.withLock { $0.findings } }
    var answers: Int { state.withLock { $0.answers } }
    var longest: [String: Duration] { state.withLock { $0.longest } }

    /// When something on a lane was answered last.
    func lastAnswer(on lane: Lane) -> ContinuousClock.Instant? { state.withLock { $0.lastAnswer[lane] } }
}
