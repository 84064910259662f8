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

            Where a database is named, by --database or KINSHIP_DATABASE_URL, the models are held against its tables as well. \
            It fails when there is a problem, with --strict when there is a warning.
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
        let findings = try await findings()
        let style = Style(for: .standardOutput)
        let text =
            json
            ? JSONValue.array(findings.map(\.json)).description + "\n"
            : findings.map { $0.text(style) + "\n" }.joined()
        try await StandardOutput.shared.write(text)
        let problems = findings.count { !$0.isWarning }
        let warnings = findings.count - problems
        let summary = "\(Self.counted(problems, "problem")), \(Self.counted(warnings, "warning"))."
        if problems > 0 { throw Failure(.data, summary, remedy: "each line says where and what; correct them") }
        if strict, warnings > 0 {
            throw Failure(.data, summary, remedy: "correct them, or leave --strict out")
        }
    }

    // MARK: Findings

    private func findings() async throws -> [Finding] {
        let folders = try models.folders()
        try ModelOptions.requireFolders(folders)
        let schema: Schema
        do {
            schema = try SchemaLoader.load(
                paths: folders, tableSchema: models.schema, leniency: models.lenient ? .lenient : .strict)
        } catch {
            return error.problems.map { Finding($0) }
        }
        let own = schema.warnings.map { Finding($0) }
        guard !offline, database.url != nil else { return own }
        do {
            return try await Database.withDatabase(
                schema: schema, connection: try database.configuration(), pool: database.pool, logger: database.logger
            ) { database in
                let known = Set(schema.warnings)
                return own + database.schema.warnings.filter { !known.contains($0) }.map { Finding($0) }
            }
        } catch let error as SchemaError {
            return own + error.problems.map { Finding($0) }
        }
    }

    private static func counted(_ number: Int, _ word: String) -> String {
        number == 1 ? "1 \(word)" : "\(number) \(word)s"
    }
}
