// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// How two texts differ, as `diff -u` shows it.
struct TextDiff {
    /// So many lines around a change are shown.
    private static let context = 3

    /// A line and what became of it.
    struct Line: Equatable {
        enum Fate: String {
            case kept = " "
            case removed = "-"
            case added = "+"
        }

        var fate: Fate
        var text: String
    }

    /// All lines of both texts.
    private(set) var lines: [Line] = []
    /// Whether the texts' last lines have no end.
    private let isOpen: Bool

    /// The difference of two texts; `old` is nil for one that is new.
    init(from old: [UInt8]?, to new: [UInt8]) {
        let before = old.map(Self.split) ?? []
        let after = Self.split(new)
        isOpen = new.last != 0x0A
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in after.difference(from: before) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var position = 0
        var other = 0
        while position < before.count || other < after.count {
            if removed.contains(position) {
                lines.append(Line(fate: .removed, text: before[position]))
                position += 1
            } else if added.contains(other) {
                lines.append(Line(fate: .added, text: after[other]))
                other += 1
            } else {
                lines.append(Line(fate: .kept, text: after[other]))
                position += 1
                other += 1
            }
        }
    }

    private static func split(_ bytes: [UInt8]) -> [String] {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        // By bytes: texts that only look the same are not.
        return lines.map { String(decoding: $0.last == 0x0D ? $0.dropLast() : $0, as: UTF8.self) }
    }

    /// The changed lines with some around them; empty when there are none.
    ///
    /// - Parameters:
    ///   - name: the file's name.
    ///   - isNew: whether there was no such file.
    func text(of name: String, isNew: Bool, _ style: Style) -> String {
        guard lines.contains(where: { $0.fate != .kept }) else { return "" }
        var output = [style(isNew ? "--- /dev/null" : "--- \(name)", .bold), style("+++ \(name)", .bold)]
        for range in shown() {
            let own = lines[..<range.lowerBound]
            let (old, new) = (own.count { $0.fate != .added }, own.count { $0.fate != .removed })
            let (olds, news) = (lines[range].count { $0.fate != .added }, lines[range].count { $0.fate != .removed })
            output.append(
                style(
                    "@@ -\(olds == 0 ? old : old + 1),\(olds) +\(news == 0 ? new : new + 1),\(news) @@", .cyan))
            output += lines[range].map { line in
                let text = line.fate.rawValue + Self.harmless(line.text)
                switch line.fate {
                case .kept: return text
                case .removed: return style(text, .red)
                case .added: return style(text, .green)
                }
            }
            if isOpen, range.upperBound == lines.count { output.append("\\ No newline at end of file") }
        }
        return output.joined(separator: "\n") + "\n"
    }

    /// What a terminal would obey is shown, but for the tabs that lay a line out.
    private static func harmless(_ line: String) -> String {
        line.split(separator: "\t", omittingEmptySubsequences: false).map { MessageText.escaped(String($0)) }
            .joined(separator: "\t")
    }

    /// The parts to show.
    private func shown() -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for (index, line) in lines.enumerated() where line.fate != .kept {
            let range = max(index - Self.context, 0)..<min(index + Self.context + 1, lines.count)
            if let last = ranges.last, last.upperBound >= range.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        return ranges
    }
}
