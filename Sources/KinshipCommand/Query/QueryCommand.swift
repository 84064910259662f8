// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship
import RelationPlanner

/// `kinship query MODEL [FILTER]`.
struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Answer one filter with a tree of records, as JSON.",
        discussion: """
            Examples:
              kinship query Customer '{"where": {"id": 7}}'
              kinship query Customer '{"limit": 3, "include": "orders"}' --pretty
              kinship query Order '{"include": "customer"}' --explain
              kinship query Order '{"include": "items"}' --explain --analyze-server
              kinship query Order '{"include": "items"}' --explain --format svg > plan.svg
              kinship query Order --lines > orders.jsonl
              echo '{"limit": 1}' | kinship query Customer -

            The result goes to standard output, a JSON array on one line unless --pretty or --lines is given; what went \
            wrong goes to standard error. It is fetched as it is written, however large it is.
            """)

    @Argument(help: "The model, by its name.", completion: .custom { words, _, _ in ModelCompletion.names(words) })
    var model: String

    @Argument(
        help: "The filter, as JSON; - reads it from standard input. Default: every record.", completion: .list([]))
    var filter: String = "{}"

    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions

    @OptionGroup(title: "Explaining") var explaining: ExplainOptions

    @Flag(name: .long, help: "Lay the result out over several lines.")
    var pretty = false

    @Flag(name: .long, help: "Print each record on a line of its own, fetched in batches while they are written.")
    var lines = false

    func validate() throws {
        guard [explaining.explain, pretty, lines].filter(\.self).count > 1 else { return }
        throw ValidationError("--explain, --pretty and --lines are three forms of output; give one of them.")
    }

    func run() async throws {
        let schema = try await models.load()
        guard schema.model(model) != nil else { throw unknownModel(in: schema) }
        if filter == "-" { await Terminal.sayWaiting(for: "the filter, as JSON") }
        let json = try FilterArgument.parse(filter == "-" ? try await LineReader().rest() : Array(filter.utf8))
        try await database.withDatabase(schema, warn: models.tell) { database in
            if explaining.explain {
                let explanation = try await database.explain(model, filter: json, analyze: explaining.analysis)
                try await StandardOutput.shared.write(explaining.written(explanation.tree))
            } else if lines {
                for try await graph in try database.stream(model, filter: json) {
                    try await StandardOutput.shared.write(graph.jsonLines())
                }
            } else {
                try await write(json, from: database)
            }
        }
    }

    /// Writes the records as one array, fetched as they are written; a page, which has a total, as one answer.
    private func write(_ json: JSONValue, from database: Database) async throws {
        let output = StandardOutput.shared
        let style = Style(for: .standardOutput)
        if case .object(let members) = json,
            members.contains(where: { $0.key == "page" && $0.value != .bool(false) && $0.value != .null })
        {
            let graph = try await database.find(model, filter: json)
            if pretty {
                try await output.write(PrettyJSON.format(try graph.json(), style: style))
            } else {
                for try await piece in graph.jsonPieces() { try await output.write(piece) }
            }
            return try await output.write("\n")
        }
        var hasBegun = false
        for try await graph in try database.stream(model, filter: json) {
            if pretty {
                for row in 0..<graph.count {
                    try await output.write(hasBegun ? ",\n  " : "[\n  ")
                    hasBegun = true
                    try await output.write(PrettyJSON.format(try graph.json(row: row), style: style, depth: 1))
                }
            } else {
                try await output.write(hasBegun ? "," : "[")
                hasBegun = true
                // Without its brackets.
                var piece: [UInt8]?
                var isFirst = true
                for try await next in graph.jsonPieces() {
                    if let piece { try await output.write(piece) }
                    piece = isFirst ? Array(next.dropFirst()) : next
                    isFirst = false
                }
                if let piece { try await output.write(Array(piece.dropLast())) }
            }
        }
        try await output.write((hasBegun ? pretty ? "\n]" : "]" : "[]") + "\n")
    }

    private func unknownModel(in schema: Schema) -> Failure {
        Failure(
            .data, "There is no model \"\(model)\".", code: PlannerError.Code.unknownModel.rawValue,
            remedy: Suggestion.hint(for: model, among: schema.models.map(\.name).sorted(), kind: "models"))
    }
}
