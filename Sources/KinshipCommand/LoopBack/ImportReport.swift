// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// What became of a LoopBack project: what works as it is, what differs, and what is left.
struct ImportReport {
    struct Model {
        var name: String
        var file: String?
        /// Where its records are, in words.
        var place: String
        var isPublic: Bool
        var relations: Int
    }

    var project: String
    var target: String
    var models: [Model] = []
    var sources: [ImportedSource] = []
    var settings = ImportedSettings()
    var touched: [TouchedRule: [String]] = [:]
    /// The model whose records the tokens belong to, where it isn't LoopBack's own.
    var userModel: String?
    var works: [LeftWork] = []
    var emptyScripts = 0
    /// What else is to be known: variants that don't count, files that hold no model.
    var notes: [String] = []
    /// What keeps the models from being used.
    var problems: [String] = []
    /// What is odd in them.
    var warnings: [String] = []

    /// The rules that are touched, in their order.
    func rules(kept: Bool) -> [(rule: TouchedRule, places: [String])] {
        TouchedRule.allCases.filter { $0.isKept == kept }.compactMap { rule in
            touched[rule].map { (rule: rule, places: $0) }
        }
    }

    /// The database of the models; nil where it isn't PostgreSQL, or where that can't be said.
    var database: ImportedSource? { sources.first { $0.kind == .postgresql } }

    var isEmbedded: Bool { database == nil && sources.contains { $0.kind == .memory } }

    /// How the project is served as LoopBack served it.
    var serve: String {
        // A name that a shell takes as it is.
        let users = userModel.flatMap { $0.wholeMatch(of: #/\w+/#) == nil ? nil : "--user-model \($0)" }
        return (["kinship serve"] + settings.options + [users].compactMap { $0 }).joined(separator: " ")
    }

    var json: JSONValue {
        let members: [(String, JSONValue)] = [
            ("project", .string(project)), ("target", .string(target)), ("models", .array(models.map(\.json))),
            ("dataSources", .array(sources.map(\.json))), ("works", Self.touched(rules(kept: true))),
            ("differs", Self.touched(rules(kept: false))), ("byHand", .array(works.map(\.json))),
            ("settings", .array(settings.lines.map(\.json))), ("serve", .string(serve)), ("notes", Self.list(notes)),
            ("problems", Self.list(problems)), ("warnings", Self.list(warnings)),
        ]
        return .object(members.map { .init($0.0, $0.1) })
    }

    private static func touched(_ rules: [(rule: TouchedRule, places: [String])]) -> JSONValue {
        .array(
            rules.map { rule, places in
                ["rule": .string(rule.rawValue), "text": .string(rule.text), "places": list(places)]
            })
    }

    private static func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}

extension ImportReport.Model {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "file": file.map { .string($0) } ?? .null, "place": .string(place),
            "public": .bool(isPublic), "relations": .number("\(relations)"),
        ]
    }
}

extension ImportedSettings.Line {
    fileprivate var json: JSONValue {
        [
            "file": .string(file), "setting": .string(setting), "note": .string(note), "left": .bool(isLeft),
        ]
    }
}
