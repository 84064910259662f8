// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import Logging
import RelationPlanner
import TestSupport
import Testing

/// A session reaches the records of one tenant (`tenant`), and says whose it is by a value that no statement has in its text.
@Suite(.serialized) struct TenantTests {
    private static let models = [
        """
        {"name": "Owned", "abstract": true, "idInjection": false, "tenant": "org", "properties": {"org": {"type": "number", "required": true}}}
        """,
        """
        {"name": "Project", "base": "Owned", "properties": {"id": {"type": "number", "id": true, "generated": true}, "name": {"type": "string", "required": true}},
         "scope": {"where": {"name": {"neq": "hidden"}}},
         "relations": {"tasks": {"type": "hasMany", "model": "Task", "foreignKey": "projectId"}}}
        """,
        """
        {"name": "Task", "base": "Owned", "properties": {"id": {"type": "number", "id": true, "generated": true}, "title": "string", "projectId": "number", "done": "boolean", "projectName": "string"},
         "relations": {"project": {"type": "belongsTo", "model": "Project", "foreignKey": "projectId", "properties": {"name": "projectName"}, "options": {"invertProperties": true, "sync": true}}}}
        """,
        """
        {"name": "Country", "properties": {"id": {"type": "number", "id": true}, "name": "string"}}
        """,
    ]
    private static let tables = """
        DROP TABLE IF EXISTS project, task, country;
        CREATE TABLE project (id serial PRIMARY KEY, org int NOT NULL, name text);
        CREATE TABLE task (id serial PRIMARY KEY, org int NOT NULL, title text, projectid int, done boolean, projectname text);
        CREATE TABLE country (id int PRIMARY KEY, name text);
        INSERT INTO project (org, name) VALUES (1, 'mine'), (2, 'theirs'), (1, 'hidden');
        INSERT INTO task (org, title, projectid) VALUES (1, 'a', 1), (1, 'b', 1), (2, 'c', 2), (1, 'lost', 2);
        INSERT INTO country VALUES (1, 'Chile');
        """

    private func open(
        _ name: String, hooks: Hooks = Hooks(), log: RecordingLog = RecordingLog(), synced: Bool = false
    ) async throws -> (Database, TestDatabase) {
        let made = try await TestDatabase.named("tenants_\(name)")
        try await made.run(Self.tables)
        let definitions = try Self.models.map { text in
            var text = text
            if !synced {
                text = text.replacing(
                    #", "properties": {"name": "projectName"}, "options": {"invertProperties": true, "sync": true}"#,
                    with: "")
            }
            return try ModelDefinition(json: Array(text.utf8), file: nil)
        }
        let database = try await Database.open(
            schema: try Schema(definitions: definitions), connection: ConnectionConfiguration(url: made.url),
            pool: PoolConfiguration(maximumConnections: 4), hooks: hooks, logger: log.logger(.notice))
        return (database, made)
    }

    private func code(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "ok"
        } catch let error as PlannerError {
            return "\(error.code.rawValue) \(error.status)"
        } catch {
            return "\(type(of: error))"
        }
    }

    private func text(_ graph: Graph) throws -> String { String(decoding: try graph.json(), as: UTF8.self) }

    @Test func `Each reads its own, whatever is left out`() async throws {
        let (database, _) = try await open("reads")
        let mine = database.tenant(1)
        #expect(try text(await mine.find("Project")) == #"[{"org":1,"id":1,"name":"mine"}]"#)
        #expect(try await mine.unscoped.count("Project").count == 2)
        #expect(try await database.tenant(2).unscoped.count("Project").count == 1)
        #expect(try await mine.aggregate("Task", ["max": "id"]).json == ["count": 3, "max": ["id": 4]])
        #expect(try await database.tenant(2).aggregate("Task", ["max": "id"]).json == ["count": 1, "max": ["id": 3]])
        #expect(try await mine.findById("Project", id: 2).count == 0)
        // A key that leads to another's record leads to nothing.
        let lost = try await mine.find(
            "Task", filter: ["where": ["title": "lost"], "include": "project", "fields": ["title"]])
        #expect(try text(lost) == #"[{"title":"lost","project":null}]"#)
        #expect(try await mine.count("Task", where: ["project": ["is": ["name": "theirs"]]]).count == 0)
        #expect(try await database.count("Country").count == 1)
        await database.close()
    }

    @Test func `Without a tenant nothing is sent`() async throws {
        let (database, _) = try await open("missing")
        let log = RecordingLog()
        let heard = database.with(logger: log.logger)
        for session in [heard, heard.unscoped, heard.tenant(.null), heard.tenant(""), heard.tenant("x")] {
            for name in ["Project", "Task"] {
                #expect(await code { _ = try await session.find(name) } == "TENANT_REQUIRED 403")
                #expect(await code { _ = try await session.findById(name, id: 1) } == "TENANT_REQUIRED 403")
                #expect(await code { _ = try await session.count(name) } == "TENANT_REQUIRED 403")
                #expect(
                    await code { _ = try await session.aggregate(name, ["max": "id"]) } == "TENANT_REQUIRED 403")
                #expect(await code { _ = try session.stream(name) } == "TENANT_REQUIRED 403")
                #expect(await code { _ = try session.exportRecords(of: name) } == "TENANT_REQUIRED 403")
                #expect(await code { _ = try await session.explain(name) } == "TENANT_REQUIRED 403")
                #expect(await code { _ = try await session.create(name, ["name": "x"]) } == "TENANT_REQUIRED 403")
                #expect(
                    await code { _ = try await session.updateById(name, id: 1, ["org": 1]) } == "TENANT_REQUIRED 403")
                #expect(await code { _ = try await session.deleteById(name, id: 1) } == "TENANT_REQUIRED 403")
                #expect(await code { _ = try await session.deleteAll(name, where: [:]) } == "TENANT_REQUIRED 403")
            }
            #expect(
                await code { _ = try await session.related("Project", id: 1, relation: "tasks") }
                    == "TENANT_REQUIRED 403")
        }
        #expect(log.lines.isEmpty, "\(log.lines.first ?? "")")
        await database.close()
    }

    @Test func `What is made is the tenant's, and stays it`() async throws {
        let (database, made) = try await open("writes")
        let mine = database.tenant(1)
        let project = try await mine.create("Project", ["name": "new"])
        #expect(try text(project).contains(#""org":1"#))
        try await mine.createAll("Project", [["name": "p"], ["name": "q", "org": 1]])
        #expect(try await made.run("SELECT count(*) FROM project WHERE org = 1")[0][0] == "5")
        #expect(await code { _ = try await mine.create("Project", ["name": "x", "org": 2]) } == "TENANT_MISMATCH 403")
        #expect(
            await code { _ = try await mine.createAll("Project", [["name": "x"], ["name": "y", "org": 2]]) }
                == "TENANT_MISMATCH 403")
        #expect(await code { _ = try await mine.updateById("Project", id: 1, ["org": 2]) } == "TENANT_MISMATCH 403")
        #expect(await code { _ = try await mine.updateAll("Project", where: [:], ["org": 2]) } == "TENANT_MISMATCH 403")
        #expect(try text(await mine.updateById("Project", id: 1, ["org": 1, "name": "again"])).contains("again"))
        #expect(await code { _ = try await mine.updateById("Project", id: 2, ["name": "x"]) } == "MODEL_NOT_FOUND 404")
        #expect(try await mine.deleteById("Project", id: 2).count == 0)
        #expect(try await mine.updateAll("Project", where: [:], ["name": "all"]).count == 4)
        #expect(try await made.run("SELECT name FROM project WHERE org = 2")[0][0] == "theirs")
        // Keys that refer to another's record, and such as refer to none, are told alike.
        let foreign = await code { _ = try await mine.create("Task", ["title": "x", "projectId": 2]) }
        #expect(foreign == "MODEL_NOT_FOUND 404")
        #expect(await code { _ = try await mine.create("Task", ["title": "x", "projectId": 777]) } == foreign)
        #expect(await code { _ = try await mine.updateById("Task", id: 1, ["projectId": 2]) } == foreign)
        #expect(
            await code { _ = try await mine.updateById("Task", id: 1, ["$inc": ["projectId": 1]]) } == "UNSUPPORTED 501"
        )
        #expect(try text(await mine.create("Task", ["title": "x", "projectId": 1])).contains(#""projectId":1"#))
        await database.close()
    }

    @Test func `Copies that are kept right are those of the tenant`() async throws {
        let (database, made) = try await open("sync", synced: true)
        let mine = database.tenant(1)
        _ = try await mine.create("Task", ["title": "x", "projectId": 1])
        try await mine.updateById("Project", id: 1, ["name": "renamed"])
        #expect(try await made.run("SELECT DISTINCT projectname FROM task WHERE projectid = 1")[0][0] == "renamed")
        #expect(try await made.run("SELECT count(*) FROM task WHERE org = 2 AND projectname IS NOT NULL")[0][0] == "0")
        await database.close()
    }

    @Test func `Plans are shared and values are not`() async throws {
        let (database, _) = try await open("plans")
        for round in 0..<3 {
            for (tenant, titles) in [(1, "a,b,lost"), (2, "c")] {
                let session = database.tenant(JSONValue(tenant))
                let graph = try await session.find("Task", filter: ["order": "id", "include": "project"])
                let found = try JSONValue(parsing: graph.json()).elements?.compactMap { $0["title"]?.text } ?? []
                #expect(found.joined(separator: ",") == titles, "\(round)")
                // The same request with a literal that is the tenant's own value.
                let same = try await session.find("Task", filter: ["where": ["org": 1]])
                #expect(same.count == (tenant == 1 ? 3 : 0))
                let other = try await session.find("Task", filter: ["where": ["org": 2]])
                #expect(other.count == (tenant == 2 ? 1 : 0))
                let one = try await session.findById("Task", id: 3)
                #expect(one.count == (tenant == 2 ? 1 : 0))
            }
        }
        let plans = try [1, 2].map { tenant in
            try database.tenant(JSONValue(tenant)).plan("Task", filter: ["include": "project"])
        }
        #expect(plans[0] == plans[1])
        await database.close()
    }

    @Test func `All are reached on purpose, and the log says so`() async throws {
        let log = RecordingLog()
        let (database, _) = try await open("bypass", log: log)
        let all = database.withoutTenant(reason: "a report")
        #expect(try await all.count("Task").count == 4)
        #expect(log.lines.contains { $0.hasPrefix("notice") && $0.contains("a report") })
        // What was asked on purpose opens nothing for the next one.
        #expect(try await database.tenant(2).count("Task").count == 1)
        #expect(await code { _ = try await database.count("Task") } == "TENANT_REQUIRED 403")
        #expect(await code { _ = try await all.create("Task", ["title": "nobody's"]) } == "ValidationError")
        #expect(try text(await all.create("Task", ["title": "x", "org": 2])).contains(#""org":2"#))
        await database.close()
    }

    @Test func `Hooks and transactions are the tenant's as well`() async throws {
        var hooks = Hooks()
        hooks.beforeSave("Task") { save in
            let count = try await save.transaction.count("Project").count
            save["title"] = .string("\(count)")
        }
        let (database, made) = try await open("hooks", hooks: hooks)
        _ = try await database.tenant(2).create("Task", ["title": "x"])
        #expect(try await made.run("SELECT title FROM task ORDER BY id DESC LIMIT 1")[0][0] == "1")
        let seen = try await database.tenant(2).withTransaction { transaction in
            _ = try await transaction.create("Task", ["title": "y"])
            return try await transaction.count("Task").count
        }
        #expect(seen == 3)
        await database.close()
    }

    @Test func `Policies of the database are a second wall`() async throws {
        let (database, made) = try await open("policies")
        let role = "kinship_tenant_reader"
        try await made.run(
            """
            DO $$ BEGIN IF to_regrole('\(role)') IS NULL THEN CREATE ROLE \(role); END IF; END $$;
            GRANT SELECT ON task, project TO \(role);
            ALTER TABLE task ENABLE ROW LEVEL SECURITY;
            CREATE POLICY tenant ON task USING (org = nullif(current_setting('app.tenant', true), '')::int);
            """)
        try await database.refreshCatalog()
        let all = database.withoutTenant(reason: "the wall alone")
        for (tenant, count) in [("1", 3), ("2", 1), ("", 0)] {
            let seen = try await all.withTransaction { transaction in
                try await transaction.execute("SET LOCAL ROLE kinship_tenant_reader")
                try await transaction.execute("SELECT set_config('app.tenant', \(tenant), true)")
                return try await transaction.count("Task").count
            }
            #expect(seen == count)
        }
        // A role that isn't the owner, and the setting in the same round trip.
        try await made.run(
            "ALTER ROLE \(role) LOGIN; GRANT ALL ON task, project TO \(role); GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO \(role)"
        )
        let session = database.with(tenantSetting: "app.tenant")
        try await made.run("ALTER TABLE task FORCE ROW LEVEL SECURITY")
        for (tenant, count) in [(1, 3), (2, 1)] {
            let mine = session.tenant(JSONValue(tenant))
            let seen = try await mine.withTransaction { transaction in
                try await transaction.execute("SET LOCAL ROLE kinship_tenant_reader")
                let graph = try await transaction.find("Task", filter: ["include": "project"])
                let own = try await transaction.execute("SELECT count(*) FROM task")
                return (graph.count, try own.decode(Int64.self, row: 0, column: 0))
            }
            #expect(seen.0 == count && seen.1 == Int64(count))
            let graph = try await mine.find("Task")
            #expect(graph.count == count && graph.statistics.roundTrips == 1)
        }
        // Who logs in as such a role, and opens no transaction: reads, changes and streams each say it themselves.
        try await made.run("ALTER ROLE \(role) PASSWORD 'words'")
        var configuration = try ConnectionConfiguration(url: made.url)
        (configuration.user, configuration.password) = (role, "words")
        let own = try await Database.open(schema: database.schema, connection: configuration)
        for (tenant, count) in [(1, 3), (2, 1)] {
            let mine = own.with(tenantSetting: "app.tenant").tenant(JSONValue(tenant))
            #expect(try await mine.find("Task").count == count)
            #expect(try await mine.count("Task").count == count)
            var streamed = 0
            for try await graph in try mine.stream("Task", batchSize: 1) { streamed += graph.count }
            #expect(streamed == count)
            let new = try await mine.create("Task", ["title": "new"])
            let id = try #require(try JSONValue(parsing: new.json()).elements?.first?["id"])
            #expect(try text(await mine.updateById("Task", id: id, ["title": "newer"])).contains("newer"))
            #expect(try await mine.deleteById("Task", id: id).count == 1)
            #expect(try await own.tenant(JSONValue(tenant)).count("Task").count == 0)
        }
        await own.close()
        let left = try await database.withTransaction { transaction in
            try await transaction.execute("SELECT coalesce(current_setting('app.tenant', true), '')")
                .decode(String.self, row: 0, column: 0)
        }
        #expect(left.isEmpty)
        try await made.run("DROP OWNED BY \(role); DROP ROLE \(role)")
        await database.close()
    }

    @Test func `An import is refused`() async throws {
        let (database, _) = try await open("import")
        let records = AsyncStream<JSONValue> { continuation in
            continuation.yield(["title": "x"])
            continuation.finish()
        }
        #expect(
            await code { _ = try await database.tenant(1).importRecords(into: "Task", records: records) }
                == "UNSUPPORTED 501")
        await database.close()
    }

    @Test func `A tenant that can't be kept is no schema`() throws {
        func problems(_ texts: String...) throws -> [String] {
            do {
                _ = try Schema(definitions: try texts.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
                return []
            } catch let error as SchemaError {
                return error.problems.compactMap(\.path)
            }
        }
        #expect(try problems(#"{"name": "A", "tenant": "nope", "properties": {"x": "string"}}"#) == ["tenant"])
        #expect(try problems(#"{"name": "A", "tenant": "x", "properties": {"x": "date"}}"#) == ["tenant"])
        #expect(try problems(#"{"name": "A", "tenant": "x", "properties": {"x": "string"}}"#).isEmpty)
        #expect(
            try problems(
                #"{"name": "A", "tenant": "x", "properties": {"x": "string"}}"#,
                #"{"name": "B", "base": "A", "excludeBaseProperties": ["x"]}"#
            ) == ["tenant"])
        #expect(
            try problems(
                #"{"name": "A", "tenant": "x", "properties": {"x": "string"}}"#,
                #"{"name": "B", "options": {"postgresql": {"table": "a"}}, "properties": {"x": "string"}}"#
            ) == ["tenant"])
        for value in ["true", #""""#, #"{"name": "x"}"#, "{}", "[]"] {
            #expect(throws: (any Error).self, "\(value)") {
                try ModelDefinition(
                    json: Array(#"{"name": "A", "tenant": \#(value), "properties": {"x": "string"}}"#.utf8), file: nil)
            }
        }
    }
}
