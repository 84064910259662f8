// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import KinshipSchema

/// What `model-config.json` says and adds (D38).
@Suite struct ModelConfigurationTests {
    private func file(_ json: String, _ path: String = "models/x.json") throws -> ModelFile {
        try ModelFile(json: Array(json.utf8), path: path)
    }

    private func application(
        _ configuration: String, sources: String = "{}", _ files: String...
    ) throws -> ApplicationDefinition {
        try ApplicationDefinition(
            files: try files.enumerated().map { try file($0.element, "models/\($0.offset).json") },
            configuration: ModelConfiguration(json: Array(configuration.utf8), file: "model-config.json"),
            dataSources: DataSources(json: Array(sources.utf8)))
    }

    private func schema(_ application: ApplicationDefinition) throws -> Schema {
        try Schema(uncheckedScopes: application.definitions, warnings: application.warnings)
    }

    private let member = #"{"name": "Member", "base": "User", "properties": {"nick": "string"}}"#

    @Test func whatIsListedIsThereWithItsBases() throws {
        let application = try application(
            #"{"_meta": {"sources": ["./models"]}, "Writer": {"dataSource": "db"}}"#,
            #"{"name": "Thing", "properties": {"made": "date"}}"#,
            #"{"name": "Writer", "base": "Thing", "properties": {"name": "string"}}"#,
            #"{"name": "Stray", "properties": {"name": {"tpye": "string"}}}"#)
        #expect(application.definitions.map(\.name) == ["Writer", "Thing"])
        #expect(application.definitions.map(\.attachment) == [.attached, .nowhere])
        #expect(application.definitions.map(\.isPublic) == [true, false])
        #expect(application.warnings.map(\.message).contains { $0.contains("Stray isn't listed") })
    }

    @Test func laterFoldersWin() throws {
        let application = try application(
            #"{"Writer": {"dataSource": "db"}}"#, #"{"name": "Writer", "properties": {"a": "string"}}"#,
            #"{"name": "Writer", "properties": {"b": "string"}}"#)
        #expect(application.definitions.first?.properties.map(\.name) == ["b"])
    }

    @Test func relationsAreChangedMemberByMember() throws {
        let schema = try schema(
            application(
                """
                {"Member": {"dataSource": "db", "relations": {"accessTokens": {"options": {}},
                    "friends": {"type": "hasMany", "model": "Member", "foreignKey": "friendId"}}},
                 "AccessToken": {"dataSource": "db", "public": false, "relations": {"user": {"model": "Member"}}}}
                """, member))
        let token = try #require(schema.model("AccessToken"))
        let user = try #require(token.relation("user"))
        #expect(user.target.map { schema[$0].name } == "Member")
        #expect(user.sourceKey.map { token.properties[$0].name } == ["userId"])
        let tokens = try #require(schema.model("Member")?.relation("accessTokens"))
        #expect(tokens.includeDisabled == false)
        #expect(tokens.target.map { schema[$0].name } == "AccessToken")
        #expect(schema.model("Member")?.relation("friends") != nil)
        // The base isn't changed by what is said of the model.
        #expect(schema.model("User")?.relation("accessTokens")?.includeDisabled == true)
        #expect(token.definition.isPublic == false)
    }

    @Test func accessRulesReplaceThoseForTheSame() throws {
        let schema = try schema(
            application(
                """
                {"Writer": {"dataSource": "db", "options": {"strict": true, "base": "User"}, "acls": [
                    {"principalType": "ROLE", "principalId": "$everyone", "property": "find", "permission": "DENY"},
                    {"principalType": "ROLE", "principalId": "admin", "permission": "ALLOW"}]}}
                """,
                """
                {"name": "Writer", "acls": [
                    {"principalType": "ROLE", "principalId": "$everyone", "property": "find", "permission": "ALLOW"}]}
                """))
        let writer = try #require(schema.model("Writer"))
        let rules = try #require(writer.definition.settings["acls"])
        guard case .array(let elements) = rules else { throw Failure() }
        #expect(elements.map { $0["permission"]?.text } == ["DENY", "ALLOW"])
        #expect(writer.strict)
        #expect(schema.warnings.contains { $0.path == "Writer.options.base" })
    }

    private struct Failure: Error {}

    @Test(arguments: [
        (
            #"{"db": {"connector": "postgresql"}, "cache": {"connector": "memory"}, "post": {"connector": "mail"}}"#,
            true, false
        ),
        (
            #"{"db": {"connector": "mongodb"}, "cache": {"connector": "memory"}, "post": {"connector": "mail"}}"#, true,
            true
        ),
        (
            #"{"db": {"connector": "loopback-connector-postgresql"}, "cache": {"connector": "kv-redis"}, "post": {"connector": "rest"}}"#,
            true, false
        ),
        (
            #"{"db": {"name": "db"}, "cache": {"connector": "./connectors/mysql"}, "post": {"connector": "loopback-component-storage"}}"#,
            true, true
        ),
        ("{}", true, true),
    ])
    func dataSourcesSayWhatIsInPostgreSQL(sources: String, db: Bool, cache: Bool) throws {
        let definitions = try application(
            #"{"A": {"dataSource": "db"}, "B": {"dataSource": "cache"}, "C": {"dataSource": "post"}, "D": {"dataSource": null}, "E": {}, "F": {"dataSource": false}}"#,
            sources: sources, #"{"name": "A"}"#, #"{"name": "B"}"#, #"{"name": "C"}"#, #"{"name": "D"}"#,
            #"{"name": "E"}"#, #"{"name": "F"}"#
        ).definitions
        #expect(definitions[0].attachment == (db ? .attached : .elsewhere(dataSource: "db")))
        #expect(definitions[1].attachment == (cache ? .attached : .elsewhere(dataSource: "cache")))
        let isKnown = sources.contains("post")
        #expect(definitions[2].attachment == (isKnown ? .elsewhere(dataSource: "post") : .attached))
        #expect(definitions[3...].allSatisfy { $0.attachment == .nowhere })
    }

    @Test func aModelWithoutAFileIsNamed() throws {
        let application = try application(
            #"{"Container": {"dataSource": "files"}, "ACL": {"dataSource": "db"}}"#)
        #expect(application.definitions.map(\.name) == ["ACL"])
        #expect(application.warnings.map(\.path) == ["Container"])
    }

    @Test(arguments: [
        ("[]", ""), (#"{"A": 5}"#, "A"), (#"{"A": {"acls": {}}}"#, "A.acls"),
        (#"{"A": {"relations": []}}"#, "A.relations"),
        (#"{"A": {"options": 1}}"#, "A.options"), (#"{"_meta": {"sources": 1}}"#, "_meta.sources"),
        (#"{"A": {"dataSource": 1}}"#, "A.dataSource"), (#"{"A": {"public": 7}}"#, "A.public"),
    ])
    func whatIsWrongIsSaidWithItsPlace(json: String, path: String) throws {
        do throws(SchemaError) {
            _ = try ModelConfiguration(json: Array(json.utf8), file: "model-config.json")
            Issue.record("\(json) is read")
        } catch {
            #expect(error.problems.map { $0.path ?? "" } == [path])
            #expect(error.problems.first?.file == "model-config.json")
        }
    }

    @Test func aRelationThatIsAddedWrongNamesTheFile() throws {
        let application = try application(
            #"{"Writer": {"dataSource": "db", "relations": {"x": {"model": "Writer"}}}}"#, #"{"name": "Writer"}"#)
        do throws(SchemaError) {
            _ = try Schema(uncheckedScopes: application.definitions)
            Issue.record("a relation without a type is read")
        } catch {
            #expect(error.problems.map(\.file) == ["model-config.json"])
            #expect(error.problems.map(\.path) == ["Writer.relations.x.type"])
        }
    }

    @Test func membersOfToolsAreNoOddity() throws {
        let configuration = try ModelConfiguration(
            json: Array(#"{"A": {"dataSource": "db", "$promise": {}, "pubilc": true}}"#.utf8))
        #expect(configuration.warnings.map(\.path) == ["A.pubilc"])
    }

    @Test(arguments: [
        (#"{"name": "Page"}"#, "page.json", "Page"), (#"{"properties": {}}"#, "a/blog-post.json", "BlogPost"),
        (#"{"base": "User"}"#, "my_user.json", "MyUser"), (#"{"accessType": "EXECUTE"}"#, "snippet.json", nil),
        (#"["x"]"#, "list.json", nil), (#"{"name": "kinship", "version": "1.0"}"#, "package.json", nil),
        ("\u{FEFF}{\"name\": \"Marked\"}", "marked.json", "Marked"),
    ])
    func filesTellTheirNames(json: String, path: String, name: String?) throws {
        #expect(try file(json, path).name == name)
        if let name { #expect(try file(json, path).definition().name == name) }
    }

    @Test func mixinsAreNamedOnce() throws {
        let schema = try schema(
            application(
                #"{"A": {"dataSource": "db"}, "B": {"dataSource": "db"}}"#,
                #"{"name": "A", "mixins": {"TimeStamp": true, "Counter": {"by": 1}, "Off": false}}"#,
                #"{"name": "B", "mixins": {"TimeStamp": {"required": false}}}"#))
        let mixins = schema.warnings.filter { $0.path?.hasPrefix("mixins") == true }
        #expect(mixins.map(\.path) == ["mixins.TimeStamp", "mixins.Counter"])
        #expect(mixins.first?.message.contains("(of A, B)") == true)
        #expect(schema.model("A")?.properties.map(\.name) == ["id"])
    }
}
