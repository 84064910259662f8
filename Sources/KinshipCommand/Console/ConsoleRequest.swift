// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import RelationPlanner

/// Something that is asked at the console.
enum ConsoleRequest: Equatable {
    case nothing, leave, help, models
    case view(RecordView)
    case describe(String)
    case find(String, JSONValue)
    case count(String, JSONValue)
    case explain(String, JSONValue)
    case sql(String, JSONValue)

    /// The words that begin with a backslash.
    static let commands = ["\\?", "\\d", "\\count", "\\explain", "\\sql", "\\tree", "\\table", "\\json", "\\q"]

    static let list = """
        MODEL [FILTER]            the records, such as Customer {"limit": 3, "include": "orders"};
                                  without a limit the first 1,000
        \\count MODEL [WHERE]      how many there are
        \\explain MODEL [FILTER]   the plan of a filter
        \\sql MODEL [FILTER]       its statements
        \\d                        the models
        \\d MODEL                  a model's properties, relations and scopes
        \\tree, \\table, \\json      how records are shown
        \\q                        ends it, as Ctrl-D does

        """

    /// Reads a request.
    ///
    /// - Throws: ``Failure`` when there is no such command or model, or a filter is no JSON.
    init(_ text: String, _ schema: Schema) throws {
        let (word, rest) = Self.split(text)
        guard word.hasPrefix("\\") else {
            self = .nothing
            if !word.isEmpty { self = .find(try Self.model(word, schema), try Self.filter(rest)) }
            return
        }
        let (name, argument) = Self.split(rest)
        switch word {
        case "\\q", "\\quit": self = .leave
        case "\\?", "\\help", "\\h": self = .help
        case "\\tree": self = .view(.tree)
        case "\\table": self = .view(.table)
        case "\\json": self = .view(.json)
        case "\\d" where name.isEmpty: self = .models
        case "\\d": self = .describe(try Self.model(name, schema))
        case "\\count": self = .count(try Self.model(name, schema), try Self.filter(argument))
        case "\\explain": self = .explain(try Self.model(name, schema), try Self.filter(argument))
        case "\\sql": self = .sql(try Self.model(name, schema), try Self.filter(argument))
        default:
            throw Failure(
                .usage, "There is no command \"\(word)\".",
                remedy: Suggestion.nearest(to: word, among: Self.commands).map { "did you mean \($0)?" }
                    ?? "\\? lists them")
        }
    }

    /// The first word, and what is behind it. A brace ends a word too: `Customer{"limit": 1}`.
    private static func split(_ text: String) -> (word: String, rest: String) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let word = text.prefix { !$0.isWhitespace && $0 != "{" }
        return (
            String(word), text.dropFirst(word.count).trimmingCharacters(in: .whitespacesAndNewlines)
        )
    }

    private static func model(_ name: String, _ schema: Schema) throws -> String {
        guard !name.isEmpty else {
            throw Failure(.usage, "Which model?", remedy: "\\d lists them")
        }
        guard schema.model(name) != nil else {
            throw Failure(
                .data, "There is no model \"\(name)\".", code: PlannerError.Code.unknownModel.rawValue,
                remedy: Suggestion.hint(for: name, among: schema.models.map(\.name).sorted(), kind: "models"))
        }
        return name
    }

    private static func filter(_ text: String) throws -> JSONValue {
        text.isEmpty ? .object([]) : try FilterArgument.parse(Array(text.utf8))
    }
}
