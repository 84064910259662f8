// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship
import RelationPlanner

/// `kinship batch`.
struct BatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        abstract: "Answer requests from standard input, one JSON line each, in order.",
        discussion: """
            Examples:
              kinship batch < requests.jsonl > answers.jsonl
              echo '{"model": "Customer", "op": "count"}' | kinship batch
              kinship batch --explain < requests.jsonl

            A request: {"model": "Customer", "op": "find", "filter": {"limit": 3}}

            Its answer:
              {"result": [...], "statements": 1, "roundTrips": 1}
              {"error": {"code": "UNKNOWN_PROPERTY", "status": 400, "message": "...", ...}}

            Every line that isn't blank has one answer, written at once. An error is an answer and the batch goes on; \
            the exit status is 0 when all of the input was answered.

            \(Operation.documentation)

            Other members are ignored, such as a label of your own, unless they look mistyped.
            """)

    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions

    @Flag(
        name: .long,
        help: "Answer with what each request would send, and why: nothing that changes anything is sent.")
    var explain = false

    @Flag(name: .long, help: "With --explain: make the changes, roll them back, and tell rows and times.")
    var analyze = false

    func validate() throws {
        guard analyze, !explain else { return }
        throw ValidationError("--analyze says how requests are explained; give it together with --explain.")
    }

    func run() async throws {
        let analysis: Explanation.Analysis? =
            explain ? (analyze ? Explanation.Analysis.run : Explanation.Analysis.none) : nil
        let schema = try await models.load()
        try await database.withDatabase(schema, warn: models.tell) { database in
            await Terminal.sayWaiting(for: #"requests, such as {"model": "MODEL", "op": "count"} on one line,"#)
            let lines = LineReader()
            let progress = Progress()
            var number = 0
            while let line = try await lines.next() {
                number += 1
                guard let answer = await Self.answer(line, number: number, database, analysis) else { continue }
                try Task.checkCancellation()
                if !Terminal.Stream.standardOutput.isTerminal { await progress.show("\(number) requests") }
                try await StandardOutput.shared.write(answer.json + [UInt8(ascii: "\n")])
            }
            await progress.clear()
        }
    }

    /// The answer to a line, nil for a blank one.
    ///
    /// - Parameter analysis: how it is explained instead of done; nil for doing it.
    private static func answer(
        _ line: LineReader.Line, number: Int, _ database: Database, _ analysis: Explanation.Analysis?
    ) async -> BatchAnswer? {
        do {
            guard case .text(let bytes) = line else {
                throw BatchError(
                    .invalidJSON, line: number,
                    "Line \(number) is longer than \(LineReader.maximumLength >> 20) MiB; split the request.")
            }
            if bytes.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) { return nil }
            let request = try BatchRequest(bytes, line: number)
            guard let analysis else { return try await request.operation.run(request, database) }
            return BatchAnswer(
                try await database.explain(analyze: analysis) { session in
                    _ = try await request.operation.run(request, session)
                })
        } catch {
            return BatchAnswer(error, in: database.schema)
        }
    }
}
