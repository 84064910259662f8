// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Records that are written as text, and made of it again.
@Suite struct ExportTests {
    private static let rows = """
        INSERT INTO person (id, email, name, age, city_id, secret, points, tags, data) VALUES
          (1, '', 'Ada, "A"', 36, 1, 's', 12.5, '{x,"a,b",NULL}', '{"k": [1, "v"]}'), (2, NULL, E'B\\nob', NULL, NULL, NULL, NULL, '{}', '"t"'),
          (3, 'z', 'Zoë', 0, 2, NULL, 0, NULL, '12');

        """

    private static func text(_ export: RecordExport) async throws -> String {
        var bytes: [UInt8] = []
        for try await piece in export { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `Lines of JSON and CSV of what a filter finds`() async throws {
        let world = try await BulkWorld("export", sql: Self.rows)
        let fields: JSONValue = ["id", "email", "name", "tags", "data"]
        #expect(
            try await Self.text(
                world.database.exportRecords(of: "Person", filter: ["fields": fields, "order": "id DESC", "limit": 2]))
                == #"{"id":3,"email":"z","name":"Zoë","tags":null,"data":12}"# + "\n"
                + #"{"id":2,"email":null,"name":"B\nob","tags":[],"data":"t"}"# + "\n")
        #expect(
            try await Self.text(
                world.database.exportRecords(
                    of: "Person", filter: ["fields": fields, "order": "id"], format: .csv, batchSize: 2))
                == "id,email,name,tags,data\r\n1,\"\",\"Ada, \"\"A\"\"\",\"[\"\"x\"\",\"\"a,b\"\",null]\",\"{\"\"k\"\": [1, \"\"v\"\"]}\"\r\n2,,\"B\nob\",[],\"\"\"t\"\"\"\r\n3,z,Zoë,,12\r\n"
        )
        // No records have a header all the same.
        #expect(
            try await Self.text(
                world.database.exportRecords(of: "City", filter: ["where": ["id": 99]], format: .csv)) == "id,name\r\n")
        #expect(try await Self.text(world.database.exportRecords(of: "City", filter: ["where": ["id": 99]])) == "")
    }

    @Test func `Hidden properties are never written, and trees are lines of JSON`() async throws {
        let world = try await BulkWorld("tree", sql: Self.rows)
        for format in RecordFormat.allCases {
            let text = try await Self.text(world.database.exportRecords(of: "Person", format: format))
            #expect(!text.contains("secret"))
        }
        let filter: JSONValue = ["where": ["id": 1], "fields": ["id"], "include": "city"]
        #expect(
            try await Self.text(world.database.exportRecords(of: "Person", filter: filter))
                == #"{"id":1,"city":{"id":1,"name":"Oslo"}}"# + "\n")
        #expect(throws: PlannerError.self) {
            try world.database.exportRecords(of: "Person", filter: filter, format: .csv)
        }
    }

    @Test(arguments: RecordFormat.allCases, [ConflictPolicy.fail, .update])
    func `What is exported is imported as the same table`(format: RecordFormat, policy: ConflictPolicy) async throws {
        let (test, database) = try await WrittenTypeTests.open("bulk_\(format)_\(policy)")
        let partial = JSONValue.object(
            WrittenTypeTests.columns.enumerated().filter { $0.offset.isMultiple(of: 2) }.map {
                .init($0.element.name, $0.element.value)
            })
        let infinite: JSONValue = [
            "d": "infinity", "ts": "-infinity", "tz": "infinity", "f8": "NaN", "n": .null, "nn": "NaN",
            "f4": "-Infinity",
            "filled": .null, "vc": .null,
        ]
        let records = [
            WrittenTypeTests.full, [:], partial, infinite,
        ]
        try await database.createAll("Thing", records)
        try await test.run(
            "UPDATE thing SET tz = '2024-02-29 12:00:00.123456+00', ts = '0044-03-15 12:00:00.000001 BC' WHERE id = 2")
        let table = "SELECT string_agg(x::text, E'\\n' ORDER BY id) FROM thing x"
        let before = try await test.runPlainly(table)
        let text = try await Self.text(database.exportRecords(of: "Thing", format: format))
        if policy == .fail { try await test.run("DELETE FROM thing") }
        let summary = try await database.importRecords(
            into: "Thing", from: BulkWorld.pieces(text, of: 1000), format: format, onConflict: policy, takesKeys: true)
        #expect(summary.made + summary.updated == 4)
        #expect(try await test.runPlainly(table) == before)
    }

    @Test func `Fifty thousand records go out and in again`() async throws {
        let world = try await BulkWorld(
            "back",
            sql:
                "INSERT INTO person (id, name, email, age, points, seen) SELECT n, 'name ' || n, 'e' || n, n % 90, n % 1000 / 7.0, '2024-01-01'::timestamptz + n * interval '1.000001 s' FROM generate_series(1, 50000) n;"
        )
        let sum = "SELECT md5(string_agg(p::text, ';' ORDER BY id)) FROM person p"
        let before = try await world.rows(sum)
        for format in RecordFormat.allCases {
            let export = try world.database.exportRecords(of: "Person", format: format, batchSize: 5000)
            try await world.database.withTransaction { transaction in
                try await transaction.execute("DELETE FROM person WHERE id > 25000")
                // The export is another connection's, and sees none of it.
                let summary = try await transaction.importRecords(
                    into: "Person", from: export, format: format, onConflict: .update)
                #expect((summary.made, summary.updated) == (25_000, 25_000))
            }
            #expect(try await world.rows(sum) == before)
        }
    }
}
