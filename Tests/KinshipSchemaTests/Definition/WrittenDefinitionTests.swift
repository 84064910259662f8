// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Testing

@testable import KinshipSchema

/// What is written of a definition is read as the same definition.
@Suite struct WrittenDefinitionTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let files: [URL] = ["Examples/models", "sql/bench/models"].flatMap { path in
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().map { folder.appending(path: "\(path)/\($0)") }
    }

    private func expectSame(_ definition: ModelDefinition) throws {
        var (read, own) = (try ModelDefinition(definition.json), definition)
        for warning in read.warnings { Issue.record("\(warning)") }
        (read.file, own.file, read.warnings, own.warnings) = (nil, nil, [], [])
        #expect(read == own)
        #expect(try ModelDefinition(json: Array(definition.json.description.utf8)).json == definition.json)
    }

    @Test(arguments: files) func `A file's definition`(file: URL) throws {
        try expectSame(try ModelDefinition(json: Array(Data(contentsOf: file))))
    }

    @Test func `There are files`() { #expect(Self.files.count > 10) }

    @Test func `A definition with all there is`() throws {
        var definition = ModelDefinition(
            "Page", base: "Base", plural: "Pages", tableSchema: "cms", table: "pages",
            properties: [
                .id("id", column: "page_id"), .string("title"), .object("data"), .date("at", dataType: "date"),
                PropertyDefinition(
                    "price", .number, dataType: "numeric", precision: 12, scale: 2, isRequired: true, isNullable: false,
                    isHidden: true, defaultValue: 5),
                PropertyDefinition("tags", .array(of: .string), dataType: "text[]"),
                PropertyDefinition("any", .array(of: .any)), PropertyDefinition("other", .model("Other")),
                PropertyDefinition("place", .geopoint), PropertyDefinition("bytes", .buffer),
                PropertyDefinition("second", .number, keyPosition: 2),
            ],
            relations: [
                .belongsTo("author", "User", foreignKey: "authorId", primaryKey: "key"),
                .hasMany("parts", "Part", foreignKey: "pageId", scope: ["where": ["done": false]]),
                .hasMany("readers", "User", foreignKey: "pageId", through: "Reading", keyThrough: "userId"),
                .hasOne("cover", "Picture", foreignKey: "pageId"), .hasAndBelongsToMany("labels", "Label"),
                RelationDefinition("owner", .belongsTo), RelationDefinition("list", .referencesMany, model: "Part"),
                RelationDefinition("inner", .embedsMany, model: "Note"),
            ],
            scope: ["where": ["deleted": false]], scopes: ["open": ["limit": 3]], hidden: ["secret"],
            protected: ["mail", "phone"], idInjection: false, strict: .filter)
        definition.properties[1].isIndexed = true
        definition.properties[1].isUnique = true
        definition.properties[1].defaultFunction = "guid"
        definition.properties[1].databaseDefault = "''"
        definition.properties[1].summary = "What it is called"
        definition.properties[1].isReadOnly = true
        definition.properties[1].generatedExpression = "lower(name)"
        definition.properties[0].identity = .always
        definition.properties[2].identity = .byDefault
        definition.properties[3].domain = DomainDefinition("date", checks: ["VALUE > '1900-01-01'", "VALUE < now()"])
        definition.properties[2].domain = DomainDefinition("jsonb", databaseDefault: "'{}'", isNullable: false)
        definition.properties[3].typeValues = ["one", "two"]
        definition.isView = true
        definition.relations[5].polymorphic = .automatic
        definition.relations[2].throughScope = ["where": ["paid": true]]
        definition.relations[2].throughProperties = [.init(from: "at", to: "readAt")]
        definition.relations[7].property = "innerList"
        definition.relations[7].defaultValue = true
        definition.relations[3].properties = [.init(from: "title", to: "caption")]
        definition.relations[3].includeDisabled = true
        definition.relations[3].invertProperties = true
        definition.relations[3].nestRemoting = true
        definition.relations[3].httpPath = "covers"
        definition.indexes = [
            IndexDefinition(
                name: "by_title", columns: [.init(name: "title", isDescending: true)], isUnique: true, method: "hash")
        ]
        var constraint = IndexDefinition(name: "once", columns: [.init(name: "title")], isUnique: true)
        constraint.isConstraint = true
        definition.indexes.append(constraint)
        definition.foreignKeys = [
            ForeignKeyDefinition(
                name: "fk", entity: "User", entityKey: ["id"], foreignKey: ["authorId"], onDelete: "CASCADE",
                onUpdate: nil)
        ]
        definition.version = "revision"
        definition.softDelete = "deletedAt"
        definition.forceId = true
        definition.strictDelete = true
        definition.excludeBaseProperties = ["old"]
        definition.summary = "A page"
        definition.httpPath = "pages"
        definition.settings = [.init("acls", [])]
        try expectSame(definition)
    }

    @Test func `What a column is made of is known, and what isn't is said`() throws {
        let definition = try ModelDefinition(
            json: Array(
                #"""
                {"name": "A", "postgresql": {"view": true}, "properties": {
                 "a": {"type": "number", "readOnly": true, "postgresql": {"generated": "b + 1"}},
                 "b": {"type": "number", "dbDefault": 5, "postgresql": {"generated": true, "identity": "BY DEFAULT"}},
                 "c": {"type": "string", "dbDefault": "'x'", "postgresql": {"dbDefault": "'y'", "domain": {"type": "text", "checks": "VALUE <> ''"}}},
                 "d": {"type": ["string"], "postgresql": {"dataType": "mood[]", "enum": ["good", "bad"]}}},
                 "indexes": {"once": {"keys": {"b": -1}, "options": {"unique": true, "constraint": true}}}}
                """#.utf8))
        #expect(definition.isView)
        let properties = definition.properties
        #expect(properties[0].isReadOnly && properties[0].generatedExpression == "b + 1")
        #expect(properties[1].databaseDefault == "5" && properties[1].identity == .byDefault)
        #expect(properties[1].generatedExpression == nil)
        #expect(properties[2].databaseDefault == "'y'" && properties[2].domain == DomainDefinition("text"))
        #expect(properties[3].typeValues == ["good", "bad"])
        #expect(!definition.indexes[0].isConstraint)
        #expect(
            definition.warnings.map { "\($0.code.rawValue) \($0.path ?? "")" } == [
                "UNKNOWN_KEY properties.c.postgresql.domain.checks", "ODD_VALUE indexes.once",
            ])
        for wrong in [#""identity": "never""#, #""domain": "text""#, #""enum": ["a", 1]"#, #""enum": []"#] {
            let json = #"{"name": "A", "properties": {"a": {"type": "string", "postgresql": {\#(wrong)}}}}"#
            let error = #expect(throws: SchemaError.self) { try ModelDefinition(json: Array(json.utf8)) }
            #expect(error?.description.contains("properties.a.postgresql.") == true, "\(wrong)")
        }
    }

    @Test func `Schemas say what they don't agree on`() throws {
        let one = ModelDefinition(
            "A", properties: [.id("id"), .string("name"), .number("count")],
            relations: [.hasMany("bs", "B", foreignKey: "aId")])
        let b = ModelDefinition("B", properties: [.id("id"), .number("aId"), .number("other")])
        var two = one
        two.table = "as"
        two.properties[1].column = "full_name"
        two.properties[2].dataType = "bigint"
        two.properties.append(.string("more"))
        two.relations = [.hasMany("bs", "B", foreignKey: "other")]
        let (own, other) = (
            try Schema(uncheckedScopes: [one, b]), try Schema(uncheckedScopes: [two, b, ModelDefinition("C")])
        )
        #expect(own.differences(from: own).isEmpty)
        #expect(
            own.differences(from: other).map(\.description) == [
                "A.table: public.a here, public.as there", "A.name.column: name here, full_name there",
                "A.count.type: integer here, bigint there", "A.more: nothing here, a property there",
                "A.bs.keys: id to aId here, id to other there", "C: nothing here, a model there",
            ])
    }
}
