// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import MessageText
import RelationPlanner

/// What can come next in a request: commands, models, and inside a filter its keys, properties, relations and operators.
struct ConsoleCompletion {
    /// What was found for the word that is being typed.
    struct Offers: Equatable {
        /// The words that fit.
        var names: [String] = []
        /// What all of them go on with.
        var common = ""
    }

    private let schema: Schema

    init(_ schema: Schema) { self.schema = schema }

    /// What fits behind a text.
    func offers(for text: String) -> Offers {
        let start = text.drop { $0.isWhitespace }
        guard let brace = start.firstIndex(where: { $0 == "{" || $0 == "[" }) else { return words(String(start)) }
        let names = start[..<brace].split { $0.isWhitespace }.map(String.init)
        guard let name = names.last, let model = schema.model(name) else { return Offers() }
        let place = FilterPlace(in: start[brace...], of: model, in: schema, isCondition: names.first == "\\count")
        // What a text of JSON would have to escape is left to be typed.
        let candidates = place.candidates.filter { !$0.contains { "\"\\".contains($0) } }
        return offers(candidates, partial: place.partial, end: place.isOpen ? "\"" : "", begin: place.begin)
    }

    /// Commands and models, outside of a filter.
    private func words(_ text: String) -> Offers {
        let words = text.split(omittingEmptySubsequences: false) { $0.isWhitespace }.map(String.init)
        let partial = words.last ?? ""
        let models = schema.models.filter(\.isPersisted).map(\.name).sorted()
        if words.count == 1 {
            return offers(partial.hasPrefix("\\") ? ConsoleRequest.commands : models, partial: partial, end: " ")
        }
        guard words.count == 2, ["\\d", "\\count", "\\explain", "\\sql"].contains(words[0]) else { return Offers() }
        return offers(models, partial: partial, end: words[0] == "\\d" ? "" : " ")
    }

    /// - Parameters:
    ///   - end: what a whole word goes on with.
    ///   - begin: what has to stand before it.
    private func offers(_ candidates: [String], partial: String, end: String, begin: String = "") -> Offers {
        // Names come from files: what a terminal would obey is never shown.
        let names = candidates.filter { name in
            name.hasPrefix(partial) && !name.unicodeScalars.contains { $0.isObeyed }
        }
        guard let first = names.first else { return Offers() }
        guard names.count > 1 else {
            let close = begin.isEmpty ? end : "\""
            return Offers(names: names, common: begin + first.dropFirst(partial.count) + close)
        }
        var common = first
        for name in names { while !name.hasPrefix(common) { common.removeLast() } }
        let more = String(common.dropFirst(partial.count))
        return Offers(names: names, common: more.isEmpty ? "" : begin + more)
    }
}
