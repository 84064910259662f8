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
