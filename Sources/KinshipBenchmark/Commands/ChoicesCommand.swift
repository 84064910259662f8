// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import ArgumentParser
internal import Kinship
internal import Libpq
internal import Logging
internal import RelationPlanner

/// Holds the planner's choices against the other ways to ask the same.
struct ChoicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "choices", abstract: "Compares each choice of the planner with its alternatives.",
        discussion: """
            All ways of one question run in turn on one connection, prepared and with generic plans, and must give equally \
            many rows. A choice that takes over 1.2 times as long as the best way is marked with an exclamation mark.
            """)

    /// More than this above the best way is a wrong choice.
    private static let bound = 1.2

    @OptionGroup var server: ServerOptions

    @Option(help: "Measured runs of each way; default: 31, or 3 with --quick.")
    var runs: Int?

    @Flag(help: "A few runs, to see that all ways give equally many rows.")
    var quick = false

    func run() async throws {
        let runs = self.runs ?? (quick ? 3 : 31)
        try await server.withDatabase { place in
            let schema = try SchemaLoader.load(directory: BenchmarkData(directory: server.data).models)
            let questions = try await Self.questions(schema, place.connection)
            let bar = ProgressBar("Measuring", total: questions.count)
            var rows = [["", "choice", "ms", "best other", "ms", "ratio"]]
            for (number, question) in questions.enumerated() {
                bar.show(number, question.name)
                let medians = try await question.medians(runs: runs)
                guard let chosen = medians.first, let best = medians.dropFirst().min(by: { $0.median < $1.median })
                else { continue }
                let ratio = chosen.median / best.median
                rows.append([
                    question.name, chosen.name, Report.number(chosen.median * 1e3, 2), best.name,
                    Report.number(best.median * 1e3, 2),
                    Report.number(ratio, 2) + (ratio > Self.bound ? "!" : ""),
                ])
            }
            bar.finish()
            for question in questions { await question.close() }
            print(Report.table(rows))
        }
    }

    // MARK: Questions

    private static func questions(
        _ schema: Schema, _ connection: ConnectionConfiguration
    ) async throws -> [ChoiceQuestion] {
        var questions: [ChoiceQuestion] = []
        let statements = try await StatementQuestions(schema: schema, connection: connection)
        for count in [1, 100, 1000] { questions.append(try statements.children(parents: count)) }
        for count in [10, 100, 1000] { questions.append(try statements.limited(parents: count)) }
        for count in [10, 100, 1000] { questions.append(try statements.orderedLimited(parents: count)) }
        for count in [10, 100] { questions.append(try statements.widelyLimited(parents: count)) }
        questions.append(try statements.unindexed(parents: 1000))
        questions.append(try statements.unindexedLimited(parents: 100))
        questions.append(try statements.through(parents: 50))
        questions.append(try statements.orderedByRelated())
        let small = #"{"where": {"id": 7}, "include": [{"orders": "items"}, "reviews"]}"#
        let large = #"{"limit": 100, "include": {"orders": {"items": "product"}}}"#
        for (name, model, filter) in [
            ("tree of 5,050 rows", "Customer", large),
            ("tree of one record", "Customer", small),
            ("siblings of 10 records", "Customer", #"{"limit": 10, "include": ["orders", "reviews"]}"#),
        ] {
            questions.append(
                try await ChoiceQuestion.trees(name, model, JSONValue(parsing: filter), schema, connection))
        }
        for (name, distance) in [
            ("0.1 ms", Duration.microseconds(100)), ("0.25 ms", .microseconds(250)), ("1 ms", .milliseconds(1)),
            ("5 ms", .milliseconds(5)),
        ] {
            for (tree, filter) in [("tree of 5,050 rows", large), ("tree of one record", small)] {
                questions.append(
                    try await ChoiceQuestion.trees(
                        "\(tree), \(name) away", "Customer", JSONValue(parsing: filter), schema, connection,
                        distance: distance))
            }
        }
        return questions
    }
}
