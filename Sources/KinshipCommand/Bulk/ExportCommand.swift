// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship
import RelationPlanner

/// `kinship export MODEL`.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write records as lines of JSON, or as CSV.",
        discussion: """
            Examples:
              kinship export Order -o orders.csv
              kinship export Customer --filter '{"where": {"vip": true}, "include": "orders"}' > customers.jsonl

            "kinship import" makes the same records of it again; hidden properties aren't among what is written. CSV has no \
            place for related records.
            """)

    @Argument(help: "The model, by its name.", completion: .custom { words, _, _ in ModelCompletion.names(words) })
    var model: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Which records, as JSON; - reads it from standard input. Default: every record.", valueName: "filter"),
        completion: .list([]))
    var filter = "{}"

    @Option(
        name: .long,
        help: ArgumentHelp("jsonl or csv. Default: csv for a file named so, else jsonl.", valueName: "format"),
        completion: .list(Choice.words(of: RecordFormat.self)), transform: Choice.value)
    var format: RecordFormat?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The file; it is there when all is written. Default: standard output.", valueName: "file"),
        completion: .file())
    var output: String?

    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions

    func run() async throws {
        let schema = try await models.load()
        if filter == "-" { await Terminal.sayWaiting(for: "the filter, as JSON") }
        let json = try FilterArgument.parse(filter == "-" ? try await LineReader().rest() : Array(filter.utf8))
        let format = format ?? (output?.lowercased().hasSuffix(".csv") == true ? .csv : .jsonLines)
        let file = try output.map { try OutputFile($0) }
        try await database.withDatabase(schema, warn: models.tell) { database in
            let export = try database.exportRecords(of: model, filter: json, format: format)
            let isShown =
                Terminal.Stream.standardError.isTerminal
                && (file != nil || !Terminal.Stream.standardOutput.isTerminal)
            // Asked for the bar alone.
            let total = isShown ? try await database.count(model, where: json["where"]).count : 0
            let (progress, time) = (Progress(), TimeLeft())
            var records = 0
            for try await piece in export {
                try await (file?.output ?? .shared).write(piece)
                guard isShown else { continue }
                for byte in piece where byte == UInt8(ascii: "\n") { records += 1 }
                let fraction = min(1, Double(records) / Double(max(total, 1)))
                await progress.show("\(records) records\(time.text(at: fraction))", fraction: fraction)
            }
            await progress.clear()
            try file?.finish()
        }
    }
}
