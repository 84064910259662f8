// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText
import Testing

@testable import RelationPlanner

/// What is told to people: nothing that a terminal or a log obeys, nothing endless.
@Suite struct MessageTextTests {
    @Test(arguments: [
        ("Customer has no property \"nmae\".", "Customer has no property \"nmae\"."),
        ("Zoë 🤷🏽‍♀️ \\ 'x'", "Zoë 🤷🏽‍♀️ \\ 'x'"),
        ("a\u{1B}[31mb", "a\\u{1b}[31mb"), ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\u{0}\u{7F}\u{9B}2J", "\\u{0}\\u{7f}\\u{9b}2J"),
        ("x\u{202E}y\u{2066}z\u{2069}", "x\\u{202e}y\\u{2066}z\\u{2069}"),
        ("a\u{2028}b\u{FEFF}", "a\\u{2028}b\\u{feff}"),
        ("\u{E0041}", "\\u{e0041}"),
    ])
    func whatIsObeyedIsEscaped(text: String, expected: String) {
        #expect(MessageText.message(text) == expected)
        #expect(MessageText.name(text) == expected)
        // Told twice it stays the same.
        #expect(MessageText.message(MessageText.message(text)) == expected)
    }

    @Test func whatIsLongKeepsItsBeginningAndItsEnd() {
        let name = String(repeating: "x", count: 1_000_000)
        let message = MessageText.message("There is no model \"\(name)\". Correct the name.")
        #expect(message.count < 250)
        #expect(message.hasPrefix("There is no model \"xxx") && message.hasSuffix("xxx\". Correct the name."))
        let words = MessageText.message("No: " + String(repeating: "many words ", count: 100_000) + "Ask for less.")
        #expect(words.unicodeScalars.count <= 1_500)
        #expect(words.hasPrefix("No: many") && words.hasSuffix("Ask for less.") && words.contains("…"))
        // One character of a million marks.
        let stack = MessageText.name("a" + String(repeating: "\u{301}", count: 1_000_000))
        #expect(stack.unicodeScalars.count <= 160)
        #expect(MessageText.name(String(repeating: "é", count: 100)).count == 100)
    }

    @Test func errorsAreFitForATerminalAndALog() throws {
        let schema = try Schema(definitions: [ModelDefinition("Customer", properties: [.id()])])
        let hostile = "\u{1B}]0;owned\u{7}\nINFO all is well \u{202E}" + String(repeating: "n", count: 100_000)
        let filters: [JSONValue] = [
            .object([.init("where", .object([.init(hostile, 1)]))]), .object([.init("order", .string(hostile))]),
            .object([.init("include", .string(hostile))]), .object([.init(hostile, 1)]),
            .object([.init("where", .object([.init("id", .object([.init(hostile, 1)]))]))]),
            .object([.init("where", .object([.init("id", .string(hostile))]))]),
        ]
        for filter in filters {
            let error = #expect(throws: PlannerError.self) { try schema.filter(filter, for: 0) }
            for text in ["\(try #require(error))", error?.message ?? ""] {
                #expect(!text.unicodeScalars.contains { $0.isObeyed }, "\(text.prefix(300))")
                #expect(text.utf8.count < 2_000)
            }
        }
        let problems = SchemaError([PlannerError(.invalidDefinition, hostile, path: hostile, file: hostile)])
        #expect(problems.description.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
        let warning = DefinitionWarning(.oddValue, hostile, file: hostile, path: hostile)
        #expect(!warning.description.unicodeScalars.contains { $0.isObeyed })
    }
}
