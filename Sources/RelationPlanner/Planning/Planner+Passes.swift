// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Planner {
    /// The passes, in their order: first those that save statements, then what the rest is asked with, then what is asked twice.
    static let passes: [any Pass] = [
        JoinPass(), KnownKeysPass(), ReusePass(), KeyOnlyPass(), LinksOnlyPass(), TwoHopsPass(), AccessPass(),
        ColumnsPass(), SharePass(), StrategyPass(),
    ]
}
