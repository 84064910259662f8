// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import ArgumentParser
internal import BenchmarkFloor

/// What is done with a tree once it is there.
enum Form: String, CaseIterable, Sendable, Encodable, ExpressibleByArgument {
    /// Every record is visited from its parent, and every cell looked at: what an application that reads records does.
    case cells
    /// The tree is written as JSON bytes: what a web server does.
    case json

    var floor: kinship_floor_form { self == .cells ? KINSHIP_FLOOR_TOUCH : KINSHIP_FLOOR_JSON }
}
