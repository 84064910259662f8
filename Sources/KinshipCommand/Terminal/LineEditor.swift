// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A line of text that is edited key by key, with the keys of Emacs as readline has them.
///
/// It knows nothing of terminals: keys come in, and it says what is to be shown.
struct LineEditor: Equatable {
    /// What a key has come to.
    enum Outcome: Equatable {
        /// The line is being edited.
        case editing
        /// Enter: this is the line.
        case accepted(String)
        /// Ctrl-C.
        case left
        /// Ctrl-D on an empty line.
        case ended
        /// A key that means nothing here: for completion, history or a list.
        case unhandled(Key)
    }

    /// What is ahead of the cursor.
    private(set) var before: String
    /// What is behind it.
    private(set) var after = ""

    /// The line.
    var text: String { before + after }

    /// A line with the cursor at its end.
    init(_ text: String = "") { before = text }

    /// Puts another line in its place, with the cursor at its end.
    mutating func replace(with text: String) { (before, after) = (text, "") }

    /// Puts a text in at the cursor.
    mutating func insert(_ text: String) { before += text }

    /// Takes a key.
    mutating func handle(_ key: Key) -> Outcome {
        switch key {
        case .text(let scalar): before.unicodeScalars.append(scalar)
        case .enter: return .accepted(text)
        case .control("c"): return .left
        case .control("d") where text.isEmpty: return .ended
        case .backspace: if !before.isEmpty { before.removeLast() }
        case .delete, .control("d"): if !after.isEmpty { after.removeFirst() }
        case .left, .control("b"): if let letter = before.popLast() { after.insert(letter, at: after.startIndex) }
        case .right, .control("f"): if !after.isEmpty { before.append(after.removeFirst()) }
        case .home, .control("a"): (before, after) = ("", text)
        case .end, .control("e"): (before, after) = (text, "")
        case .control("k"): after = ""
        case .control("u"): before = ""
        case .control("w"): removeWord()
        default: return .unhandled(key)
        }
        return .editing
    }

    private mutating func removeWord() {
        while before.last?.isWhitespace == true { before.removeLast() }
        while let last = before.last, !last.isWhitespace { before.removeLast() }
    }

    /// What fits into so many columns, and the column of the cursor: the line is pushed to the left where it is too long.
    func shown(in width: Int) -> (text: String, cursor: Int) {
        let room = max(width - 1, 1)
        var ahead = before
        var isCut = false
        while TextWidth.columns(of: ahead) + (isCut ? 1 : 0) > room, !ahead.isEmpty {
            ahead.removeFirst()
            isCut = true
        }
        let start = (isCut ? "…" : "") + ahead
        let cursor = TextWidth.columns(of: start)
        return (start + TextWidth.clipped(after, to: max(width - cursor, 0)), cursor)
    }
}
