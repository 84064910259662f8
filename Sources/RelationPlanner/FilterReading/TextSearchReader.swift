// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads full text searches.
struct TextSearchReader: ContextReader {
    let context: ReadingContext

    private static let languages: Set<String> = [
        "simple", "arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "finnish", "french",
        "german",
        "greek", "hindi", "hungarian", "indonesian", "irish", "italian", "lithuanian", "nepali", "norwegian",
        "portuguese", "romanian", "russian", "serbian", "spanish", "swedish", "tamil", "turkish", "yiddish",
    ]

    /// `"fat & rat"`, or `{"query": "fat rat", "syntax": "plain", "language": "english"}`.
    func textSearch(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model
    ) throws(PlannerError) -> Condition.TextSearch {
        let property = model.properties[operand.property]
        var syntax = Condition.TextSearch.Syntax.query
        var language: String?
        var query = json
        if case .object(let members) = json {
            query = .null
            for member in members {
                switch (member.key, member.value) {
                case ("query", _): query = member.value
                case ("language", .string(let name)):
                    let known = schema.catalog?.textSearchConfigurations.map { Set($0) } ?? Self.languages
                    guard known.contains(name) else {
                        throw binder.invalid(
                            model, property, "match", "a text search configuration of the database, not \"\(name)\"")
                    }
                    language = name
                case ("language", .null), ("syntax", .null): break
                case ("syntax", .string("query")): syntax = .query
                case ("syntax", .string("plain")): syntax = .plain
                case ("syntax", .string("phrase")): syntax = .phrase
                case ("syntax", .string("web")): syntax = .web
                default:
                    throw binder.invalid(
                        model, property, "match",
                        "a query or {query, language, syntax}, syntax being query, plain, phrase or web")
                }
            }
        }
        guard case .string(let text) = query, !text.utf8.contains(0) else {
            throw binder.invalid(model, property, "match", "a string")
        }
        if let problem = TextSearchText.problem(text, syntax) {
            throw binder.invalid(model, property, "match", problem)
        }
        return Condition.TextSearch(BoundValue(.text, .text(text)), syntax: syntax, language: language)
    }
}
