// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// What one request may still do in memory with rows that have come, and until when.
struct MemoryWork: Sendable {
    /// So many steps are made on the task's own thread, a few milliseconds; whoever needs more goes to ``MemoryLane``.
    static let stepsOnThread = 500_000
    /// So many bytes are gone through before other tasks have a turn.
    static let bytesBetweenYields = 1 << 20

    /// All that is allowed; nil for any number.
    let most: Int?
    private var deadline: UInt64
    private var left: Int

    /// - Parameters:
    ///   - steps: ``TreeOptions/maximumSteps``.
    ///   - timeout: how long from now.
    init(_ steps: Int?, timeout: Duration?) {
        most = steps
        left = max(0, steps ?? .max)
        deadline = timeout.map(Monotonic.after) ?? Monotonic.never
    }

    /// The same for what comes after another wait for the server: as many steps as are left, and as long again.
    mutating func goOn(timeout: Duration?) {
        deadline = timeout.map(Monotonic.after) ?? Monotonic.never
    }

    /// The budget for what is done on the task's thread.
    var budget: StepBudget {
        let deadline = deadline
        return StepBudget(min(left, Self.stepsOnThread)) {
            try Task.checkCancellation()
            if deadline != Monotonic.never, Monotonic.now > deadline {
                throw PostgresError(.statementTimeout, "The deadline passed while rows were worked on in memory.")
            }
        }
    }

    /// Takes off what was spent.
    mutating func settle(_ budget: StepBudget) {
        left -= max(0, min(left, Self.stepsOnThread) - budget.remaining)
    }

    /// Does in the lane what was too much for the thread.
    ///
    /// - Throws: ``PlannerError`` `FILTER_TOO_COSTLY`.
    mutating func runInLane<R: Sendable>(
        _ model: Model, _ body: @escaping @Sendable (inout StepBudget) throws -> R
    ) async throws -> R {
        let tooCostly = PlannerError(
            .filterTooCostly,
            "Trying the filter on the records of \(model.name), which are embedded, takes more than the \(most ?? 0) steps that are allowed. Ask for fewer parents with \"where\" and \"limit\", or with a simpler pattern or regular expression.",
            model: model.name)
        guard left > Self.stepsOnThread else { throw tooCostly }
        do {
            let (result, remaining) = try await MemoryLane.shared.run(steps: left, until: deadline) { budget in
                let result = try body(&budget)
                return (result, budget.remaining)
            }
            left = remaining
            return result
        } catch is StepBudget.Exhausted {
            throw tooCostly
        }
    }
}
