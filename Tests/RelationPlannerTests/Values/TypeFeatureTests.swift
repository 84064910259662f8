// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// Types without a decoder are compared by the operators that the catalog has for them (B9).
@Suite struct TypeFeatureTests {
    private static var citext: ColumnType {
        let comparisons = ["=", "<>", "<", "<=", ">", ">=", "~~", "!~~", "~~*", "!~~*", "~", "~*"]
        var type = ColumnType(
            oid: 90_001, name: "ext.citext", category: .other, arrayOID: 90_002, equalityIsBytewise: false)
        type.features = TypeFeatures(
            operators: Dictionary(uniqueKeysWithValues: comparisons.map { ($0, "ext") }), isOrdered: true,
            isHashed: true,
            extremes: "ext")
        return type
    }

    private static var mood: ColumnType {
        var type = ColumnType(
            oid: 90_003, name: "public.mood", category: .enumeration(labels: ["sad", "ok"]), arrayOID: 90_004,
            equalityIsBytewise: true)
        type.isBehindDomain = true
        return type
    }

    private func schema() throws -> Schema {
        let members = #"""
            {"name": "Member", "properties": {"id": {"type": "number", "id": true}, "email": "string", "mood": "string",
             "ip": "string", "span": "string", "day": "date"},
             "relations": {"mails": {"type": "hasMany", "model": "Mail", "foreignKey": "to", "primaryKey": "email"}}}
            """#
        let mails = #"{"name": "Mail", "properties": {"id": {"type": "number", "id": true}, "to": "string"}}"#
        let catalog = Catalog([
            Catalog.Table(
                name: "member",
                columns: [
                    .init("id", .int4), .init("email", Self.citext), .init("mood", Self.mood),
                    .init("ip", ColumnType(named: "inet")), .init("span", ColumnType(named: "int4range")),
                    .init("day", .date),
                ], primaryKey: ["id"]),
            Catalog.Table(name: "mail", columns: [.init("id", .int4), .init("to", Self.citext)], primaryKey: ["id"]),
        ])
        return try Schema(definitions: [members, mails].map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            .applying(catalog)
    }

    private func text(_ filter: String) throws -> String {
        let schema = try schema()
        let checked = try ScopedSchema(schema).resolved(
            try schema.filter(filter, for: "Member"), for: schema.id(of: "Member"))
        let shape = checked.parameterized().shape
        return try Planner(schema: schema, catalog: schema.catalog).plan(shape, for: schema.id(of: "Member"))
            .fetches.map(\.text).joined(separator: "\n")
    }

    @Test(arguments: [
        (#"{"where": {"email": "a"}}"#, #"t."email" OPERATOR("ext".=) $1::ext.citext"#),
        (#"{"where": {"email": {"inq": ["a"]}}}"#, #"t."email" OPERATOR("ext".=) ANY($1::ext.citext[])"#),
        (#"{"where": {"email": {"nin": ["a"]}}}"#, #"t."email" OPERATOR("ext".<>) ALL($1::ext.citext[])"#),
        (
            #"{"where": {"email": {"between": ["a", "b"]}}}"#,
            #"(t."email" OPERATOR("ext".>=) $1::ext.citext AND t."email" OPERATOR("ext".<=) $2::ext.citext)"#
        ),
        (#"{"where": {"email": {"like": "a%"}}}"#, #"t."email" OPERATOR("ext".~~) $1"#),
        (#"{"where": {"email": {"regexp": "/a/i"}}}"#, #"t."email" OPERATOR("ext".~*) $1"#),
        (#"{"order": "email", "after": {"email": "a", "id": 1}}"#, #"t."email" OPERATOR("ext".>) $1::ext.citext"#),
        (#"{"where": {"mood": {"gt": "sad"}}}"#, #"t."mood"::public.mood > $1"#),
        (#"{"where": {"ip": {"containedBy": "10.0.0.0/8"}}}"#, #"t."ip" <<= $1::inet"#),
        (#"{"where": {"span": {"contains": 3}}}"#, #"t."span" @> $1::int4range"#),
        (#"{"where": {"ip": {"like": "10.%"}}}"#, #"CASE WHEN t."ip" IS NOT NULL THEN concat(t."ip") END LIKE $1"#),
        (#"{"fields": "ip"}"#, #"SELECT CASE WHEN t."ip" IS NOT NULL THEN concat(t."ip") END FROM"#),
        (#"{"fields": ["email"], "distinct": true}"#, #"SELECT DISTINCT ON (t."email") t."email"::text FROM"#),
        (#"{"fields": ["mood"], "distinct": true}"#, #"SELECT DISTINCT ON (t."mood"::public.mood) t."mood" FROM"#),
        (#"{"include": "mails"}"#, #"t."to" OPERATOR("ext".=) k."key""#),
        (#"{"order": "mails.max(to)"}"#, #"(SELECT "ext".max(r1."to") FROM"#),
    ]) func operatorsAreTheTypesOwn(filter: String, sql: String) throws {
        let text = try text(filter)
        #expect(text.contains(sql), "\(text)")
    }

    @Test func instantsInsideADayAreComparedAsInstants() throws {
        let schema = try schema()
        func type(_ value: String) throws -> ColumnType? {
            let filter = try schema.filter(#"{"where": {"day": \#(value)}}"#, for: "Member")
            guard case .comparison(_, _, let bound) = filter.condition else { return nil }
            return bound.type
        }
        #expect(try type(#""2026-03-31""#) == .date)
        #expect(try type(#""2026-03-31T00:00:00Z""#) == .date)
        #expect(try type(#""2026-03-31T12:00:00Z""#) == .timestamp)
        let list = try schema.filter(
            #"{"where": {"day": {"inq": ["2026-03-31", "2026-03-31T12:00:00Z"]}}}"#, for: "Member")
        guard case .member(_, let values, _, _) = list.condition else { throw PlannerError(.unsupported, "no list") }
        #expect(values.type == ColumnType.timestamp.array)
    }

    @Test func namesThatAreNoLabelsAreNoRows() throws {
        let schema = try schema()
        let member = schema[try schema.id(of: "Member")]
        func isNever(_ property: String, _ name: String) -> Bool {
            member.condition(member.propertyIDs[property] ?? 0, names: name) == .never
        }
        #expect(isNever("mood", "Book") && !isNever("mood", "ok"))
        #expect(isNever("id", "Book") && isNever("id", "7") && isNever("ip", "Book"))
        #expect(!isNever("email", "Book"))
    }
}
