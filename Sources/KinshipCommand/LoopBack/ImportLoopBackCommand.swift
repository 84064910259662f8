// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Foundation
import Kinship

/// `kinship import-lb3`.
struct ImportLoopBackCommand: AsyncParsableCommand {
    /// How the report is shown.
    enum Format: String, CaseIterable {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "import-lb3",
        abstract: "Make a project of a LoopBack 3 application: its models, and a report of what is left.",
        discussion: """
            Examples:
              kinship import-lb3 ../shop-api --to shop
              kinship import-lb3 ../shop-api --to shop --env production --format json

            The folder gets the models, what model-config.json says of them, the names of the data sources, and README.md: what works as it \
            is, what differs, by the numbers of the rules, and what has to be written by hand. "kinship check", "migrate" and \
            "serve" take it with --models.

            The application is read and not changed, none of its code is run, and no password is written anywhere. What stands in \
            NAME.local.json counts, and with --env what stands in NAME.ENV.json.

            It fails with 65 where a file is no JSON (nothing is written then), and where the models have a problem that has to be \
            mended (the folder is there, and its README.md names it).
            """)

    @Argument(
        help: ArgumentHelp("The application's folder, that \"server\" and \"common\" are in.", valueName: "project"),
        completion: .directory)
    var project: String

    @Option(
        name: .long,
        help: ArgumentHelp("The folder to make; it doesn't exist yet, or is empty.", valueName: "dir"),
        completion: .directory)
    var to: String

    @Option(
        name: .long,
        help: ArgumentHelp("The environment whose settings count, as NODE_ENV names it.", valueName: "name"),
        completion: .list(["production", "development", "staging"]))
    var env: String?

    @Option(
        name: .long, help: ArgumentHelp("How the report is shown: text or json.", valueName: "format"),
        completion: .list(Choice.words(of: Format.self)), transform: Choice.value)
    var format: Format = .text

    @Flag(name: .long, help: "Write nothing; show the report.")
    var dryRun = false

    func validate() throws {
        guard env?.wholeMatch(of: #/[A-Za-z0-9_-]+/#) != nil || env == nil else {
            throw ArgumentParser.ValidationError("--env is a name, such as production.")
        }
    }

    func run() async throws {
        var source = try LoopBackProject(project, environment: env)
        let folder = try ImportedFolder(to, from: source)
        let importing = try LoopBackImport(&source)
        var report: ImportReport
        do {
            try folder.write(importing.models, configuration: importing.configuration, sources: importing.sources)
            report = importing.report(source, at: folder.draft)
            report.target = to
            try folder.write(Array(report.page.utf8), "README.md")
            // After Ctrl-C nothing is left behind.
            try Task.checkCancellation()
            if dryRun { folder.discard() } else { try folder.finish() }
        } catch {
            folder.discard()
            throw error
        }
        try await StandardOutput.shared.write(format == .json ? "\(report.json)\n" : report.page)
        guard !report.problems.isEmpty else { return }
        throw Failure(
            .data,
            "The models can't be used yet: \(report.problems.count == 1 ? "a problem has" : "\(report.problems.count) problems have") to be mended.",
            details: report.problems.map { "- \($0)" }, remedy: dryRun ? nil : "correct the files in \"\(to)/models\"")
    }
}
