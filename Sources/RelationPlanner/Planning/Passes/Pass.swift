// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One improvement of a plan: it looks at all steps and leaves a tree that asks for the same records with less.
///
/// Passes know nothing of each other and nothing of SQL. They run one after the other, once for each plan.
protocol Pass {
    func run(on tree: inout StepTree)
}

extension Planner {
    /// The passes, in their order: first those that save statements, then what the rest is asked with, then what is asked twice.
    static var passes: [any Pass] {
        [
            JoinPass(), KnownKeysPass(), ReusePass(), KeyOnlyPass(), LinksOnlyPass(), TwoHopsPass(), AccessPass(),
            ColumnsPass(), SharePass(), StrategyPass(),
        ]
    }
}
