// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// What one request may still do in memory with rows that have come, and until when.
struct MemoryWork: Sendable {
    /// So many steps are made on the task's own thread, half a millisecond, whoever asks for them.
    static let freeSteps = 50_000
    /// And so many while there is some of what the process has for them; whoever needs more goes to ``MemoryLane``.
    static let stepsOnThread = 500_000
    /// So many bytes are gone through before other tasks have a turn.
    static let bytesBetweenYields = 1 << 20
    /// Or so many steps made.
    static let stepsBetweenYields = 50_000

    /// All that is allowed; nil for any number.
    let most: Int?
    /// Whether a connection is held meanwhile.
    var holdsConnection = false
    private var deadline: UInt64
    private var left: Int
    /// How many steps were made on the task's thread.
    private var onThread = 0
    /// What the process gave for those that are being made.
    private var granted = 0

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

    /// The budget for what is done on the task's thread now; ``settle(_:)`` ends it.
    mutating func begin() -> StepBudget {
        let free = max(0, Self.freeSteps - onThread)
        let more = min(left - min(left, free), max(0, Self.stepsOnThread - max(onThread, Self.freeSteps)))
        granted = ThreadSteps.shared.take(upTo: more)
        let deadline = deadline
        return StepBudget(min(left, free) + granted) {
            try Task.checkCancellation()
            if deadline != Monotonic.never, Monotonic.now > deadline {
                throw PostgresError(.statementTimeout, "The deadline passed while rows were worked on in memory.")
            }
        }
    }

    /// Takes off what was spent.
    mutating func settle(_ budget: StepBudget) {
        let given = min(left, max(0, Self.freeSteps - onThread)) + granted
        ThreadSteps.shared.giveBack(min(granted, budget.remaining))
        let spent = given - budget.remaining
        granted = 0
        left -= spent
        onThread += spent
    }

    /// Does in the lane what was too much for the thread.
    ///
    /// - Throws: ``PlannerError`` `FILTER_TOO_COSTLY`.
    mutating func runInLane<R: Sendable>(
        _ model: Model, holding bytes: Int, _ body: @escaping @Sendable (inout StepBudget) throws -> R
    ) async throws -> R {
        let tooCostly = PlannerError(
            .filterTooCostly,
            "Trying the filter on the records of \(model.name), which are embedded, takes more than the \(most ?? 0) steps that are allowed. Ask for fewer parents with \"where\" and \"limit\", or with a simpler pattern or regular expression.",
            model: model.name)
        // What was made on the thread came to nothing; it is not asked for twice.
        granted = 0
        guard left > Self.freeSteps else { throw tooCostly }
        do {
            let place = MemoryLane.Place(bytes: bytes, holdsConnection: holdsConnection)
            let (result, remaining) = try await MemoryLane.shared.run(place, steps: left, until: deadline) { budget in
                let result = try body(&budget)
                return (result, budget.remaining)
            }
            left = remaining
            return result
        } catch is StepBudget.Exhausted {
            throw tooCostly
        } catch is MemoryLane.Full {
            throw PlannerError(
                .filterTooCostly,
                "Trying the filter on the records of \(model.name), which are embedded, takes long, and as many requests as may wait for that do already. Try again later, or ask for fewer parents or with a simpler filter.",
                model: model.name)
        }
    }
}
