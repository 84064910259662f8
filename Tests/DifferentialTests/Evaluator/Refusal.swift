// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Why the evaluator takes a filter for wrong.
struct Refusal: Error {
    let code: PlannerError.Code

    init(_ code: PlannerError.Code) { self.code = code }
}
