// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship

/// `kinship check`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "List every problem of the models, with and without a database.",
        discussion: """
            Examples:
              kinship check --models models
              kinship check --models models --database postgres://me@localhost/shop --strict --json

            Where a database is named, by --database or KINSHIP_DATABASE_URL, the models are held against its tables as well, \
            also when some are wrong: as far as they hold. Each finding says how to mend it. It fails when there is a problem, \
            with --strict when there is a warning.
            """)

    @Flag(name: .long, help: "Fail when there are warnings.")
    var strict = false

    @Flag(name: .long, help: "Ask no database, even if one is named by the environment.")
    var offline = false

    @Flag(name: .long, help: "Show the findings as JSON.")
    var json = false

    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions

    func validate() throws {
        if offline, database.database != nil { throw ValidationError("Give --database or --offline, not both.") }
    }

    func run() async throws {
        let folders = try models.folders()
        try ModelOptions.requireFolders(folders)
        var survey = SchemaSurvey(
            paths: folders, tableSchema: models.schema, leniency: models.lenient ? .lenient : .strict)
        var obstacle: (any Error)?
        if !offline, database.url != nil {
            do {
                try await survey.hold(
                    against: try database.configuration(), pool: database.pool, logger: database.logger)
            } catch {
                // What the files say is told all the same.
                obstacle = error
            }
        }
        let findings = survey.problems.map { Finding($0) } + survey.warnings.map { Finding($0) }
        try await show(findings)
        if let obstacle { throw obstacle }
        try judge(problems: survey.problems.count, warnings: survey.warnings.count)
    }

    private func show(_ findings: [Finding]) async throws {
        let style = Style(for: .standardOutput)
        let text =
            json
            ? JSONValue.array(findings.map(\.json)).description + "\n"
            : findings.map { $0.text(style) + "\n" }.joined()
        try await StandardOutput.shared.write(text)
    }

    private func judge(problems: Int, warnings: Int) throws {
        let summary = "\(Self.counted(problems, "problem")), \(Self.counted(warnings, "warning"))."
        if problems > 0 { throw Failure(.data, summary, remedy: "each says where, what and how to mend it") }
        if strict, warnings > 0 {
            throw Failure(.data, summary, remedy: "correct them, or leave --strict out")
        }
    }

    private static func counted(_ number: Int, _ word: String) -> String {
        number == 1 ? "1 \(word)" : "\(number) \(word)s"
    }
}
