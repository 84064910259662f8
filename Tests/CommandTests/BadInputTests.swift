// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Foundation
import TestSupport
import Testing

/// Each way to get it wrong: a clear error, a remedy, an exit status of its own, and nothing hangs.
@Suite struct BadInputTests {
    /// Runs `kinship query` on the small shop's database with other models.
    private func query(_ model: String, _ filter: String = "{}", files: [String: String]) async throws -> Tool.Outcome {
        var tool = try await SmallShop.shared().tool
        tool.environment["KINSHIP_MODELS"] = try SmallShop.folder(of: files)
        return try await tool.run(["query", model, filter])
    }

    // MARK: The command line

    @Test(arguments: [
        ["query"], ["query", "Customer", "{}", "extra"], ["frobnicate"], ["query", "Customer", "--frobnicate"],
        ["query", "Customer", "--timeout", "0"], ["query", "Customer", "--timeout", "soon"],
        ["query", "Customer", "--wait", "0"], ["query", "Customer", "--wait", "soon"],
    ])
    func wrongArguments(arguments: [String]) async throws {
        let outcome = try await Tool().run(arguments)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("Usage:"))
        #expect(outcome.output == "")
    }

    @Test(arguments: [
        (["qeury"], "did you mean query?"), (["frobnicate"], "the commands are demo, query, batch"),
        (["query", "Customer", "--explain", "--format", "svgg"], "Did you mean svg?"),
        (["query", "Customer", "--strategy", "onetrip"], "Did you mean oneTrip?"),
        (["query", "Customer", "--datbase", "x"], "Did you mean '--database'?"),
    ])
    func whatWasProbablyMeant(arguments: [String], hint: String) async throws {
        let outcome = try await Tool().run(arguments)
        #expect(outcome.status == 64)
        #expect(outcome.errors.hasPrefix("error: ") && outcome.errors.contains(hint), "\(outcome.errors)")
    }

    // MARK: Models

    @Test func theWrongDatabaseIsToldInOneLine() async throws {
        let shop = try await SmallShop.shared()
        var tool = shop.tool
        tool.environment["KINSHIP_DATABASE_URL"] = try await TestDatabase.named("command_wrong").url
        let outcome = try await tool.run(["query", "Customer"])
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("None of the tables of the models are in the schema \"public\""))
        #expect(outcome.errors.contains("--schema") && outcome.errors.contains("--database"))
        #expect(outcome.errors.split(separator: "\n").count == 3)
        let elsewhere = try await shop.tool.run(["query", "Customer", "--schema", "nowhere"])
        #expect(elsewhere.errors.contains("has such tables: name it"))
    }

    @Test func whatIsOddAboutTheModelsIsSaid() async throws {
        let files = [
            "order.json":
                #"{"name": "Order", "options": {"postgresql": {"table": "orders"}}, "hidden": ["nope\u001b"], "#
                + #""properties": {"id": {"type": "number", "id": true}, "total": {"type": "number"}}}"#
        ]
        var tool = try await SmallShop.shared().tool
        tool.environment["KINSHIP_MODELS"] = try SmallShop.folder(of: files)
        let outcome = try await tool.run(["query", "Order", #"{"fields": "id", "limit": 1}"#])
        #expect(outcome.status == 0)
        #expect(outcome.output == "[{\"id\":10}]\n")
        #expect(outcome.errors.hasPrefix("warning: ") && outcome.errors.contains("nope\\u{1b}"), "\(outcome.errors)")
        let quiet = try await tool.run(["batch", "--quiet"], input: #"{"model": "Order", "op": "count"}"#)
        #expect(quiet.errors == "")
    }

    @Test func noModels() async throws {
        let empty = try SmallShop.folder(of: [:])
        let tool = Tool(directory: empty)
        let nowhere = try await tool.run(["query", "Customer"])
        #expect(nowhere.status == 66)
        #expect(nowhere.errors.contains("--models"))
        let missing = try await tool.run(["query", "Customer", "--models", "not/there"])
        #expect(missing.status == 66)
        #expect(missing.errors.contains("not/there"))
        let file = try await tool.run(["query", "Customer", "--models", "/etc/passwd"])
        #expect(file.status == 64)
        #expect(file.errors.contains("INVALID_FLAG") && file.errors.contains("/etc/passwd"))
        let noFiles = try await tool.run(["query", "Customer", "--models", empty])
        #expect(noFiles.status == 66)
        #expect(noFiles.errors.contains(empty))
    }

    @Test func aModelFileThatCannotBeRead() async throws {
        // A folder by the name of a file: root, who runs some of these tests, may read any file.
        let folder = try SmallShop.folder(of: SmallShop.definitions)
        try FileManager.default.createDirectory(atPath: folder + "/broken.json", withIntermediateDirectories: false)
        var tool = try await SmallShop.shared().tool
        tool.environment["KINSHIP_MODELS"] = folder
        let outcome = try await tool.run(["query", "Customer"])
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("broken.json"))
    }

    @Test func aModelFileThatIsNoJSON() async throws {
        let outcome = try await query("Customer", files: ["customer.json": "{\n \"name\": oops"])
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("customer.json"))
        #expect(outcome.errors.contains("line 2"))
        #expect(outcome.output == "")
    }

    @Test func everyProblemOfTheModelsIsListed() async throws {
        let outcome = try await query(
            "A",
            files: [
                "a.json": """
                {"name": "A", "properties": {"id": {"type": "number", "id": true}},
                 "relations": {"bs": {"type": "hasMany", "model": "Bee", "foreignKey": "aId"},
                               "cs": {"type": "hasMany", "model": "Cee", "foreignKey": "aId"}}}
                """,
                "d.json": """
                {"name": "D", "properties": {"id": {"type": "number", "id": true}},
                 "relations": {"e": {"type": "belongsTo", "model": "Eeh"}}}
                """,
            ])
        #expect(outcome.status == 65)
        for text in ["a.json", "relations.bs", "Bee", "relations.cs", "Cee", "d.json", "relations.e", "Eeh"] {
            #expect(outcome.errors.contains(text), "\(text)")
        }
    }

    @Test func aTableThatIsNotThere() async throws {
        let outcome = try await query(
            "Ghost", files: ["ghost.json": #"{"name": "Ghost", "properties": {"id": {"type": "number", "id": true}}}"#])
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("ghost"))
        #expect(outcome.errors.contains("hint: "))
    }

    // MARK: Filters

    @Test func anUnknownModel() async throws {
        let tool = try await SmallShop.shared().tool
        let near = try await tool.run(["query", "customer"])
        #expect(near.status == 65)
        #expect(near.errors.contains("did you mean Customer?"))
        let far = try await tool.run(["query", "Spaceship"])
        #expect(far.status == 65)
        #expect(far.errors.contains("Customer, Item, Order"))
    }

    @Test func anUnknownPropertyInAFilter() async throws {
        let outcome = try await SmallShop.shared().tool.run([
            "query", "Customer", #"{"include": {"relation": "orders", "scope": {"where": {"totl": 5}}}}"#,
        ])
        #expect(outcome.status == 65)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("UNKNOWN_PROPERTY"))
        #expect(outcome.errors.contains("totl"))
        #expect(outcome.errors.contains("scope.where.totl"))
    }

    @Test(arguments: [
        ("{", "INVALID_JSON"), ("[]", "INVALID_FILTER"), (#"{"limit": -1}"#, "INVALID_FILTER"),
        (#"{"where": {"id": "x"}}"#, "INVALID_VALUE"), (#"{"include": "ghosts"}"#, "UNKNOWN_RELATION"),
    ])
    func aBadFilter(filter: String, code: String) async throws {
        let outcome = try await SmallShop.shared().tool.run(["query", "Customer", filter])
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains(code))
    }

    // MARK: Servers

    @Test(arguments: ["query", "batch", "demo"])
    func noServer(command: String) async throws {
        var tool = try await SmallShop.shared().tool
        // Port 1 is nobody's.
        tool.environment["KINSHIP_DATABASE_URL"] = "postgres://ada:s3cr3t@127.0.0.1:1/shop"
        tool.environment["KINSHIP_HOME"] = Fixture.repository
        let outcome = try await tool.run([command] + (command == "query" ? ["Customer"] : []))
        #expect(outcome.status == 69)
        #expect(outcome.errors.contains("127.0.0.1"))
        #expect(outcome.errors.contains("hint: "))
        #expect(!(outcome.errors + outcome.output).contains("s3cr3t"))
    }

    @Test func aServerThatIsWaitedForAndDoesNotCome() async throws {
        var tool = try await SmallShop.shared().tool
        tool.environment["KINSHIP_DATABASE_URL"] = "postgres://ada:s3cr3t@127.0.0.1:1/shop"
        let clock = ContinuousClock()
        let begun = clock.now
        let outcome = try await tool.run(["query", "Customer", "--wait", "1.5"])
        #expect(clock.now - begun >= .seconds(1.5))
        #expect(outcome.status == 69)
        #expect(outcome.errors.contains("CONNECT_FAILED"))
        #expect(!(outcome.errors + outcome.output).contains("s3cr3t"))
    }

    @Test func aServerThatNeverAnswers() async throws {
        var tool = try await SmallShop.shared().tool
        let listener = try SilentListener()
        defer { listener.close() }
        tool.environment["KINSHIP_DATABASE_URL"] = "postgres://ada@127.0.0.1:\(listener.port)/shop?connect_timeout=2"
        let outcome = try await tool.run(["query", "Customer"])
        #expect(outcome.status == 69)
        #expect(outcome.errors.contains("127.0.0.1"))
    }

    @Test func aDatabaseThatIsNotThere() async throws {
        let shop = try await SmallShop.shared()
        var tool = shop.tool
        tool.environment["KINSHIP_DATABASE_URL"] = shop.database.url.replacing(shop.database.name, with: "not_there")
        let outcome = try await tool.run(["query", "Customer"])
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("not_there"))
    }

    @Test func aURLThatIsNone() async throws {
        var tool = try await SmallShop.shared().tool
        tool.environment["KINSHIP_DATABASE_URL"] = "mysql://ada:s3cr3t@host/shop"
        let outcome = try await tool.run(["query", "Customer"])
        #expect(outcome.status == 78)
        #expect(!outcome.errors.contains("s3cr3t"))
    }

    @Test func aURLInTheWrongPlaceIsNotRepeatedWithItsPassword() async throws {
        for arguments in [
            ["batch", "postgres://ada:s3cr3t@host/shop"],
            ["query", "Customer", "{}", "postgres://ada:s3cr3t@host/shop"],
            ["query", "Customer", "--databse", "postgres://ada:s3cr3t@host/shop"],
            ["query", "Customer", "--databse=postgres://ada:s3cr3t@host/shop"],
        ] {
            let outcome = try await Tool().run(arguments)
            #expect(outcome.status == 64)
            #expect(!(outcome.errors + outcome.output).contains("s3cr3t"), "\(arguments)")
        }
    }

    @Test func aWrongPasswordAndAFullServer() async throws {
        var options = EmbeddedServerOptions()
        options.network = .loopback()
        options.authentication = .password("r1ght")
        options.settings = ["max_connections": "4", "superuser_reserved_connections": "0", "max_wal_senders": "0"]
        let server = try await EmbeddedServer.start(options)
        do {
            var tool = try await SmallShop.shared().tool
            let right = try #require(server.tcpURL())
            tool.environment["KINSHIP_DATABASE_URL"] = right.replacing("r1ght", with: "wr0ng")
            let wrong = try await tool.run(["query", "Customer"])
            #expect(wrong.status == 77)
            #expect(wrong.errors.contains("password"))
            #expect(!wrong.errors.contains("wr0ng"))

            tool.environment["KINSHIP_DATABASE_URL"] = right
            let holders = try await HeldSessions.fill(right)
            let full = try await tool.run(["query", "Customer"])
            holders.close()
            #expect(full.status == 69)
            #expect(full.errors.contains("max_connections"))
            #expect(!full.errors.contains("r1ght"))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    @Test func aStatementThatTakesTooLong() async throws {
        let database = try await TestDatabase.named("command_slow")
        try await database.run("CREATE VIEW slow AS SELECT 1 AS id, pg_sleep(30)::text AS nap")
        var tool = Tool(environment: ["KINSHIP_DATABASE_URL": database.url])
        tool.environment["KINSHIP_MODELS"] = try SmallShop.folder(of: [
            "slow.json":
                #"{"name": "Slow", "properties": {"id": {"type": "number", "id": true}, "nap": "string"}}"#
        ])
        let outcome = try await tool.run(["query", "Slow", "--timeout", "0.5"])
        #expect(outcome.status == 75)
        #expect(outcome.errors.contains("--timeout"))
        let batch = try await tool.run(["batch", "--timeout", "0.5"], input: #"{"model": "Slow", "op": "find"}"#)
        #expect(batch.status == 0)
        #expect(batch.output.contains("STATEMENT_TIMEOUT"))
    }

    @Test func ctrlCStopsARunningStatement() async throws {
        let database = try await TestDatabase.named("command_stop")
        try await database.run("CREATE VIEW slow AS SELECT 1 AS id, pg_sleep(60)::text AS nap")
        var tool = Tool(environment: ["KINSHIP_DATABASE_URL": database.url])
        tool.environment["KINSHIP_MODELS"] = try SmallShop.folder(of: [
            "slow.json":
                #"{"name": "Slow", "properties": {"id": {"type": "number", "id": true}, "nap": "string"}}"#
        ])
        let running = try tool.start(["query", "Slow"])
        let sleeping = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        for _ in 0..<1_000 where try await database.run(sleeping).isEmpty {
            try await Task.sleep(for: .milliseconds(20))
        }
        running.send(SIGINT)
        let outcome = await running.outcome()
        #expect(outcome.status == 130)
        #expect(outcome.errors == "")
        #expect(try await database.run(sleeping).isEmpty)
    }

    // MARK: Output

    @Test func anOutputThatIsFullIsToldAbout() async throws {
        guard let full = FileHandle(forWritingAtPath: "/dev/full") else { return }
        let outcome = try await SmallShop.shared().tool.start(["query", "Item"], output: full).outcome()
        #expect(outcome.status == 74)
        #expect(outcome.errors.contains("can't be written"))
    }

    /// The next file that is opened would get the number of what is closed.
    @Test(arguments: [">&-", "2>&-", "<&-", ">&- 2>&- <&-"]) func streamsThatAreClosedHoldNothingUp(_ closing: String)
        async throws
    {
        let tool = try await SmallShop.shared().tool
        let running = try RunningTool(
            "/bin/sh", ["-c", "exec \"$0\" \"$@\" \(closing)", Tool.executable, "query", "Item", #"{"limit": 1}"#],
            environment: ProcessInfo.processInfo.environment.merging(tool.environment) { $1 },
            directory: tool.directory,
            output: nil)
        let outcome = await running.outcome()
        #expect(outcome.status == (closing.contains(" >&-") || closing.hasPrefix(">&-") ? 74 : 0), "\(outcome)")
    }

    @Test func aReaderThatTakesALittleIsNoNews() async throws {
        let shop = try await SmallShop.shared()
        try await shop.database.run(
            """
            DROP TABLE IF EXISTS public.wide;
            CREATE TABLE public.wide AS SELECT g AS id, repeat('x', 1000) AS text FROM generate_series(1, 2000) g;
            """)
        var tool = shop.tool
        tool.environment["KINSHIP_MODELS"] = try SmallShop.folder(of: [
            "wide.json":
                #"{"name": "Wide", "properties": {"id": {"type": "number", "id": true}, "text": "string"}}"#
        ])
        let pipe = Pipe.private()
        let running = try tool.start(["query", "Wide"], output: pipe.fileHandleForWriting)
        try pipe.fileHandleForWriting.close()
        #expect(
            try pipe.fileHandleForReading.read(upToCount: 10).map { String(decoding: $0, as: UTF8.self) }
                == "[{\"id\":1,\"")
        try pipe.fileHandleForReading.close()
        let outcome = await running.outcome()
        #expect(outcome.status == 141)
        #expect(outcome.errors == "")
    }
}
