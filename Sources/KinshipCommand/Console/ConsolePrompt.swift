// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText
import RelationPlanner

/// Reads requests from a keyboard, with history and completion.
struct ConsolePrompt {
    /// What a line has come to.
    private enum Line {
        case text(String)
        /// Ctrl-C: what was typed so far is forgotten.
        case givenUp
        case end
    }

    private let keys = KeyReader(wake: Interruption.shared.descriptor)
    private let completion: ConsoleCompletion
    private let style = Style(for: .standardError)
    private var history: ConsoleHistory

    /// Nil where nobody sits at a keyboard.
    init?(_ schema: Schema, keepsHistory: Bool) {
        guard Terminal.canAsk, RawMode() != nil else { return nil }
        completion = ConsoleCompletion(schema)
        history = ConsoleHistory(keepsHistory ? ConsoleHistory.usualPath() : nil)
    }

    /// The next request, over as many lines as it takes; nil at the end.
    mutating func request() async throws -> String? {
        var lines = RequestLines()
        while true {
            switch try await line(behind: lines.text) {
            case .end: return nil
            case .givenUp: lines = RequestLines()
            case .text(let line):
                guard let request = lines.add(line) else { continue }
                history.add(request)
                return request
            }
        }
    }

    /// A line.
    private func line(behind earlier: String) async throws -> Line {
        // Only while a line is edited: Ctrl-C ends what is asked otherwise.
        guard let mode = RawMode() else { return .end }
        defer { mode.restore() }
        let prompt = earlier.isEmpty ? "kinship> " : "    ...> "
        var editor = LineEditor()
        var place = history.requests.count
        var draft = ""
        var offers: [String] = []
        while true {
            if await !keys.isPending { await draw(prompt, editor, offers) }
            guard let key = try await keys.next() else { return try await end() }
            offers = []
            switch editor.handle(key) {
            case .editing: place = history.requests.count
            case .accepted(let text):
                try await show(ScreenBlock.ending(with: style(prompt, .bold) + MessageText.escaped(text)))
                return .text(text)
            case .left:
                try await show(ScreenBlock.ending(with: style(prompt, .bold) + MessageText.escaped(editor.text) + "^C"))
                return .givenUp
            case .ended: return try await end()
            // The indents of lines that are pasted complete nothing.
            case .unhandled(.tab) where !earlier.isEmpty && editor.before.allSatisfy(\.isWhitespace):
                editor.insert("  ")
            case .unhandled(.tab):
                let found = completion.offers(for: earlier.isEmpty ? editor.before : earlier + "\n" + editor.before)
                editor.insert(found.common)
                offers = found.names.count > 1 ? found.names : []
            case .unhandled(.up), .unhandled(.control("p")):
                guard place > 0 else { continue }
                if place == history.requests.count { draft = editor.text }
                place -= 1
                editor.replace(with: Self.oneLine(history.requests[place]))
            case .unhandled(.down), .unhandled(.control("n")):
                guard place < history.requests.count else { continue }
                place += 1
                editor.replace(
                    with: place == history.requests.count ? draft : Self.oneLine(history.requests[place]))
            case .unhandled: continue
            }
        }
    }

    private func end() async throws -> Line {
        try await show(ScreenBlock.ending(with: ""))
        return .end
    }

    /// A request as one line: where it was broken there may be spaces as well.
    private static func oneLine(_ request: String) -> String {
        // What a terminal would obey has no place in a filter.
        request.split(separator: "\n").map {
            $0.drop { $0.isWhitespace }.filter { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } }
        }
        .joined(separator: " ")
    }

    private func draw(_ prompt: String, _ editor: LineEditor, _ offers: [String]) async {
        let width = max(Terminal.Stream.standardError.width - 1, 12)
        let line = editor.shown(in: max(width - prompt.count, 4))
        var lines = [style(prompt, .bold) + line.text]
        if !offers.isEmpty {
            lines.append(style(TextWidth.clipped(offers.joined(separator: "  "), to: width), .dim))
        }
        try? await show(ScreenBlock.drawing(lines, cursor: prompt.count + line.cursor))
    }

    private func show(_ text: String) async throws { try await StandardOutput.errors.write(text) }
}
