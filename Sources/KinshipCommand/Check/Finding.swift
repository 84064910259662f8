// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import MessageText

/// Something that is wrong, or odd, in the models.
struct Finding {
    var isWarning: Bool
    var code: String
    var file: String?
    var path: String?
    var message: String
    /// How it is mended, in a sentence or two.
    var fix: String

    init(_ error: PlannerError) {
        isWarning = false
        code = error.code.rawValue
        (file, path, message) = (error.file, error.path, error.message)
        fix = FindingFix.said(in: message)?.fix ?? error.code.fix
    }

    init(_ warning: DefinitionWarning) {
        isWarning = true
        code = warning.code.rawValue
        (file, path, message) = (warning.file ?? warning.model, warning.path, warning.message)
        fix = FindingFix.said(in: message)?.fix ?? warning.code.fix
    }

    /// Two lines: how bad, where, what, and the code; and how it is mended.
    func text(_ style: Style) -> String {
        let kind = isWarning ? style("warning: ", .yellow) : style("error: ", .red)
        let place = [file, path].compactMap { $0 }.filter { !$0.isEmpty }.map(MessageText.name).joined(separator: ": ")
        // What the message says of mending stands in its own line.
        let what = FindingFix.said(in: message)?.what ?? message
        return kind + (place.isEmpty ? "" : place + ": ") + MessageText.message(what) + " [\(code)]\n"
            + style("  fix: ", .yellow) + MessageText.message(fix)
    }

    var json: JSONValue {
        .object([
            .init("severity", .string(isWarning ? "warning" : "error")), .init("code", .string(code)),
            .init("file", file.map { .string($0) } ?? .null), .init("path", path.map { .string($0) } ?? .null),
            .init("message", .string(message)), .init("fix", .string(fix)),
        ])
    }
}
