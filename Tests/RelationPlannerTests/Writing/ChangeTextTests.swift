// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// What changes come to: the statements, whose texts depend on which properties are written, never on values or numbers of
/// records.
@Suite struct ChangeTextTests {
    private let schema: Schema

    init() throws { schema = try Conformance.schema.get() }

    private var defaults: DefaultValues { DefaultValues { _ in nil } }

    private func model(_ name: String) throws -> Model { try #require(schema.model(name)) }

    private func records(
        _ model: Model, _ data: [JSONValue], _ purpose: DataReader.Purpose = .create
    ) throws -> [RecordData] {
        var reader = DataReader(schema, model, purpose, defaults)
        let records = reader.records(data)
        try reader.finish()
        return records
    }

    private func text(_ change: Change, _ model: Model, fields: [String] = ["id"]) throws -> [String] {
        var shape = Filter()
        shape.fields = fields.compactMap { model.property($0)?.id }
        let plan = try Planner(schema: schema).plan(change, answering: shape, for: model.id)
        let fetch = plan.fetches[0]
        return fetch.ahead.map(\.text) + [fetch.text]
    }

    private func relation(_ name: String, of source: String, key: Int64 = 3) throws -> RelationChanges {
        let source = try model(source)
        let relation = try #require(source.relation(name))
        let include = try Conformance.scoped.get().resolved(
            accessor: try schema.accessor(name, filter: nil, of: source.id), of: source.id)
        return try RelationChanges(
            schema, relation, key: [BoundValue(.int4, .integer(key))], sourceScope: .always, scope: include.scope,
            linkScope: include.link?.condition ?? .always)
    }

    // MARK: Records

    @Test func `One record, by its values`() throws {
        let order = try model("Order")
        let change = ModelChanges(schema, order).create(try records(order, [["total": 5, "status": "open"]]))
        #expect(
            try text(change, order) == [
                #"INSERT INTO "public"."orders" AS t ("total", "status") VALUES ($1, $2) RETURNING t."id""#
            ])
    }

    @Test func `Many records, one text for any number`() throws {
        let order = try model("Order")
        let texts = try [2, 3].map { count in
            let data = (0..<count).map {
                JSONValue.object([.init("total", .number("\($0)")), .init("status", "open")])
            }
            return try text(ModelChanges(schema, order).create(try records(order, data)), order)
        }
        #expect(texts[0] == texts[1])
        #expect(
            texts[0] == [
                #"INSERT INTO "public"."orders" AS t ("total", "status") SELECT v."c1", v."c2" FROM unnest($1, $2) WITH ORDINALITY AS v("c1", "c2", "place") ORDER BY v."place" RETURNING t."id""#
            ])
    }

    @Test func `An upsert changes first, and makes what isn't there`() throws {
        let product = try model("Product")
        var reader = DataReader(schema, product, .update, defaults)
        reader.takesKey = true
        let data = reader.record(["id": 1, "name": "x"])
        try reader.finish()
        let change = ModelChanges(schema, product).upsert(key: [BoundValue(.int4, .integer(1))], .always, data, data)
        #expect(
            try text(change, product) == [
                #"WITH "changed" AS (UPDATE "public"."product" AS t SET "name" = $1 WHERE t."id" = $2 RETURNING t."id"), "made" AS (INSERT INTO "public"."product" AS t ("id", "name") SELECT $3, $4 WHERE NOT EXISTS (SELECT FROM "changed") ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name" RETURNING t."id") SELECT t."id" FROM "changed" AS t UNION ALL SELECT t."id" FROM "made" AS t"#
            ])
    }

    @Test func `A find-or-create waits for others that want the same`() throws {
        let tag = try model("Tag")
        let filter = try schema.filter(#"{"where": {"label": "x"}}"#, for: "Tag")
        let change = ModelChanges(schema, tag).findOrCreate(filter, try records(tag, [["label": "x"]])[0])
        #expect(
            try text(change, tag) == [
                "SELECT pg_advisory_xact_lock(s.k) FROM (SELECT DISTINCT hashtextextended(n, 0) AS k FROM unnest($1) AS n ORDER BY 1) AS s",
                #"WITH "found" AS MATERIALIZED (SELECT t."id" FROM "public"."tag" AS t WHERE t."label" = $1 ORDER BY t."id" LIMIT $2), "made" AS (INSERT INTO "public"."tag" AS t ("label") SELECT $3 WHERE NOT EXISTS (SELECT FROM "found") RETURNING t."id") SELECT t."id", 0 FROM "found" AS t UNION ALL SELECT t."id", 1 FROM "made" AS t"#,
            ])
    }

    @Test func `Atomic operators are expressions over the row's own columns`() throws {
        let product = try model("Product")
        var reader = DataReader(schema, product, .update, defaults)
        let data = reader.record(["$inc": ["stock": -1]])
        try reader.finish()
        let change = ModelChanges(schema, product).update(key: [BoundValue(.int4, .integer(1))], .always, data)
        #expect(
            try text(change, product) == [
                #"UPDATE "public"."product" AS t SET "stock" = coalesce(t."stock", 0) + $1 WHERE t."id" = $2 RETURNING t."id""#
            ])
    }

    @Test func `Values that happen to be equal make no other text`() throws {
        let product = try model("Product")
        let texts = try [["stock": 1, "price": 1], ["stock": 1, "price": 2]].map { (data: JSONValue) in
            var reader = DataReader(schema, product, .update, defaults)
            let data = reader.record(data)
            return try text(
                ModelChanges(schema, product).update(key: [BoundValue(.int4, .integer(1))], .always, data), product)
        }
        #expect(texts[0] == texts[1])
        #expect(texts[0][0].contains("$3"))
    }

    // MARK: Relations

    @Test func `A target is made of the record itself`() throws {
        let change = try relation("orders", of: "Customer").create(
            try records(try model("Order"), [["total": 5]]))
        #expect(
            try text(change, try model("Order")) == [
                #"WITH "parent" AS MATERIALIZED (SELECT t."id" AS "kinship_0" FROM "public"."customer" AS t WHERE t."id" = $1 FOR KEY SHARE OF t), "made" AS (INSERT INTO "public"."orders" AS t ("customer_id", "total") SELECT "parent"."kinship_0", $2 FROM "parent" RETURNING t."id") SELECT t."id" FROM "made" AS t"#
            ])
    }

    @Test func `A hasOne is looked for when nobody else can make it`() throws {
        let change = try relation("profile", of: "Customer").create(
            try records(try model("Profile"), [["bio": "b"]]))
        #expect(
            try text(change, try model("Profile")) == [
                #"SELECT 1 FROM "public"."customer" AS t WHERE t."id" = $1 FOR NO KEY UPDATE OF t"#,
                #"WITH "parent" AS MATERIALIZED (SELECT t."id" AS "kinship_0" FROM "public"."customer" AS t WHERE t."id" = $1 FOR KEY SHARE OF t), "made" AS (INSERT INTO "public"."profile" AS t ("customer_id", "bio") SELECT "parent"."kinship_0", $2 FROM "parent" WHERE NOT EXISTS (SELECT FROM "public"."profile" AS t WHERE t."customer_id" = "parent"."kinship_0") RETURNING t."id") SELECT t."id" FROM "made" AS t"#,
            ])
    }

    @Test func `A target is made where none is found when nobody else can make it`() throws {
        let orders = try relation("orders", of: "Customer")
        let change = try orders.findOrCreate(orders, try records(try model("Order"), [["total": 5]])[0], link: nil)
        let texts = try text(change, try model("Order"))
        #expect(texts.count == 2)
        #expect(texts[0].contains("pg_advisory_xact_lock"))
        for part in [
            #""found" AS MATERIALIZED (SELECT t."id" FROM "public"."orders" AS t WHERE t."customer_id" = $2 AND (SELECT count(*) FROM "parent") = $3 ORDER BY "#,
            #"SELECT "parent"."kinship_0", $5 FROM "parent" WHERE NOT EXISTS (SELECT FROM "found") RETURNING t."id")"#,
            #"SELECT t."id", 0 FROM "found" AS t UNION ALL SELECT t."id", 1 FROM "made" AS t"#,
        ] {
            #expect(texts[1].contains(part), "\(part) in \(texts[1])")
        }
        // Of a list of keys the list stays as it is where one is found.
        let listed = try relation("favorites", of: "Customer")
        let data = try records(listed.target, [["name": "x"]], .update)
        let appended = try listed.findOrCreate(listed, data[0], link: nil)
        #expect(try text(appended, listed.target).last?.contains(#"(SELECT count(*) FROM "made") = "#) == true)
    }

    @Test func `A target and its link are one statement`() throws {
        let change = try relation("patients", of: "Physician").create(
            try records(try model("Patient"), [["name": "P"]]))
        #expect(
            try text(change, try model("Patient")) == [
                #"WITH "parent" AS MATERIALIZED (SELECT t."id" AS "kinship_0" FROM "public"."physician" AS t WHERE t."id" = $1 FOR KEY SHARE OF t), "made" AS (INSERT INTO "public"."patient" AS t ("name") SELECT $2 FROM "parent" RETURNING t."id", t."id" AS "kinship_0"), "linked" AS (INSERT INTO "public"."appointment" AS t ("physician_id", "patient_id") SELECT "parent"."kinship_0", "made"."kinship_0" FROM "parent", "made") SELECT t."id" FROM "made" AS t"#
            ])
    }

    @Test func `A target is changed where it is the record's`() throws {
        var reader = DataReader(schema, try model("Order"), .update, defaults)
        let data = reader.record(["status": "z"])
        let change = try relation("orders", of: "Customer").update([BoundValue(.int4, .integer(53))], data)
        #expect(
            try text(change, try model("Order")) == [
                #"UPDATE "public"."orders" AS t SET "status" = $1 WHERE t."id" = $2 AND t."customer_id" = $3 RETURNING t."id""#
            ])
    }

    @Test func `Links go first, and the targets that had one`() throws {
        let change = try relation("patients", of: "Physician").destroyAll(.always)
        #expect(
            try text(change, try model("Patient")) == [
                #"WITH "found" AS MATERIALIZED (SELECT t."id" AS "kinship_0" FROM "public"."patient" AS t WHERE EXISTS (SELECT FROM "public"."appointment" AS l WHERE l."patient_id" = t."id" AND l."physician_id" = $1) FOR UPDATE OF t), "links" AS (DELETE FROM "public"."appointment" AS t WHERE t."physician_id" = $2 AND EXISTS (SELECT FROM "found" WHERE "found"."kinship_0" = t."patient_id") RETURNING t."patient_id" AS "kinship_2") DELETE FROM "public"."patient" AS t WHERE EXISTS (SELECT FROM "found" WHERE "found"."kinship_0" = t."id") AND EXISTS (SELECT FROM "links" WHERE "links"."kinship_2" = t."id")"#
            ])
    }

    @Test func `Links are made in the order of their targets' keys`() throws {
        for (name, source, target) in [("patients", "Physician", "Patient"), ("physicians", "Patient", "Physician")] {
            let change = try relation(name, of: source).set([
                [BoundValue(.int4, .integer(9))], [BoundValue(.int4, .integer(4))],
            ])
            let sql = try #require(try text(change, try model(target)).last)
            let insert = try #require(
                sql.split(separator: "INSERT INTO ", omittingEmptySubsequences: false).dropFirst().first)
            #expect(insert.contains(#" ORDER BY "want"."kinship_0""#), "\(sql)")
        }
    }

    @Test func `What several records have is set by one plan for any number of them and of targets`() throws {
        for (name, source, target) in [("patients", "Physician", "Patient"), ("orders", "Customer", "Order")] {
            let relation = try relation(name, of: source)
            func key(_ number: Int64) -> [BoundValue] { [BoundValue(.int4, .integer(number))] }
            let changes = [
                relation.setEach([key(1), key(2)], [[key(4)], [key(5), key(6)]]),
                relation.setEach([key(1), key(2), key(3)], [[key(4)], [], [key(8), key(6), key(5)]]),
                relation.setEach([key(7)], [[]]),
            ]
            let shapes = changes.map { $0.parameterized(after: 0).shape }
            #expect(Set(shapes).count == 1)
            let sql = try #require(try text(shapes[0], try model(target)).last)
            #expect(sql.split(separator: "unnest(").count > 2, "\(sql)")
        }
    }

    @Test func `What is looked for at many places is one plan for any number of them`() throws {
        let order = try model("Order")
        let status = try #require(order.property("status")).id
        let changes = [2, 5].map { count in
            ModelChanges(schema, order).seek(
                [status], (0..<count).map { [.text("s\($0)")] }, sought: count - 1, Filter())
        }
        let shapes = changes.map { $0.parameterized(after: 0).shape }
        #expect(shapes[0] == shapes[1])
        let sql = try #require(try text(shapes[0], order).last)
        #expect(
            sql.hasPrefix(
                #"SELECT t."id", v."place", v."same" FROM (SELECT v.*, min(v."place") OVER (PARTITION BY coalesce(k."status", v."c1")) AS "same" FROM unnest($1, $2) WITH ORDINALITY AS v("c1", "c2", "place") LEFT JOIN "public"."orders" AS k ON false) AS v LEFT JOIN LATERAL (SELECT t."id" FROM "public"."orders" AS t WHERE t."status" = v."c1" AND v."c2" ORDER BY t."id""#
            ), "\(sql)")
        #expect(sql.hasSuffix(#" LIMIT $3) AS t ON true ORDER BY v."place""#), "\(sql)")
    }

    @Test func `A belongsTo refers to nothing, and its target stays`() throws {
        let change = try relation("customer", of: "Order").unlinkOwner()
        #expect(
            try text(change, try model("Order")) == [
                #"UPDATE "public"."orders" AS t SET "customer_id" = $1 WHERE t."id" = $2 AND t."customer_id" IS NOT NULL"#
            ])
    }
}
