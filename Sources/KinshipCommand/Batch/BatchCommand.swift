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

    func run() async throws {
        let schema = try await models.load()
        try await database.withDatabase(schema, warn: models.tell) { database in
            await Terminal.sayWaiting(for: #"requests, such as {"model": "MODEL", "op": "count"} on one line,"#)
            let lines = LineReader()
            let progress = Progress()
            var number = 0
            while let line = try await lines.next() {
                number += 1
                guard let answer = await Self.answer(line, number: number, database: database) else { continue }
                try Task.checkCancellation()
                if !Terminal.Stream.standardOutput.isTerminal { await progress.show("\(number) requests") }
                try await StandardOutput.shared.write(answer.json + [UInt8(ascii: "\n")])
            }
            await progress.clear()
        }
    }

    /// The answer to a line, nil for a blank one.
    private static func answer(_ line: LineReader.Line, number: Int, database: Database) async -> BatchAnswer? {
        do {
            guard case .text(let bytes) = line else {
                throw BatchError(
                    .invalidJSON, line: number,
                    "Line \(number) is longer than \(LineReader.maximumLength >> 20) MiB; split the request.")
            }
            if bytes.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) { return nil }
            let request = try BatchRequest(bytes, line: number)
            return try await request.operation.run(request, database)
        } catch {
            return BatchAnswer(error, in: database.schema)
        }
    }
}
