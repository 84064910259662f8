// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// What a session sends, or would send, for explaining it.
final class ChangeRecorder: Sendable {
    /// One plan with its values, and what came of it.
    struct Step: Sendable {
        let plan: PreparedPlan
        let values: [BoundValue]
        let operation: Operation
        let isChange: Bool
        /// What it takes besides.
        let note: String?
        var graph: Graph?
    }

    /// Ends what is only looked at: at a change, what follows depends on what comes of it.
    struct End: Error {}

    /// Undoes what has only been looked at.
    struct Undone: Error {}

    /// Whether changes are made.
    let isRunning: Bool
    private let state = Locked<[Step]>([])
    private let more = Locked(false)

    init(isRunning: Bool) { self.isRunning = isRunning }

    /// The steps, in their order.
    var steps: [Step] { state.withLock { $0 } }

    /// Notes what is to be sent, before it is; ends what is only looked at.
    ///
    /// - Returns: its number.
    func begin(
        _ plan: PreparedPlan, _ values: [BoundValue], as operation: Operation, isChange: Bool, note: String? = nil
    ) throws -> Int {
        let number = state.withLock { steps in
            steps.append(
                Step(plan: plan, values: values, operation: operation, isChange: isChange, note: note, graph: nil))
            return steps.count - 1
        }
        if isChange, !isRunning { throw End() }
        return number
    }

    /// Notes that the operation under way is known to go on behind its first change.
    func noteMore() { more.withLock { $0 = true } }

    /// Whether one is.
    var goesOn: Bool { more.withLock { $0 } }

    /// Notes what came.
    func finish(_ number: Int, _ graph: Graph) { state.withLock { $0[number].graph = graph } }
}
