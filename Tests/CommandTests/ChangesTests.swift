// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

/// `kinship changes`.
@Suite(.serialized) struct ChangesCommandTests {
    private func shop() async throws -> (tool: Tool, database: TestDatabase) {
        let database = try await TestDatabase.named("changes_command")
        try await database.run(
            """
            DROP SCHEMA public CASCADE; CREATE SCHEMA public;
            CREATE TABLE customer (id integer PRIMARY KEY, name text, balance numeric(20,2));
            CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customer, total numeric(12,2));
            CREATE TABLE item (id integer PRIMARY KEY, order_id integer REFERENCES orders, sku text);
            """)
        let models = try await SmallShop.shared().models
        return (Tool(environment: ["KINSHIP_DATABASE_URL": database.url, "KINSHIP_MODELS": models]), database)
    }

    @Test func triggersAreInstalledShownAndRemoved() async throws {
        let (tool, database) = try await shop()
        let dry = try await tool.run(["changes", "install", "Order", "--dry-run"])
        #expect(
            dry.status == 0
                && dry.output.hasPrefix("CREATE OR REPLACE FUNCTION \"public\".\"kinship_changes_of_orders\"()"))
        #expect(try await tool.run(["changes", "status", "--check"]).status == 1)
        let installed = try await tool.run(["changes", "install", "Order"])
        #expect(installed.status == 0 && installed.output == "installed public.orders\n", "\(installed.errors)")
        let status = try await tool.run(["changes", "status"])
        #expect(Set(status.lines) == ["public.customer: missing", "public.orders: installed", "public.item: missing"])
        #expect(try await tool.run(["changes", "install"]).lines.count == 2)
        let again = try await tool.run(["changes", "install"])
        #expect(again.status == 0 && again.output.isEmpty && again.errors.contains("Nothing to do"))
        #expect(try await tool.run(["changes", "status", "--check"]).status == 0)
        // What is printed is what is done.
        try await database.run(try await tool.run(["changes", "remove", "--dry-run"]).output)
        #expect(try await tool.run(["changes", "status"]).lines.allSatisfy { $0.hasSuffix(": missing") })
        #expect(try await tool.run(["changes", "remove"]).errors.contains("Nothing to do"))
        let unknown = try await tool.run(["changes", "install", "Nope"])
        #expect(unknown.status == 65 && unknown.errors.contains("Nope"), "\(unknown.errors)")
    }

    /// Names of tables are whatever a model's file says; a terminal obeys none of them.
    @Test func namesAreShownAndNotObeyed() async throws {
        let odd = "a\u{1B}]0;owned\u{7}"
        let shown = #"a\u{1b}]0;owned\u{7}"#
        let database = try await TestDatabase.named("changes_odd")
        try await database.run("CREATE TABLE \"\(odd)\" (id integer PRIMARY KEY)")
        let models = try SmallShop.folder(of: [
            "odd.json":
                #"{"name": "Odd", "options": {"postgresql": {"table": "a\u001b]0;owned\u0007"}}, "properties": {"id": {"type": "number", "id": true}}}"#
        ])
        let tool = Tool(environment: ["KINSHIP_DATABASE_URL": database.url, "KINSHIP_MODELS": models])
        for arguments in [["changes", "install"], ["changes", "remove"]] {
            let session = try TerminalSession(tool, arguments + ["--dry-run"], columns: 400)
            #expect(await session.status() == 0)
            #expect(session.screen.text.contains(shown), "\(session.screen.text)")
        }
        // psql has to be told the name as it is.
        #expect(try await tool.run(["changes", "install", "--dry-run"]).output.contains(odd))
        for (command, line) in [
            ("install", "installed public.\(shown)"), ("status", "public.\(shown): installed"),
            ("remove", "removed public.\(shown)"),
        ] {
            let outcome = try await tool.run(["changes", command])
            #expect(outcome.status == 0 && outcome.output == line + "\n", "\(outcome.output) \(outcome.errors)")
        }
    }
}
