// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import MessageText
import RelationPlanner

/// Answers what is typed at a prompt, or comes in lines.
struct Console {
    private let database: Database
    private var view: RecordView
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
        var prompt = prompt
        while let text = try await prompt.request() {
            guard try await answer(text) else { return }
        }
    }

    /// Answers the lines of an input.
    mutating func run(with reader: LineReader) async throws {
        var text = ""
        while let line = try await reader.next() {
            guard case .text(let bytes) = line else {
                await fail(Failure(.data, "A line is too long."))
                continue
            }
            text += (text.isEmpty ? "" : "\n") + String(decoding: bytes, as: UTF8.self)
            guard ConsoleRequest.isWhole(text) else { continue }
            let request = text
            text = ""
            guard try await answer(request) else { break }
        }
        // An end inside a filter: what is wrong with it is told.
        if !text.isEmpty { _ = try await answer(text) }
        if var status {
            status.message = ""
            throw status
        }
    }

    // MARK: Answering

    /// Answers a request; false when it was to end.
    private mutating func answer(_ text: String) async throws -> Bool {
        do {
            switch try ConsoleRequest(text, database.schema) {
            case .nothing: break
            case .leave: return false
            case .help: try await show(ConsoleRequest.list)
            case .view(let view): self.view = view
            case .models: try await show(ModelDescription.list(database.schema, Self.style))
            case .describe(let model):
                try await show(ModelDescription.text(of: model, in: database.schema, Self.style))
            case .find(let model, let filter):
                let graph = try await database.find(model, filter: filter)
                try await show(RecordsText.text(of: try graph.json(), as: view, Self.style))
            case .count(let model, let condition):
                try await show("\(try await database.count(model, where: condition).count)\n")
            case .explain(let model, let filter):
                try await show(try await database.explain(model, filter: filter).tree.text() + "\n")
            case .sql(let model, let filter):
                let tree = try await database.explain(model, filter: filter).tree
                try await show(Self.statements(of: tree).joined(separator: "\n\n") + "\n")
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch let failure as Failure where failure.status == .brokenPipe || failure.status == .interrupted {
            throw failure
        } catch {
            await fail(Failure(error))
        }
        return true
    }

    private mutating func fail(_ failure: Failure) async {
        status = status ?? failure
        await Terminal.say(failure.text(for: .standardError))
    }

    private func show(_ text: String) async throws { try await StandardOutput.shared.write(text) }

    private static let style = Style(for: .standardOutput)

    private static func statements(of tree: ExplainTree) -> [String] {
        tree.lines.filter { $0.kind == .code }.map(\.text) + tree.children.flatMap { statements(of: $0) }
    }
}
