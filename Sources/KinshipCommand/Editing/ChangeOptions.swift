// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser

/// What becomes of changes of model files.
struct ChangeOptions: ParsableArguments {
    @Flag(name: .long, help: "Write nothing; show the change, and the SQL that the tables need for it.")
    var dryRun = false

    @Flag(name: .long, help: "Change the tables of the database as well, after asking.")
    var apply = false

    @Flag(name: .shortAndLong, help: "Don't ask.")
    var yes = false

    @Flag(name: .long, help: "Make no checks of the kinds that polymorphic relations write.")
    var noKindChecks = false

    func validate() throws {
        if dryRun, apply { throw ValidationError("Give --dry-run or --apply, not both.") }
    }
}
