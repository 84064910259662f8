// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser

/// Which model files are changed, and what becomes of the change.
struct EditOptions: ParsableArguments {
    @OptionGroup(title: "Change") var change: ChangeOptions
    @OptionGroup(title: "Pace") var pace: MigrationPaceOptions
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions
}
