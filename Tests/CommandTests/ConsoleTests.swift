// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

@testable import KinshipCommand

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `kinship console`: what it answers, line by line.
@Suite struct ConsoleTests {
    private static let tree =
        #"{"where": {"id": 1}, "fields": ["id", "name"], "include": {"relation": "orders", "scope": {"fields": ["id"], "include": {"relation": "items", "scope": {"fields": ["id", "sku"]}}}}}"#

    private func console(_ lines: [String], _ options: [String] = []) async throws -> Tool.Outcome {
        try await SmallShop.shared().tool.run(
            ["console"] + options, input: lines.map { $0 + "\n" }.joined())
    }

    // MARK: In lines

    @Test func recordsAreShownAsTrees() async throws {
        let outcome = try await console(["Customer \(Self.tree)"])
        #expect(outcome.errors == "")
        #expect(outcome.status == 0)
        #expect(
            outcome.output == """
                id 1 · name Ada
                └─ orders 2
                   ├─ id 10
                   │  └─ items 2
                   │     ├─ id 100 · sku a
                   │     └─ id 101 · sku b
                   └─ id 11 · items []
                1 record

                """)
    }

    @Test func recordsAreShownAsTablesAndAsJSON() async throws {
        let table = try await console(
            [#"Customer {"fields": ["id", "name"]}"#, #"Item {"where": {"id": 0}}"#], ["--view", "table"])
        #expect(
            table.output == """
                id │ name
                ───┼──────────
                 1 │ Ada
                 2 │ Zoë "Z" \\
                 3 │ null
                3 records
                0 records

                """)
        let json = try await console([
            #"\json"#, #"Item {"limit": 1, "fields": ["id"]}"#, #"\tree"#, #"Item{"limit": 1, "fields": ["id"]}"#,
        ])
        #expect(json.output == "[\n  {\n    \"id\": 100\n  }\n]\nid 100\n1 record\n")
    }

    /// A model without a filter isn't read to its end; that there is more is told.
    @Test func withoutALimitTheFirstOnesAreShown() async throws {
        let database = try await TestDatabase.named("console_many")
        try await database.run(
            "CREATE TABLE tick (id integer PRIMARY KEY); INSERT INTO tick SELECT generate_series(1, 1001)")
        let models = try SmallShop.folder(of: [
            "tick.json": #"{"name": "Tick", "properties": {"id": {"type": "number", "id": true}}}"#
        ])
        let tool = Tool(environment: ["KINSHIP_DATABASE_URL": database.url, "KINSHIP_MODELS": models])
        let cut = try await tool.run(["console", "--view", "table"], input: "Tick\n")
        #expect(cut.status == 0 && cut.output.hasSuffix("\n1000 records\n"))
        #expect(cut.errors.contains("first 1,000 records of more"), "\(cut.errors)")
        let json = try await tool.run(["console", "--view", "json"], input: "Tick\n").output
        #expect(try JSONValue(parsing: json).elements?.count == 1_000)
        for (filter, count) in [
            (#"{"limit": 0}"#, 1_001), (#"{"limit": 1001}"#, 1_001), (#"{"where": {"id": {"gt": 1}}}"#, 1_000),
        ] {
            let outcome = try await tool.run(["console", "--view", "table"], input: "Tick \(filter)\n")
            #expect(outcome.output.hasSuffix("\n\(count) records\n") && outcome.errors == "", "\(filter)")
        }
    }

    @Test func aFilterMayGoOnOverLines() async throws {
        let outcome = try await console([
            "Item {", "  \"where\": {\"sku\": \"a\"},", "", "  \"fields\": [\"sku\"]", "}", "\\count Item",
        ])
        #expect(outcome.output == "sku a\n1 record\n3\n")
        let open = try await console(["Item {\"where\": {"])
        #expect(open.status == 65)
        #expect(open.errors.contains("INVALID_JSON"))
    }

    @Test func plansAndStatementsAreShown() async throws {
        let sql = try await console([#"\sql Order {"where": {"id": 10}, "include": "items"}"#])
        #expect(sql.status == 0)
        #expect(sql.output.components(separatedBy: "SELECT").count >= 3)
        #expect(!sql.output.contains("round trip"))
        let plan = try await console([#"\explain Order {"where": {"id": 10}, "include": "items"}"#])
        #expect(plan.output.contains("Order") && plan.output.contains("SELECT") && plan.output.contains("items"))
        let counted = try await console([#"\count Order {"total": {"gt": 5}}"#])
        #expect(counted.output == "1\n")
    }

    @Test func modelsAreDescribed() async throws {
        let outcome = try await console([#"\d"#, #"\d Order"#, #"\?"#])
        #expect(outcome.status == 0)
        #expect(outcome.lines.first == "Customer  public.customer  1 relation")
        #expect(outcome.output.contains("Order (public.orders)\n  id          integer  key"))
        #expect(outcome.output.contains("  customer  belongsTo  Customer\n"))
        #expect(outcome.output.contains(#"\explain MODEL [FILTER]"#))
    }

    /// What is wrong is told, and what comes behind it is answered all the same.
    @Test func mistakesDontEndIt() async throws {
        let outcome = try await console([
            #"Custmer {}"#, #"Customer {"where": {"nmae": 1}}"#, #"Customer {'limit': 1}"#, #"\nothing"#, #"\d"#, "",
            #"\q"#, "Item",
        ])
        #expect(outcome.status == 65)
        for text in [
            "UNKNOWN_MODEL", "Customer", "UNKNOWN_PROPERTY at where.nmae", "INVALID_JSON", "There is no command",
        ] {
            #expect(outcome.errors.contains(text), "\(text)")
        }
        #expect(outcome.lines.count == 3)
        #expect(outcome.errors.components(separatedBy: "error: ").count == 5)
    }

    /// A filter ends where its braces are closed, whatever stands in its texts; and one that never ends is told at the end.
    @Test func requestsEndWithTheirBraces() {
        func requests(_ lines: String...) -> (whole: [String], rest: String) {
            var reading = RequestLines()
            let whole = lines.compactMap { reading.add($0) }
            return (whole, reading.text)
        }
        #expect(requests("Item").whole == ["Item"])
        #expect(requests("Item {", "\"sku\": \"}\\\"}\",", "", "}").whole == ["Item {\n\"sku\": \"}\\\"}\",\n\n}"])
        #expect(requests("Item {\"a", "\"}").rest == "Item {\"a\n\"}")
        #expect(requests("}}", "{", "]", "\\d").whole == ["}}", "{\n]", "\\d"])
        #expect(requests("\"{", "{").rest == "\"{\n{")
    }

    /// What rows and model files hold is shown, and obeyed by no terminal.
    @Test func nothingThatATerminalObeysIsShown() async throws {
        let database = try await TestDatabase.named("console_odd")
        let odd = "a\u{1B}[2mb"
        try await database.run(
            """
            CREATE TABLE note (id integer PRIMARY KEY, text text, "\(odd)" text, data jsonb);
            INSERT INTO note VALUES (1, E'\\x1b]0;x\\x07\\u009b2J\\u202e日本', '\u{1B}c', '{"\\u001b[1m": ["\\u009b"]}');
            """)
        let models = try SmallShop.folder(of: [
            "note.json":
                #"{"name": "Note", "properties": {"id": {"type": "number", "id": true}, "text": "string", "a\u001b[2mb": "string", "data": "object"}}"#
        ])
        var tool = Tool(environment: ["KINSHIP_DATABASE_URL": database.url, "KINSHIP_MODELS": models])
        let asked = ["Note", "\\table", "Note", "\\d Note", "\\sql Note", "\\explain Note"]
        for view in ["tree", "json"] {
            let piped = try await tool.run(
                ["console", "--view", view], input: asked.map { $0 + "\n" }.joined())
            #expect(piped.status == 0, "\(piped.errors)")
            #expect(piped.output.contains("日本"))
            #expect(!piped.output.contains("\u{1B}") && !piped.output.contains("\u{7}"), "\(piped.output)")
        }
        tool.environment["NO_COLOR"] = "1"
        let session = try TerminalSession(tool, ["console", "--no-history"])
        #expect(await session.shows("kinship>"))
        session.type("Note {\"fields\": [\"\t")
        #expect(await session.shows("id  text  data"))
        session.type("\u{15}Note\r")
        #expect(await session.shows("1 record"))
        session.type("\\d Note\r")
        #expect(await session.shows("\n  data  "))
        #expect(session.screen.text.contains("\\u{1b}[2m"))
        #expect(!session.screen.text.contains("\u{9B}"))
        await session.typeEnd()
        #expect(await session.status() == 0)
    }

    // MARK: Completion

    private func completion() throws -> ConsoleCompletion {
        var files = SmallShop.definitions
        files["secret.json"] =
            #"{"name": "Secret", "properties": {"known": "string", "code": "string"}, "hidden": ["code"]}"#
        return ConsoleCompletion(try SchemaLoader.load(directory: try SmallShop.folder(of: files)))
    }

    @Test(
        arguments: [
            ("Cu", ["Customer"], "stomer "), ("\\co", ["\\count"], "unt "), ("\\d Or", ["Order"], "der"),
            ("\\sql It", ["Item"], "em "),
            (#"Customer {"wh"#, ["where"], #"ere""#), (#"Customer {"where": {"na"#, ["name"], #"me""#),
            (#"Customer {"where": {"and": [{"bal"#, ["balance"], #"ance""#),
            (#"Customer {"where": {"name": {"li"#, ["like"], #"ke""#),
            (#"Customer {"where": {"orders": {"so"#, ["some"], #"me""#),
            (#"Customer {"where": {"orders": {"some": {"tot"#, ["total"], #"al""#),
            (#"Customer {"include": "#, ["orders"], #""orders""#),
            (#"Customer {"include": ["o"#, ["orders"], #"rders""#),
            (#"Customer {"include": {"relation": "orders", "scope": {"include": ""#, ["customer", "items"], ""),
            (#"Customer {"include": {"orders": ""#, ["customer", "items"], ""),
            (#"Customer {"order": "na"#, ["name"], #"me""#),
            (#"Customer {"fields": ["id", "#, ["id", "name", "balance"], ""),
            (#"\count Customer {"nam"#, ["name"], #"e""#),
            (#"Customer {"limit": "#, [], ""), (#"Customer {"limit": 1"#, [], ""), (#"Customer {"limit": 1}"#, [], ""),
            ("Nobody {\"wh", [], ""), (#"Secret {"where": {""#, ["known", "id", "and", "or", "nor"], ""),
            (#"Customer {"where": {"name": "a\"b", "na"#, ["name"], #"me""#),
            (#"Customer {"where": {"name": "wh"#, [], ""), (#"Customer {"w"#, ["where", "withDeleted"], ""),
        ] as [(String, [String], String)])
    func whatCanComeNextIsOffered(text: String, names: [String], common: String) throws {
        let offers = try completion().offers(for: text)
        #expect(Set(offers.names) == Set(names))
        #expect(offers.common == common)
    }

    /// Whatever is typed, asking what comes next ends.
    @Test func anyTextCanBeCompleted() throws {
        let completion = try completion()
        let pieces = [
            "Customer ", "{", "}", "[", "]", "\"", ":", ",", "where", "include", "orders", "\\count ", " ", "\n", "é",
            "7",
        ]
        var random = SeededRandom(11)
        for _ in 0..<3_000 {
            let text = (0..<Int.random(in: 0...14, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            _ = completion.offers(for: text)
            var lines = RequestLines()
            for line in text.split(separator: "\n") { _ = lines.add(String(line)) }
        }
    }

    // MARK: History

    @Test func historyIsKeptForItsOwnerAlone() throws {
        let folder = try SmallShop.folder(of: [:])
        let path = try #require(ConsoleHistory.usualPath(["XDG_STATE_HOME": folder, "HOME": "/nowhere"]))
        #expect(path == folder + "/kinship/history")
        #expect(ConsoleHistory.usualPath(["HOME": "/home/ada"]) == "/home/ada/.local/state/kinship/history")
        #expect(ConsoleHistory.usualPath([:]) == nil)
        var history = ConsoleHistory(path)
        for request in ["Item", "Item", "Order {\n  \"limit\": 1\n}", ""] { history.add(request) }
        #expect(ConsoleHistory(path).requests == ["Item", "Order {\n  \"limit\": 1\n}"])
        func mode(_ path: String) throws -> Int? {
            try (FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
        }
        #expect(try mode(path) == 0o600)
        #expect(try mode(folder + "/kinship") == 0o700)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        for number in 0..<2_500 { history.add("Item \(number)") }
        #expect(try mode(path) == 0o600)
        let kept = ConsoleHistory(path).requests
        #expect(kept.count == ConsoleHistory.most)
        #expect(kept.last == "Item 2499")
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count
        #expect(lines <= 2 * ConsoleHistory.most)
    }
}
