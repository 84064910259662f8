// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// A script of a LoopBack project, or something it names, that has to be written anew.
struct LeftWork {
    enum Kind: String, CaseIterable {
        case boot = "Boot scripts"
        case model = "Scripts of models"
        case mixin = "Mixins"
        case middleware = "Middleware and components"
        case code = "Other code"
    }

    var kind: Kind
    /// The script, from the project's folder on; nil where what is named has none there.
    var file: String?
    /// What it is the script of: models, or the mixin's name and its models.
    var subject: String?
    /// What was recognised in it.
    var findings: [ScriptFinding] = []
    /// What else is to be said.
    var note: String?

    /// What was recognised, in words: `remote method greet (line 3)`.
    var words: [String] {
        findings.map { finding in
            let name = finding.name.map { " \($0)" } ?? ""
            return "\(finding.kind.rawValue)\(name) (line \(finding.line))"
        }
    }

    /// What stands here for the kinds of things that were recognised, each once.
    var remedies: [String] {
        var known: Set<ScriptFinding.Kind> = []
        return findings.map(\.kind).filter { known.insert($0).inserted }.map { "\($0.rawValue): \($0.remedy)" }
    }

    var json: JSONValue {
        [
            "kind": .string(kind.rawValue), "file": Self.text(file), "of": Self.text(subject), "note": Self.text(note),
            "found": .array(findings.map(Self.found)),
        ]
    }

    private static func found(_ finding: ScriptFinding) -> JSONValue {
        [
            "kind": .string(finding.kind.rawValue), "name": text(finding.name), "line": .number("\(finding.line)"),
            "remedy": .string(finding.kind.remedy),
        ]
    }

    private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
