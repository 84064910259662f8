// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText
import TestSupport
import Testing

@testable import KinshipCommand

/// What is said to people, without a process.
@Suite struct MessageTests {
    @Test(arguments: [
        ("limit=1", #"this one would be '{"limit":1}'"#), ("?limit=5&skip=2", #"'{"limit":5,"skip":2}'"#),
        ("where[name]=Ada&where[vip]=true", #"'{"where":{"name":"Ada","vip":true}}'"#),
        ("where[x]=1", #"'{"where":{"x":1}}'"#), ("filter[where][id][gt]=7", #"'{"where":{"id":{"gt":"7"}}}'"#),
        ("filter={\"limit\":1}", #"'{"limit":1}'"#),
        ("include[]=orders&include[]=reviews", #"{"include":["orders","reviews"]}"#),
        ("@filter.json", "kinship query MODEL - < filter.json"), ("/etc/passwd", "kinship query MODEL - < /etc/passwd"),
        ("{limit: 1}", "double quotes"), ("{'limit': 1}", "double quotes"), ("{\"where\": {id: 7}}", "double quotes"),
        ("", "every record"), ("orders", "a JSON object"), ("where[", "a JSON object"), ("=", "a JSON object"),
    ])
    func aFilterThatIsNoJSONGetsAHint(text: String, hint: String) throws {
        let failure = #expect(throws: Failure.self) { try FilterArgument.parse(Array(text.utf8)) }
        #expect(failure?.code == "INVALID_JSON" && failure?.status == .data)
        // Numbers stay texts where the reader of query strings keeps them, so both forms count.
        let said = failure?.remedy?.replacing("\"gt\":7", with: "\"gt\":\"7\"")
        #expect(said?.contains(hint) == true, "\(said ?? "")")
    }

    @Test(arguments: [
        ("postgres://ada:s3cr3t@h/d", "postgres://ada:***@h/d"),
        ("see postgres://ada:s3@cr3t@h/d!", "see postgres://ada:***@h/d!"),
        ("'postgres://ada:my s3cr3t@h/d'", "'postgres://ada:***@h/d'"),
        ("postgres://ada:s3'cr3t@h/d", "postgres://ada:***@h/d"),
        ("postgres%3A%2F%2Fada%3As3cr3t%40h", "postgres%3A//ada:***@h"),
        ("postgres://h:5432/d and mail to ada@example.org", "postgres://h:5432/d and mail to ada@example.org"),
        ("d&password=s3cr3t", "d&password=***"), ("d;password=s3cr3t;x=1", "d;password=***;x=1"),
        ("d%26password%3Ds3cr3t", "d%26password%3D***"), ("PGPASSWORD=s3cr3t", "PGPASSWORD=***"),
        ("host=h password = 's3 cr3t' user=u", "host=h password = *** user=u"),
        ("sslpassword=s3cr3t", "sslpassword=***"),
        ("passwd=s3cr3t", "passwd=***"), ("pwd=s3cr3t", "pwd=***"),
    ])
    func passwordsAreMasked(text: String, expected: String) {
        #expect(Secrets.masked(text) == expected)
    }

    @Test func nothingTakesTheTerminalOver() {
        let hostile = "\u{1B}[2J\n\u{202E}\u{9B}x"
        var failure = Failure(.data, hostile, code: "X", details: [hostile], remedy: hostile)
        failure.place = hostile
        let text = failure.text(for: .standardError)
        #expect(text.split(separator: "\n").count == 3)
        #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.isObeyed })
        let warnings = Warnings.text(Array(repeating: hostile, count: 50), for: .standardError)
        #expect(warnings.split(separator: "\n").count == 21)
        #expect(!warnings.unicodeScalars.contains { $0 != "\n" && $0.isObeyed })
        let many = Failure(.data, "x", details: (1...500).map { "- \($0)" }).text(for: .standardError)
        #expect(many.split(separator: "\n").count < 70 && many.hasSuffix("and 440 more"))
    }

    @Test(arguments: [
        ("{\"a\":\"\u{9B}2J\u{7F}\"}", #"{"a":"\u009b2J\u007f"}"#), ("\"x\u{202E}y\"", #""x\u202ey""#),
        ("\"\u{E0041}\"", #""\udb40\udc41""#), ("Zoë 日本 🤷🏽", "Zoë 日本 🤷🏽"),
        ("\u{1B}[34m\"a\"\u{1B}[0m", "\u{1B}[34m\"a\"\u{1B}[0m"),
    ])
    func rowsDontTakeTheTerminalOver(text: String, shown: String) {
        #expect(String(decoding: TerminalBytes.harmless(Array(text.utf8)), as: UTF8.self) == shown)
        // Half of a character at the end of a piece is left as it is.
        let bytes: [UInt8] = [0x61, 0xC2]
        #expect(TerminalBytes.harmless(bytes) == bytes)
        #expect(TerminalBytes.harmless([0xFF, 0x80, 0xF0, 0x9F]) == [0xFF, 0x80, 0xF0, 0x9F])
    }

    @Test func theHelpOfTheBatchFitsATerminal() {
        for line in Operation.documentation.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        for operation in Operation.all { #expect(Operation.documentation.contains("\n  \(operation.name) ")) }
    }

    @Test(arguments: [
        (#"{"model": "M", "op": "fnd"}"#, "did you mean find?"),
        (#"{"model": "M", "op": "conquer"}"#, "the operations are find,"),
        (#"{"model": "M", "op": "find", "limit": 1}"#, "it belongs inside \"filter\""),
        (#"{"model": "M", "op": "find", "where": {}}"#, "it belongs inside \"filter\""),
        (#"{"model": "M", "op": "count", "filter": {}}"#, "it takes \"where\""),
        (#"{"model": "M", "op": "exists", "idValue": 1, "filter": {}}"#, "it takes \"idValue\""),
        (#"{"model": "M", "op": "find", "filtr": {}}"#, "did you mean \"filter\"?"),
        (#"{"model": "M", "op": "related", "idValue": 1, "realtion": "x"}"#, "did you mean \"relation\"?"),
        (#"{"modle": "M", "op": "find"}"#, "Is \"modle\" meant to be it?"),
    ])
    func aRequestThatWouldBeMisreadIsRefused(line: String, hint: String) {
        let error = #expect(throws: BatchError.self) { try BatchRequest(Array(line.utf8), line: 1) }
        #expect(error?.message.contains(hint) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: ["name", "id", "note", "comment", "tag", "#"])
    func aRequestMayCarryALabel(label: String) throws {
        let request = try BatchRequest(Array("{\"\(label)\": \"x\", \"model\": \"M\", \"op\": \"find\"}".utf8), line: 1)
        #expect(request.operation.name == "find")
    }

    @Test func completionKnowsTheModels() throws {
        let folder = try SmallShop.folder(of: SmallShop.definitions)
        #expect(
            ModelCompletion.names(["kinship", "query", "--models", "'\(folder)'", "C"]) == [
                "Customer", "Item", "Order",
            ])
        #expect(ModelCompletion.names(["kinship", "query", "--models=\(folder)"]) == ["Customer", "Item", "Order"])
        // A file that is wrong keeps no other from being offered, and nothing is said.
        let broken = try SmallShop.folder(
            of: SmallShop.definitions.merging(["x.json": "{", "y.json": "{\"name\": \"Y\", \"base\": \"Z\"}"]) { $1 })
        #expect(ModelCompletion.names(["kinship", "query", "--models", broken]) == ["Customer", "Item", "Order", "Y"])
        #expect(ModelCompletion.names(["kinship", "query", "--models", "/not/there"]) == [])
    }

    @Test func completionScriptsAndAnswers() async throws {
        let tool = try await SmallShop.shared().tool
        for shell in ["bash", "zsh", "fish"] {
            let script = try await tool.run(["--generate-completion-script", shell])
            #expect(script.status == 0 && script.errors == "")
            #expect(
                script.output.contains("mermaid") && script.output.contains("oneTrip")
                    && script.output.contains("---completion"))
        }
        let models = try await tool.run([
            "---completion", "query", "--", "positional@0", "2", "0", "kinship", "query", "",
        ])
        #expect(models.output.split(separator: "\n") == ["Customer", "Item", "Order"])
        let wrong = try await tool.run(["---completion", "nothing", "--", "x"])
        #expect(wrong.status == 0 && wrong.errors == "" && wrong.output == "")
    }
}
