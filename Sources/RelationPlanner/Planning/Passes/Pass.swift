// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One improvement of a plan: it looks at all steps and leaves a tree that asks for the same records with less.
///
/// Passes know nothing of each other and nothing of SQL. They run one after the other, once for each plan.
protocol Pass: Sendable {
    func run(on tree: inout StepTree)
}
