// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser

/// `kinship generate`.
struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make program text of model files.",
        discussion: """
            Examples:
              kinship generate swift --models models -o Sources/Shop/Models
              kinship generate swift -o Sources/Shop/Models --check
            """,
        subcommands: [GenerateSwiftCommand.self])
}
