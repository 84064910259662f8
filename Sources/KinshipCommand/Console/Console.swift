// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import MessageText
import RelationPlanner

/// Answers what is typed at a prompt, or comes in lines.
struct Console {
    private let database: Database
    private var view: RecordView
    private let running = RunningAnswer()
    /// How it ends: as the first error says, where nobody saw it.
    private var status: Failure?

    init(_ database: Database, view: RecordView) {
        self.database = database
        self.view = view
    }

    // MARK: Reading

    /// Asks whoever sits at the keyboard, until they leave.
    mutating func run(with prompt: ConsolePrompt) async throws {
        await Terminal.say("\\? lists what can be asked, Ctrl-D ends it.")
        let running = running
        Interruption.shared.divert { running.stop() }
        defer { Interruption.shared.divert(nil) }
        var prompt = prompt
        while let text = try await prompt.request() {
            guard try await answer(text) else { return }
        }
    }

    /// Answers the lines of an input.
    mutating func run(with reader: LineReader) async throws {
        var lines = RequestLines()
        while let line = try await reader.next() {
            guard case .text(let bytes) = line, lines.text.utf8.count <= LineReader.maximumLength else {
                lines = RequestLines()
                await fail(Failure(.data, "A request is too long.", remedy: "close its braces, or ask for less"))
                continue
            }
            guard let request = lines.add(String(decoding: bytes, as: UTF8.self)) else { continue }
            guard try await answer(request) else { return try end() }
        }
        // An end inside a filter: what is wrong with it is told.
        if !lines.text.isEmpty { _ = try await answer(lines.text) }
        try end()
    }

    /// Ends as the first error says, which was told already.
    private func end() throws {
        guard var status else { return }
        status.message = ""
        throw status
    }

    // MARK: Answering

    /// Answers a request; false when it was to end.
    private mutating func answer(_ text: String) async throws -> Bool {
        do {
            switch try ConsoleRequest(text, database.schema) {
            case .nothing: break
            case .leave: return false
            case .view(let view): self.view = view
            case let request:
                let (database, view) = (database, view)
                let isWhole = try await running.run {
                    try await Self.show(try await Self.reply(to: request, from: database, as: view))
                }
                // Behind the terminal's own "^C".
                if !isWhole { await Terminal.say("\nStopped.") }
            }
        } catch {
            let failure = Failure(error)
            if Task.isCancelled { throw CancellationError() }
            // Where nothing can be shown any more, no request can be answered.
            if [.brokenPipe, .interrupted, .terminated, .inputOutput].contains(failure.status) { throw failure }
            await fail(failure)
        }
        return true
    }

    /// What is shown for a request.
    private static func reply(
        to request: ConsoleRequest, from database: Database, as view: RecordView
    ) async throws -> String {
        switch request {
        case .nothing, .leave, .view: return ""
        case .help: return ConsoleRequest.list
        case .models: return ModelDescription.list(database.schema, style)
        case .describe(let model): return ModelDescription.text(of: model, in: database.schema, style)
        case .find(let model, let filter):
            let records = try await ConsoleRecords(model, filter, from: database)
            if records.isCut { await Terminal.say(ConsoleRecords.note) }
            return try RecordsText.text(of: records.json, as: view, style)
        case .count(let model, let condition):
            let counted = try await database.count(model, where: condition)
            return "\(counted.count)\n"
        case .explain(let model, let filter):
            return try await database.explain(model, filter: filter).tree.text() + "\n"
        case .sql(let model, let filter):
            let tree = try await database.explain(model, filter: filter).tree
            return statements(of: tree).joined(separator: "\n\n") + "\n"
        }
    }

    private mutating func fail(_ failure: Failure) async {
        status = status ?? failure
        await Terminal.say(failure.text(for: .standardError))
    }

    /// Shows a text, in pieces that a Ctrl-C comes between. No letter is cut: pieces end where lines do.
    private static func show(_ text: String) async throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            try Task.checkCancellation()
            let end = rest.dropFirst(64 << 10).firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
            try await StandardOutput.shared.write(Array(rest[..<end]))
            rest = rest[end...]
        }
    }

    private static let style = Style(for: .standardOutput)

    /// The statements of a plan, without what a terminal would obey: names come from the models' files.
    private static func statements(of tree: ExplainTree) -> [String] {
        tree.lines.filter { $0.kind == .code }.map { line in
            line.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                .map { MessageText.escaped(String($0)) }.joined(separator: "\n")
        } + tree.children.flatMap { statements(of: $0) }
    }
}
