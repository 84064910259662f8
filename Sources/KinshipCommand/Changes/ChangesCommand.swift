// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser

/// `kinship changes`.
struct ChangesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "changes",
        abstract: "Have the database tell of changes of records: for change streams.",
        discussion: """
            Examples:
              kinship changes install --models models --database postgres://owner@localhost/shop
              kinship changes install Order Customer --dry-run
              kinship changes status

            Triggers on the tables notify who listens of the key of each record that was made, changed or deleted, when that is committed. \
            They belong to the owner of the tables.
            """,
        subcommands: [ChangesInstallCommand.self, ChangesRemoveCommand.self, ChangesStatusCommand.self])
}
