// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

/// `kinship import` and `kinship export`.
@Suite struct BulkTests {
    /// Tables of its own, and a folder for files.
    private static func shop(_ name: String) async throws -> (test: TestDatabase, tool: Tool) {
        let test = try await TestDatabase.named("command_bulk_\(name)")
        try await test.run(
            """
            CREATE TABLE customer (id integer PRIMARY KEY, name text, balance numeric(20,2));
            CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customer, total numeric(12,2));
            CREATE TABLE item (id integer PRIMARY KEY, order_id integer REFERENCES orders, sku text);
            """)
        let folder = try SmallShop.folder(of: SmallShop.definitions)
        var tool = Tool(environment: ["KINSHIP_DATABASE_URL": test.url, "KINSHIP_MODELS": folder])
        tool.directory = folder
        return (test, tool)
    }

    private static func write(_ text: String, _ name: String, _ tool: Tool) throws {
        try text.write(toFile: tool.directory + "/" + name, atomically: false, encoding: .utf8)
    }

    private static func read(_ name: String, _ tool: Tool) throws -> String {
        try String(contentsOfFile: tool.directory + "/" + name, encoding: .utf8)
    }

    @Test func aFileGoesInAndOutAgain() async throws {
        let (test, tool) = try await Self.shop("both")
        let csv = "id,name,balance\r\n1,\"Zoë, \"\"Z\"\"\",90071992547409931.25\r\n2,\"\",\r\n3,,0.50\r\n"
        try Self.write(csv, "customers.csv", tool)
        let outcome = try await tool.run(["import", "Customer", "customers.csv"])
        #expect(outcome.errors == "")
        #expect(outcome.status == 0)
        #expect(outcome.output == #"{"records":3,"made":3,"updated":0,"skipped":0,"rejected":0}"# + "\n")
        #expect(try await tool.run(["export", "Customer", "-o", "again.csv"]).status == 0)
        #expect(try Self.read("again.csv", tool) == csv)
        let lines = try await tool.run([
            "export", "Customer", "--filter", #"{"where": {"id": {"gt": 1}}, "include": "orders"}"#,
        ])
        #expect(
            lines.output == #"{"id":2,"name":"","balance":null,"orders":[]}"# + "\n"
                + #"{"id":3,"name":null,"balance":0.50,"orders":[]}"# + "\n")
        let again = try await tool.run(["import", "Customer", "-", "--on-conflict", "update"], input: lines.output)
        #expect(again.output == #"{"records":2,"made":0,"updated":2,"skipped":0,"rejected":0}"# + "\n")
        let skipped = try await tool.run(
            ["import", "Customer", "-", "--format", "csv", "--on-conflict", "skip", "--dry-run"], input: csv + "4,Cy,\n"
        )
        #expect(skipped.output == #"{"records":4,"made":1,"updated":0,"skipped":3,"rejected":0}"# + "\n")
        #expect(try await test.run("SELECT count(*) FROM customer") == [["3"]])
    }

    @Test func whatIsRefusedIsToldWithItsLine() async throws {
        let (test, tool) = try await Self.shop("refused")
        let input = "{\"id\": 1, \"total\": 5}\n{\"id\": 2, \"customerId\": 9}\n{\"id\": 3, \"total\": \"x\"}\n"
        let outcome = try await tool.run(["import", "Order", "-"], input: input)
        #expect(outcome.status == 65)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("INVALID_VALUE at line 3, total"))
        let collected = try await tool.run(
            ["import", "Order", "-", "--on-error", "collect", "--rejects", "bad.jsonl"], input: input)
        #expect(collected.status == 0, "\(collected.errors)")
        #expect(collected.output == #"{"records":3,"made":1,"updated":0,"skipped":0,"rejected":2}"# + "\n")
        let rejects = try Self.read("bad.jsonl", tool).split(separator: "\n")
        #expect(rejects.count == 2)
        #expect(
            rejects.contains {
                $0.hasPrefix(#"{"line":2,"error":{"code":"CONSTRAINT_VIOLATION","status":409"#)
                    && $0.hasSuffix(#""record":{"id":2,"customerId":9}}"#)
            })
        let shown = try await tool.run(
            ["import", "Order", "-", "--on-error", "collect", "--limit", "1", "--on-conflict", "skip"], input: input)
        #expect(shown.status == 65)
        #expect(
            shown.errors.contains("rejected: line 3: INVALID_VALUE")
                && shown.errors.contains("rejected: line 2: CONSTRAINT_VIOLATION"))
        #expect(try await test.run("SELECT count(*) FROM orders") == [["1"]])
    }

    @Test func whatCanNotBeUnderstoodIsSaid() async throws {
        let (_, tool) = try await Self.shop("mistakes")
        try Self.write("id\n1\n", "x.csv", tool)
        let mistakes: [(arguments: [String], status: Int32, text: String)] = [
            (["import", "Customer", "nothing.csv"], 66, "can't be read"),
            (["import", "Customer", "."], 66, "is a folder"),
            (["import", "Customer", "x.csv", "--limit", "5"], 64, "--on-error collect"),
            (["import", "Customer", "x.csv", "--key", "id"], 64, "--on-conflict"),
            (["import", "Customer", "x.csv", "--on-conflict", "replace"], 64, "fail, skip or update"),
            (["import", "Nobody", "x.csv"], 65, "UNKNOWN_MODEL"), (["export", "Nobody"], 65, "UNKNOWN_MODEL"),
            (["import", "Customer", "x.csv", "--on-conflict", "skip", "--key", "name"], 65, "UNSUPPORTED"),
            (["export", "Customer", "--filter", "{\"include\": \"orders\"}", "--format", "csv"], 65, "UNSUPPORTED"),
            (["export", "Customer", "-o", "/nonexistent/folder/x"], 74, "can't be written"),
        ]
        for (arguments, status, text) in mistakes {
            let outcome = try await tool.run(arguments)
            #expect(outcome.status == status, "\(arguments) \(outcome.errors)")
            #expect(outcome.errors.contains(text), "\(arguments) \(outcome.errors)")
        }
        for command in ["import", "export"] {
            let help = try await tool.run([command, "--help"])
            #expect(help.status == 0 && help.output.contains("Examples:"))
        }
        // What isn't finished has no name.
        _ = try await tool.run(["export", "Nobody", "-o", "never.jsonl"])
        #expect(!FileManager.default.fileExists(atPath: tool.directory + "/never.jsonl"))
        #expect(!FileManager.default.fileExists(atPath: tool.directory + "/never.jsonl.part"))
    }

    @Test func anInterruptedImportStoresNothing() async throws {
        let (test, tool) = try await Self.shop("interrupted")
        let running = try tool.start(["import", "Customer", "-"])
        running.write((1...5000).map { "{\"id\": \($0)}\n" }.joined())
        while try await test.run(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%' AND state = 'active'"
        ) == [["0"]] {
            try await Task.sleep(for: .milliseconds(10))
        }
        running.send(SIGINT)
        #expect(await running.outcome().status == 130)
        #expect(try await test.run("SELECT count(*) FROM customer") == [["0"]])
    }
}
