// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// Questions to who sits at a terminal, one after the other. The terminal is what it was before when this is closed, or goes.
///
/// Answers that are given stay on the screen, a line each.
struct Dialogue {
    /// Ctrl-C, or the end of the input: all is left as it was.
    static let left = Failure(.interrupted, "Nothing was written.")
    static let ended = Failure(.noInput, "The input ended. Nothing was written.")

    private let mode: RawMode
    private let keys: KeyReader
    private let style = Style(for: .standardError)

    /// A dialogue where there is somebody to be asked (``Terminal/canAsk``).
    ///
    /// - Throws: ``Failure`` when the terminal can't be set to give keys one by one.
    init() throws {
        guard let mode = RawMode() else {
            throw Failure(.usage, "Nobody is there to be asked.", remedy: "say all by flags")
        }
        self.mode = mode
        keys = KeyReader(wake: Interruption.shared.descriptor)
    }

    /// Makes the terminal what it was before.
    func close() { mode.restore() }

    // MARK: Questions

    /// Asks for one of several; gives its position.
    ///
    /// - Throws: ``Failure`` when it was left by Ctrl-C, or the input has ended.
    func choose(_ question: String, _ items: [ChoiceList.Item], pointingAt place: Int = 0) async throws -> Int {
        var list = ChoiceList(items.map(Self.harmless), pointingAt: place)
        while true {
            let (width, height) = Self.size
            let prompt = self.prompt(question, width)
            let word = list.filter.shown(in: max(width - prompt.columns, 1))
            let hint = list.filter.text.isEmpty ? "arrows, or type" : ""
            let rest = TextWidth.clipped(hint, to: max(width - prompt.columns - 1, 0))
            let head = prompt.text + word.text + style(rest, .dim)
            let body = list.lines(width: width, height: max(min(height - 2, 16), 1), style)
            await show(ScreenBlock.drawing([head] + body, cursor: prompt.columns + word.cursor))
            let key = try await key()
            switch list.handle(key, page: max(height - 3, 1)) {
            case .choosing: continue
            case .chosen(let position):
                await answer(question, list.items[position].title)
                return position
            case .left: try await leave(Self.left)
            case .ended: try await leave(Self.ended)
            }
        }
    }

    /// Asks for a text.
    ///
    /// - Parameters:
    ///   - proposal: what the line begins with.
    ///   - check: what is wrong with an answer; nil for nothing.
    /// - Throws: ``Failure`` when it was left by Ctrl-C, or the input has ended.
    func ask(
        _ question: String, proposal: String = "", check: (String) -> String? = { _ in nil }
    ) async throws -> String {
        var editor = LineEditor(proposal)
        var problem: String?
        while true {
            let width = Self.size.width
            let prompt = self.prompt(question, width)
            let line = editor.shown(in: max(width - prompt.columns, 1))
            let remark = problem.map { style(TextWidth.clipped("  " + MessageText.message($0), to: width), .red) }
            await show(
                ScreenBlock.drawing(
                    [prompt.text + line.text] + [remark].compactMap { $0 }, cursor: prompt.columns + line.cursor))
            let key = try await key()
            switch editor.handle(key) {
            case .accepted(let text):
                problem = check(text)
                guard problem == nil else { continue }
                await answer(question, text)
                return text
            case .editing: problem = nil
            case .left: try await leave(Self.left)
            case .ended: try await leave(Self.ended)
            case .unhandled: continue
            }
        }
    }

    /// Asks for yes or no.
    func confirm(_ question: String, proposal: Bool = true) async throws -> Bool {
        let answer = try await choose(
            question, [.init(title: "yes"), .init(title: "no")], pointingAt: proposal ? 0 : 1)
        return answer == 0
    }

    // MARK: Drawing

    /// The columns that are written to: one less than there are, so that no terminal begins a new line by itself.
    private static var size: (width: Int, height: Int) {
        let stream = Terminal.Stream.standardError
        return (max(stream.width - 1, 4), max(stream.height, 3))
    }

    /// The question, with room left for an answer however narrow the terminal is.
    private func prompt(_ question: String, _ width: Int) -> (text: String, columns: Int) {
        let text = TextWidth.clipped(MessageText.escaped(question), to: max(width / 2, width - 24)) + " "
        return (style(text, .bold), TextWidth.columns(of: text))
    }

    private static func harmless(_ item: ChoiceList.Item) -> ChoiceList.Item {
        ChoiceList.Item(
            title: MessageText.escaped(item.title), note: MessageText.escaped(item.note),
            explanation: item.explanation.map(MessageText.escaped))
    }

    private func key() async throws -> Key {
        do {
            if let key = try await keys.next() { return key }
        } catch {
            // A signal: the line is left as it is.
            await show("\n")
            close()
            throw error
        }
        try await leave(Self.ended)
    }

    private func leave(_ failure: Failure) async throws -> Never {
        await show(ScreenBlock.ending(with: ""))
        close()
        throw failure
    }

    private func answer(_ question: String, _ text: String) async {
        let line = TextWidth.clipped(MessageText.escaped(question + " " + text), to: Self.size.width)
        await show(ScreenBlock.ending(with: line))
    }

    private func show(_ text: String) async { try? await StandardOutput.errors.write(text) }
}
