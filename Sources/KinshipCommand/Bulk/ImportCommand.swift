// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Foundation
import Kinship
import Libpq
import RelationPlanner

/// `kinship import MODEL FILE`.
struct ImportCommand: AsyncParsableCommand {
    /// What becomes of the others when a record can't be stored.
    enum OnError: String, CaseIterable {
        case fail, collect
    }

    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make records of a file: lines of JSON, or CSV.",
        discussion: """
            Examples:
              kinship import Order orders.csv
              kinship import Customer - --format jsonl --on-conflict update --on-error collect --rejects bad.jsonl < customers.jsonl

            All records are stored or none. With --on-error collect those that can't be are put aside, up to --limit of them. \
            What became of them goes to standard output, as JSON on one line.

            CSV begins with a line of property names. An empty cell is NULL, "" an empty text.
            """)

    @Argument(help: "The model, by its name.", completion: .custom { words, _, _ in ModelCompletion.names(words) })
    var model: String

    @Argument(help: "The file; - is standard input.", completion: .file())
    var file: String

    @Option(
        name: .long,
        help: ArgumentHelp("jsonl or csv. Default: csv for a file named so, else jsonl.", valueName: "format"),
        completion: .list(Choice.words(of: RecordFormat.self)), transform: Choice.value)
    var format: RecordFormat?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What becomes of a record whose key is there: fail, skip or update. Default: fail.", valueName: "policy"),
        completion: .list(Choice.words(of: ConflictPolicy.self)), transform: Choice.value)
    var onConflict: ConflictPolicy?

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "A property of the unique index that tells records apart; may be repeated. Default: the primary key.",
            valueName: "property"),
        completion: .list([]))
    var key: [String] = []

    @Flag(name: .long, help: "Take keys that the database would make otherwise.")
    var keepKeys = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "fail: nothing is stored when a record can't be. collect: the others are.", valueName: "policy"),
        completion: .list(Choice.words(of: OnError.self)), transform: Choice.value)
    var onError: OnError?

    @Option(name: .long, help: ArgumentHelp("How many records may be put aside. Default: 1000.", valueName: "n"))
    var limit: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where those go that can't be stored, with the reasons, as lines of JSON.", valueName: "file"),
        completion: .file())
    var rejects: String?

    @Flag(name: .long, help: "Store nothing: find out what would happen.")
    var dryRun = false

    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions

    func validate() throws {
        guard onError == .collect || limit == nil && rejects == nil else {
            throw ArgumentParser.ValidationError("--limit and --rejects go with --on-error collect.")
        }
        guard limit.map({ (1...1_000_000).contains($0) }) ?? true else {
            throw ArgumentParser.ValidationError("--limit is a number of records, from 1 to 1000000.")
        }
        guard key.isEmpty || onConflict == .skip || onConflict == .update else {
            throw ArgumentParser.ValidationError("--key goes with --on-conflict skip or update.")
        }
    }

    func run() async throws {
        let schema = try await models.load()
        var input = try InputFile(file)
        let aside = try rejects.map { try OutputFile($0) }
        if file == "-" { await Terminal.sayWaiting(for: "records") }
        let format = format ?? (file.lowercased().hasSuffix(".csv") ? .csv : .jsonLines)
        let (progress, news, time, size) = (Progress(), News(), TimeLeft(), input.size)
        input.onPiece = {
            let now = news.last
            let fraction = size.map { Double(now.bytes) / Double(max($0, 1)) }
            await progress.show("\(now.records) records\(time.text(at: fraction))", fraction: fraction)
        }
        let bytes = input
        let policy = onError == .collect ? ErrorPolicy.collect(limit: limit ?? 1000) : .fail
        do {
            let summary = try await database.withDatabase(schema, warn: models.tell) { database in
                try await database.importRecords(
                    into: model, from: bytes, format: format, onConflict: onConflict ?? .fail,
                    key: key.isEmpty ? nil : key, onError: policy, takesKeys: keepKeys, isDryRun: dryRun
                ) { now in
                    news.last = now
                    if now.phase == .storing { Task { await progress.show("storing \(now.records) records") } }
                }
            }
            await progress.clear()
            try await tell(summary.rejected, aside)
            try await StandardOutput.shared.write(Self.line(summary))
        } catch let error as ImportError {
            await progress.clear()
            try await tell(error.rejected, aside)
            throw error
        } catch {
            await progress.clear()
            throw error
        }
    }

    /// Writes what was put aside where it was asked for, else the first of it on standard error.
    private func tell(_ rejected: [RejectedRecord], _ aside: OutputFile?) async throws {
        guard onError == .collect else { return }
        guard let aside else {
            let shown = rejected.prefix(20).map { "rejected: \($0)" }
            let rest = rejected.count > 20 ? ["and \(rejected.count - 20) more; --rejects FILE has all of them"] : []
            return await Terminal.say((shown + rest).joined(separator: "\n"))
        }
        for record in rejected { try await aside.output.write("\(record.json)\n") }
        try aside.finish()
    }

    private static func line(_ summary: ImportSummary) -> String {
        let json: JSONValue = [
            "records": .number("\(summary.records)"), "made": .number("\(summary.made)"),
            "updated": .number("\(summary.updated)"), "skipped": .number("\(summary.skipped)"),
            "rejected": .number("\(summary.rejected.count)"),
        ]
        return "\(json)\n"
    }

    /// The last that was heard of an import.
    private final class News: Sendable {
        private let state = Locked(ImportProgress())

        var last: ImportProgress {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }
}
