// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

/// Who leaves a dialogue, or says no, leaves all as it was.
@Suite(.serialized) struct LeavingTests {
    private static let enter = "\r"
    private static let property = [
        ("Which model gets the property?", "Item" + enter), ("What is the property called?", "count" + enter),
        ("Of which type is count?", "numb" + enter), ("Is it required?", enter), ("Which default?", "0" + enter),
        ("Write the files?", enter),
    ]
    private static let scope = [
        ("Which model gets the scope?", "Item" + enter), ("What is the scope called?", "first" + enter),
        ("Which filter, as JSON?", enter), ("Write the files?", enter),
    ]

    private func files(_ tool: Tool) throws -> [String: Data?] {
        let names = try FileManager.default.contentsOfDirectory(atPath: tool.directory)
        return Dictionary(
            uniqueKeysWithValues: names.map { ($0, FileManager.default.contents(atPath: tool.directory + "/" + $0)) })
    }

    @Test(arguments: [("property", property), ("scope", scope)])
    func controlCLeavesTheFiles(_ command: String, _ questions: [(String, String)]) async throws {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: SmallShop.definitions)
        tool.environment = ["KINSHIP_MODELS": "."]
        let before = try files(tool)
        for place in questions.indices {
            let session = try TerminalSession(tool, [command])
            for (question, answer) in questions[..<place] {
                #expect(await session.shows(question), "\(question) of \(session.screen.text)")
                session.type(answer)
            }
            #expect(await session.shows(questions[place].0), "\(questions[place].0) of \(session.screen.text)")
            session.type("\u{3}")
            #expect(await session.status() == 130)
            #expect(session.isPlain)
            #expect(session.screen.text.contains("Nothing was written."), "\(session.screen.text)")
            #expect(try files(tool) == before)
        }
        // Without leaving it is written.
        let session = try TerminalSession(tool, [command])
        for (question, answer) in questions {
            #expect(await session.shows(question), "\(question) of \(session.screen.text)")
            session.type(answer)
        }
        #expect(await session.status() == 0, "\(session.screen.text)")
        #expect(try files(tool) != before)
    }

    // MARK: Migrations

    private func project() async throws -> (tool: Tool, database: TestDatabase) {
        let database = try await TestDatabase.named("leaving")
        try await database.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: [
            "person.json": #"{"name": "Person", "properties": {"name": "string"}}"#
        ])
        tool.environment = ["KINSHIP_DATABASE_URL": database.url, "KINSHIP_MODELS": "."]
        return (tool, database)
    }

    private func tables(_ database: TestDatabase) async throws -> [[String?]] {
        try await database.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    }

    /// The terminal gives whole lines at this question, and Ctrl-C as a signal to who reads them.
    @Test(arguments: ["n\r", "\r", "yo\r", "\u{4}", "SIGINT", "y\r", " YES \r"], [false, true])
    func aPlanIsCarriedOutForAYesOnly(_ answer: String, byFiles: Bool) async throws {
        let (tool, database) = try await project()
        if byFiles { #expect(try await tool.run(["migrate", "new", "first"]).status == 0) }
        let session = try TerminalSession(tool, ["migrate", "apply"])
        #expect(await session.shows(byFiles ? "Apply it? [y/N]" : "Do it? [y/N]"), "\(session.screen.text)")
        if !byFiles { #expect(session.screen.text.contains("CREATE TABLE \"public\".\"person\"")) }
        #expect(try await tables(database).isEmpty)
        if answer == "SIGINT" { session.send(2) } else { session.type(answer) }
        let isYes = answer.lowercased().contains("y\r") || answer.lowercased().contains("yes")
        let status = await session.status()
        #expect(session.isPlain)
        guard isYes else {
            #expect(status == (answer == "SIGINT" ? 130 : 1), "\(session.screen.text)")
            if answer != "SIGINT" { #expect(session.screen.text.contains("Nothing was done.")) }
            #expect(try await tables(database).isEmpty)
            return
        }
        #expect(status == 0, "\(session.screen.text)")
        #expect(try await tables(database) == [["kinship_migration"], ["kinship_migration_step"], ["person"]])
    }
}
