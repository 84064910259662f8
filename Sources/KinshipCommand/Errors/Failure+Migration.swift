// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipMigrator
import MessageText

extension Failure {
    /// What stands against a migration.
    init(_ error: MigrationError) {
        let problems = error.problems
        self.init(
            .data, "The migration can't be done as it is.", code: problems.count == 1 ? problems[0].code.rawValue : nil,
            details: problems.map { "- \(MessageText.message($0.description))" })
    }

    /// Why a migration wasn't done, or not to its end.
    init(_ error: MigratorError) {
        let lines = error.description.dropFirst(error.code.count + 2).split(separator: "\n").map {
            MessageText.message(String($0))
        }
        let status: ExitStatus =
            switch error {
            case .refused, .history: .data
            case .running, .blocked, .filledMeanwhile, .planChanged: .temporary
            case .pooled: .usage
            case .failed: .software
            }
        self.init(status, lines.first ?? "", code: error.code, details: Array(lines.dropFirst()))
    }
}
