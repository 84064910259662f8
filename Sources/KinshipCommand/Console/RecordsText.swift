// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import MessageText

/// Records as text for people.
enum RecordsText {
    /// The text, with a newline at its end.
    ///
    /// - Parameter json: records, or a page of them.
    static func text(of json: [UInt8], as view: RecordView, _ style: Style) throws -> String {
        guard view != .json else {
            return String(decoding: PrettyJSON.format(json, style: style), as: UTF8.self) + "\n"
        }
        let answer = try JSONValue(parsing: json, maximumDepth: 512)
        guard case .array(let records) = answer else { return tree(of: [answer], style) }
        let end = style(records.count == 1 ? "1 record" : "\(records.count) records", .dim) + "\n"
        return (view == .table ? table(of: records, style) : tree(of: records, style)) + end
    }

    // MARK: Trees

    private static func tree(of records: [JSONValue], _ style: Style) -> String {
        var lines: [String] = []
        for record in records { branch(record, head: "", stem: "", into: &lines, style) }
        return lines.map { $0 + "\n" }.joined()
    }

    /// A record: its values on one line, what belongs to it below.
    private static func branch(
        _ record: JSONValue, head: String, stem: String, into lines: inout [String], _ style: Style
    ) {
        guard case .object(let members) = record else { return lines.append(style(head, .dim) + plain(record)) }
        let values = members.filter { !isBranch($0.value) }
        let branches = members.filter { isBranch($0.value) }
        let words = values.map { style(MessageText.escaped($0.key), .blue) + " " + plain($0.value) }
        lines.append(style(head, .dim) + words.joined(separator: style(" · ", .dim)))
        for (position, member) in branches.enumerated() {
            let isLast = position == branches.count - 1
            let (fork, next) = (stem + (isLast ? "└─ " : "├─ "), stem + (isLast ? "   " : "│  "))
            let name = style(MessageText.escaped(member.key), .bold)
            guard case .array(let elements) = member.value else {
                lines.append(style(fork, .dim) + name)
                branch(member.value, head: next + "└─ ", stem: next + "   ", into: &lines, style)
                continue
            }
            lines.append(style(fork, .dim) + name + style(" \(elements.count)", .dim))
            for (place, element) in elements.enumerated() {
                let isEnd = place == elements.count - 1
                branch(
                    element, head: next + (isEnd ? "└─ " : "├─ "), stem: next + (isEnd ? "   " : "│  "), into: &lines,
                    style)
            }
        }
    }

    /// Whether a value has lines of its own: records, and lists of them.
    private static func isBranch(_ value: JSONValue) -> Bool {
        switch value {
        case .object: true
        case .array(let elements): elements.contains { if case .object = $0 { true } else { false } }
        default: false
        }
    }

    // MARK: Tables

    /// So wide is a column.
    private static let widest = 40

    private static func table(of records: [JSONValue], _ style: Style) -> String {
        var names: [String] = []
        for record in records {
            for member in record.members ?? [] where !names.contains(member.key) { names.append(member.key) }
        }
        guard !names.isEmpty else { return "" }
        let heads = names.map { TextWidth.clipped(MessageText.escaped($0), to: widest) }
        let rows = records.map { record in names.map { cell(record[$0]) } }
        let widths = heads.indices.map { column in
            max(TextWidth.columns(of: heads[column]), rows.map { TextWidth.columns(of: $0[column]) }.max() ?? 0)
        }
        let isNumber = names.map { name in
            records.allSatisfy { record in
                switch record[name] {
                case .number?, .null?, nil: true
                default: false
                }
            }
        }
        func line(_ cells: [String], _ color: Style.Color?) -> String {
            let padded = cells.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - TextWidth.columns(of: cells[column]))
                let text = color.map { style(cells[column], $0) } ?? cells[column]
                return isNumber[column] ? space + text : column == cells.count - 1 ? text : text + space
            }
            return padded.joined(separator: style(" │ ", .dim)) + "\n"
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "─┼─")
        return line(heads, .bold) + style(rule, .dim) + "\n" + rows.map { line($0, nil) }.joined()
    }

    private static func cell(_ value: JSONValue?) -> String {
        switch value {
        case nil: return ""
        case .array(let elements)? where isBranch(.array(elements)): return "[\(elements.count)]"
        case .some(let value): return TextWidth.clipped(plain(value), to: widest)
        }
    }

    /// A value on one line, which no terminal obeys. Texts are without quotes.
    private static func plain(_ value: JSONValue) -> String {
        MessageText.escaped(value.text ?? value.description)
    }
}
