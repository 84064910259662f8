// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import MessageText

extension ImportReport {
    /// So many places of a rule are named; the JSON form has all.
    private static let mostPlaces = 12

    /// The report as a page.
    var page: String {
        var lines = ["# \(Self.plain(title))", ""]
        lines += [
            "What became of a LoopBack 3 project. Rule numbers are those of Kinship's Documentation/Semantics.md.", "",
        ]
        lines += summary + [""]
        if !problems.isEmpty {
            lines += ["## What keeps the models from being used", ""]
            lines += problems.map { "* \(Self.plain($0))" } + [""]
        }
        lines += start
        lines += modelTable
        lines += kept
        lines += differences
        lines += left
        if !warnings.isEmpty {
            lines += ["## What is odd in the models", ""] + warnings.map { "* \(Self.plain($0))" } + [""]
        }
        if !notes.isEmpty { lines += ["## Besides", ""] + notes.map { "* \(Self.plain($0))" } + [""] }
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }

    private var title: String { URL(fileURLWithPath: project).standardizedFileURL.lastPathComponent }

    /// The numbers.
    private var summary: [String] {
        let left = works.count + settings.lines.count { $0.isLeft }
        let parts = [
            Self.counted(models.count, "model"), Self.counted(rules(kept: false).count, "rule") + " with a difference",
            Self.counted(left, "thing") + " to be written by hand", Self.counted(problems.count, "problem"),
        ]
        return [parts.joined(separator: ", ") + "."]
    }

    // MARK: Parts

    private var start: [String] {
        var lines = ["## Begin", ""]
        for source in sources {
            lines.append("* \(Self.code(source.name)) (\(Self.plain(source.connector))): \(source.note)")
        }
        let databases = sources.filter { $0.kind == .postgresql }
        if databases.count > 1 {
            lines.append(
                "* A project here has one database: all models of these data sources have to be in the one below")
        }
        lines += ["", "```sh"]
        if isEmbedded {
            lines.append("kinship embedded data             # in another terminal; it says what to export")
        } else {
            lines.append("export KINSHIP_DATABASE_URL=\"\(database?.url ?? "postgres://user@host:5432/name")\"")
        }
        lines += [
            "kinship check                     # the models, and whether the tables are theirs",
            "kinship migrate plan              # what the tables lack; \"kinship migrate apply\" does it",
            serve, "```", "",
        ]
        return lines
    }

    private var modelTable: [String] {
        guard !models.isEmpty else { return [] }
        var lines = ["## Models", "", "| model | of | records | REST | relations |", "|---|---|---|---|---|"]
        lines += models.map { model in
            "| \(Self.cell(model.name)) | \(Self.cell(model.file ?? "LoopBack's own")) | \(Self.cell(model.place)) | "
                + "\(model.isPublic ? "yes" : "no") | \(model.relations) |"
        }
        return lines + [""]
    }

    private var kept: [String] {
        var lines = ["## Works as it is", ""]
        lines += rules(kept: true).map(Self.line)
        lines += settings.lines.filter { !$0.isLeft }.map {
            "* \(Self.plain($0.file)), \(Self.code($0.setting)): \($0.note)"
        }
        if emptyScripts > 0 {
            lines.append("* Scripts that hold no more than what the generator writes: \(emptyScripts)")
        }
        lines.append(
            "* The model files, which are copied as they are, and what clients ask, but for what follows (K1, K3, K7)")
        return lines + [""]
    }

    private var differences: [String] {
        let touched = rules(kept: false)
        guard !touched.isEmpty else { return [] }
        return ["## Differs", ""] + touched.map(Self.line) + [
            "",
            "What clients ask can meet other rules: Documentation/MovingFromLoopBack3.md begins with those that matter.",
            "",
        ]
    }

    private var left: [String] {
        let settings = settings.lines.filter(\.isLeft)
        guard !works.isEmpty || !settings.isEmpty else { return [] }
        var lines = [
            "## To be written by hand", "", "Scripts were looked at as text; what they compute isn't seen.", "",
        ]
        for kind in LeftWork.Kind.allCases {
            let works = works.filter { $0.kind == kind }
            guard !works.isEmpty else { continue }
            lines += ["### \(kind.rawValue)", ""]
            for work in works {
                let name = [work.file.map { Self.code($0) }, work.subject.map(Self.plain)].compactMap { $0 }
                let note = work.note.map { ": \($0)" } ?? ""
                lines.append("* \(name.joined(separator: ", "))\(note)")
                lines += work.words.map { "  * \(Self.plain($0))" }
                if !work.remedies.isEmpty {
                    lines.append("  * here " + work.remedies.joined(separator: "; "))
                }
            }
            lines.append("")
        }
        guard !settings.isEmpty else { return lines }
        lines += ["### Settings", ""]
        lines += settings.map { "* \(Self.plain($0.file)), \(Self.code($0.setting)): \($0.note)" }
        return lines + [""]
    }

    // MARK: Pieces

    private static func counted(_ number: Int, _ word: String) -> String {
        "\(number) \(word)\(number == 1 ? "" : "s")"
    }

    private static func line(_ touched: (rule: TouchedRule, places: [String])) -> String {
        let places = touched.places.prefix(mostPlaces).map(plain).joined(separator: ", ")
        let more = touched.places.count - mostPlaces
        return "* **\(touched.rule.rawValue)** \(touched.rule.text): \(places)\(more > 0 ? " and \(more) more" : "")"
    }

    /// Names come from files of others: none may be taken for Markdown, or obeyed by a terminal.
    private static func plain(_ text: String) -> String {
        MessageText.message(text).map { "`<>*[]".contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    private static func code(_ text: String) -> String {
        "`" + MessageText.message(text).replacing("`", with: "'") + "`"
    }

    private static func cell(_ text: String) -> String { plain(text).replacing("|", with: "\\|") }
}
