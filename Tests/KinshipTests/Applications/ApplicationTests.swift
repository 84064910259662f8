// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Whole applications: found, read and asked (D38).
@Suite struct ApplicationTests {
    private static let shop = [
        "server/model-config.json": """
        {"_meta": {"sources": ["loopback/common/models", "loopback/server/models", "../common/models", "./models"]},
         "User": {"dataSource": "db"}, "AccessToken": {"dataSource": "db", "public": false,
            "relations": {"user": {"type": "belongsTo", "model": "Member", "foreignKey": "userId"}}},
         "Role": {"dataSource": "db"}, "RoleMapping": {"dataSource": "db"}, "ACL": {"dataSource": "db"},
         "Email": {"dataSource": "mail"}, "Letter": {"dataSource": "mail"}, "Member": {"dataSource": "db"}, "Note": {"dataSource": "db"},
         "Draft": {"dataSource": null}}
        """,
        "server/datasources.json":
            #"{"db": {"connector": "postgresql", "password": "secret"}, "mail": {"connector": "mail"}}"#,
        "server/models/member.json": """
        {"name": "Member", "base": "User", "properties": {"nick": "string"},
         "relations": {"notes": {"type": "hasMany", "model": "Note", "foreignKey": "memberId"},
            "drafts": {"type": "hasMany", "model": "Draft", "foreignKey": "memberId"}}}
        """,
        "common/models/note.json": """
        {"name": "Note", "properties": {"text": "string"},
         "relations": {"member": {"type": "belongsTo", "model": "Member"}, "mail": {"type": "belongsTo", "model": "Letter"},
            "first": {"type": "belongsTo", "model": "Draft"}, "old": {"type": "belongsTo", "model": "Stray"},
            "by": {"type": "belongsTo", "model": "member", "foreignKey": "byId"}}}
        """,
        "common/models/letter.json": #"{"name": "Letter", "properties": {"text": "string"}}"#,
        "common/models/draft.json": #"{"name": "Draft", "properties": {"text": "string"}}"#,
        "common/models/stray.json": #"{"name": "Stray", "properties": {"text": {"tpye": 5}}}"#,
        "common/models/snippet.json": #"{"accessType": "EXECUTE"}"#,
        "common/models/_unused.json": #"{"name": 5}"#,
    ]

    private static let tables = """
        CREATE TABLE "user" (realm text, username text, password text NOT NULL, email text NOT NULL, emailverified boolean,
            verificationtoken text, id serial PRIMARY KEY);
        CREATE TABLE member (LIKE "user" INCLUDING ALL, nick text);
        CREATE TABLE accesstoken (id text PRIMARY KEY, ttl int, scopes text, created timestamptz, userid int);
        CREATE TABLE role (id serial PRIMARY KEY, name text NOT NULL, description text, created timestamptz, modified timestamptz);
        CREATE TABLE rolemapping (id serial PRIMARY KEY, principaltype text, principalid text, roleid int);
        CREATE TABLE acl (model text, property text, accesstype text, permission text, principaltype text, principalid text, id serial PRIMARY KEY);
        CREATE TABLE note (text text, id serial PRIMARY KEY, memberid int);
        INSERT INTO "user" (username, password, email) VALUES ('other', 'p', 'o@ex.org');
        INSERT INTO member (id, username, password, email, nick) VALUES (1, 'ann', 'p', 'a@ex.org', 'A');
        INSERT INTO accesstoken (id, ttl, userid, scopes) VALUES ('t1', 100, 1, '["a"]');
        INSERT INTO role (name) VALUES ('admin'); INSERT INTO rolemapping (principaltype, principalid, roleid) VALUES ('USER', '1', 1);
        INSERT INTO note (text, memberid) VALUES ('n', 1);
        """

    private func withShop<R: Sendable>(
        _ name: String, tables: String = "", _ body: (Database) async throws -> R
    ) async throws -> R {
        let server = try await TestDatabase.named("application_\(name)")
        try await server.run(Self.tables + tables)
        let schema = try await withFiles(Self.shop) { try SchemaLoader.load(application: $0) }
        return try await Database.withDatabase(
            schema: schema, connection: ConnectionConfiguration(url: server.url), body)
    }

    private func expect(
        _ database: Database, _ model: String, _ filter: String, _ expected: String,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let json = String(decoding: try await database.find(model, filter: filter).json(), as: UTF8.self)
        #expect(json == expected, sourceLocation: location)
    }

    private func code(_ database: Database, _ model: String, _ filter: String) async -> PlannerError.Code? {
        do {
            _ = try await database.find(model, filter: filter)
            return nil
        } catch {
            return (error as? PlannerError)?.code
        }
    }

    @Test func anApplicationOpensAndAnswers() async throws {
        try await withShop("opens") { (database: Database) async throws in
            try await expect(
                database, "Member", #"{"include": "notes"}"#,
                """
                [{"id":1,"realm":null,"username":"ann","email":"a@ex.org","emailVerified":null,"nick":"A","notes":[{"id":1,"text":"n","memberId":1}]}]
                """)
            // model-config.json leads the tokens to Member.
            try await expect(
                database, "AccessToken",
                #"{"fields": ["id", "scopes"], "include": {"relation": "user", "scope": {"fields": "nick"}}}"#,
                #"[{"id":"t1","scopes":["a"],"user":{"nick":"A"}}]"#)
            try await expect(
                database, "Role", #"{"fields": "name", "include": "principals"}"#,
                #"[{"name":"admin","principals":[{"id":1,"principalType":"USER","principalId":"1","roleId":1}]}]"#
            )
            try await expect(database, "ACL", "{}", "[]")
        }
    }

    @Test func whatHasNoTableIsSaidSo() async throws {
        try await withShop("none") { (database: Database) async throws in
            #expect(await code(database, "Draft", "{}") == .noTable)
            #expect(await code(database, "Email", "{}") == .noTable)
            #expect(await code(database, "Member", #"{"include": "drafts"}"#) == .noTable)
            #expect(await code(database, "Member", #"{"where": {"drafts": {"some": {}}}}"#) == .noTable)
            #expect(await code(database, "Member", #"{"order": "drafts.count DESC"}"#) == .noTable)
            // Their keys have no columns: LoopBack has no such relations either.
            for relation in ["mail", "first", "old", "by"] {
                #expect(await code(database, "Note", #"{"include": "\#(relation)"}"#) == .unknownRelation)
            }
            let warnings = database.schema.warnings.map(\.description)
            for text in ["\"mail\"", "to no data source", "isn't listed", "there is no model \"member\""] {
                #expect(warnings.contains { $0.contains(text) && $0.contains("left out") }, "\(text): \(warnings)")
            }
            do {
                _ = try await database.count("Draft")
                Issue.record("a model without a table is counted")
            } catch let error as PlannerError {
                #expect(error.code == .noTable)
                #expect(error.status == 400)
            }
        }
    }

    /// Programs attach models in code too: a table that is there, and fits, is used.
    @Test func aTableThatIsThereIsUsed() async throws {
        let tables = """
            CREATE TABLE draft (text text, id serial PRIMARY KEY, memberid int); INSERT INTO draft (text, memberid) VALUES ('d', 1);
            ALTER TABLE note ADD byid int DEFAULT 1, ADD firstid int DEFAULT 1;
            """
        try await withShop("there", tables: tables) { (database: Database) async throws in
            try await expect(
                database, "Member", #"{"fields": "nick", "include": "drafts"}"#,
                #"[{"nick":"A","drafts":[{"id":1,"text":"d","memberId":1}]}]"#)
            try await expect(
                database, "Note",
                #"{"fields": "text", "include": [{"relation": "by", "scope": {"fields": "nick"}}, {"relation": "first", "scope": {"fields": "text"}}]}"#,
                #"[{"text":"n","by":{"nick":"A"},"first":{"text":"d"}}]"#)
        }
    }

    @Test func aTableOfTheNameThatDoesNotFitIsNot() async throws {
        try await withShop("misfit", tables: "CREATE TABLE draft (id serial PRIMARY KEY, body text, memberid int);") {
            (database: Database) async throws in
            #expect(await code(database, "Draft", "{}") == .noTable)
        }
    }

    @Test func theFolderIsFoundFromTheProjectAndFromTheServer() async throws {
        try await withFiles(Self.shop) { (folder: String) async throws in
            let names = try SchemaLoader.load(application: folder).models.map(\.name)
            #expect(try SchemaLoader.load(application: folder + "/server").models.map(\.name) == names)
            #expect(try SchemaLoader.load(application: folder + "/server/").models.map(\.name) == names)
            #expect(try SchemaLoader.load(paths: [folder]).models.map(\.name) == names)
            #expect(throws: SchemaError.self) { try SchemaLoader.load(application: folder + "/common") }
            #expect(throws: SchemaError.self) { try SchemaLoader.load(application: folder + "/nowhere") }
        }
    }

    @Test func severalFoldersAreOneSchema() async throws {
        let files = [
            "a/page.json": #"{"name": "Page", "relations": {"writer": {"type": "belongsTo", "model": "Writer"}}}"#,
            "b/writer.json": #"{"name": "Writer"}"#, "c/writer.json": #"{"name": "Writer"}"#, "c/bad.json": "{",
        ]
        try await withFiles(files) { (folder: String) async throws in
            let schema = try SchemaLoader.load(paths: [folder + "/a", folder + "/b"], tableSchema: "x")
            #expect(schema.models.map(\.name) == ["Page", "Writer"])
            #expect(schema.models.map(\.tableSchema) == ["x", "x"])
            do throws(SchemaError) {
                _ = try SchemaLoader.load(paths: [folder + "/a", folder + "/c", folder + "/d"])
                Issue.record("broken folders are read")
            } catch {
                #expect(error.problems.count == 2)
            }
        }
    }

    @Test func sourcesAreWhereTheFileSays() async throws {
        let files = [
            "server/model-config.json":
                #"{"_meta": {"sources": ["./models/deep", "../node_modules/parts/models", "parts/more", "./gone"]}, "A": {"dataSource": "db"}, "B": {"dataSource": "db"}, "C": {"dataSource": "db"}}"#,
            "server/models/deep/a.json": #"{"name": "A"}"#, "node_modules/parts/models/b.json": #"{"name": "B"}"#,
            "node_modules/parts/more/c.json": #"{"properties": {"x": "string"}}"#,
        ]
        try await withFiles(files) { (folder: String) async throws in
            let schema = try SchemaLoader.load(application: folder)
            #expect(schema.models.map(\.name) == ["A", "B", "C"])
            #expect(schema.warnings.map(\.message) == ["There is no folder \"./gone\" for models."])
        }
        // Without sources: the usual folders, else beside the file.
        try await withFiles(["model-config.json": #"{"A": {"dataSource": "db"}}"#, "a.json": #"{"name": "A"}"#]) {
            (folder: String) async throws in
            #expect(try SchemaLoader.load(application: folder).models.map(\.name) == ["A"])
        }
    }

    @Test func definitionsCanBeCompletedInCode() async throws {
        try await withFiles(Self.shop) { (folder: String) async throws in
            let schema = try SchemaLoader.load(application: folder) { definition in
                guard definition.name == "Note" else { return }
                definition.addScope("by") { parameters in ["where": ["memberId": parameters["member"] ?? .null]] }
            }
            #expect(try ScopedSchema(schema).scopes(of: schema.id(of: "Note")).named("by") != nil)
        }
    }
}
