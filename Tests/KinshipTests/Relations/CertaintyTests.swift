// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What indexes and foreign keys say, and of which rows (B11).
@Suite struct CertaintyTests {
    /// A table for each way in which a unique index or a foreign key may not hold.
    private static let tables = """
        CREATE TABLE owner (id int PRIMARY KEY);
        INSERT INTO owner SELECT generate_series(1, 9);
        CREATE TABLE sound (id int PRIMARY KEY, owner_id int UNIQUE REFERENCES owner);
        CREATE TABLE not_valid (id int PRIMARY KEY, owner_id int);
        INSERT INTO not_valid VALUES (1, 99), (2, 1);
        ALTER TABLE not_valid ADD FOREIGN KEY (owner_id) REFERENCES owner NOT VALID;
        CREATE TABLE deferred (id int PRIMARY KEY, owner_id int UNIQUE DEFERRABLE REFERENCES owner DEFERRABLE);
        CREATE TABLE switched_off (id int PRIMARY KEY, owner_id int UNIQUE REFERENCES owner);
        ALTER TABLE switched_off DISABLE TRIGGER ALL;
        INSERT INTO switched_off VALUES (1, 99), (2, 1);
        CREATE TABLE replicated (id int PRIMARY KEY, owner_id int REFERENCES owner);
        DO $$ DECLARE t name; BEGIN FOR t IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'replicated'::regclass LOOP
            EXECUTE format('ALTER TABLE replicated ENABLE REPLICA TRIGGER %I', t); END LOOP; END $$;
        INSERT INTO replicated VALUES (1, 99), (2, 1);
        CREATE TABLE partial (id int PRIMARY KEY, owner_id int);
        CREATE UNIQUE INDEX ON partial (owner_id) WHERE id < 5;
        CREATE TABLE expressed (id int PRIMARY KEY, owner_id int);
        CREATE UNIQUE INDEX ON expressed (abs(owner_id));
        CREATE TABLE invalid (id int PRIMARY KEY, owner_id int);
        INSERT INTO invalid VALUES (1, 1), (2, 1);
        CREATE TABLE parent (id int PRIMARY KEY, owner_id int UNIQUE REFERENCES owner);
        CREATE TABLE child () INHERITS (parent);
        INSERT INTO parent VALUES (1, 1), (2, 2);
        INSERT INTO child VALUES (1, 1), (3, 99);
        CREATE TABLE parted (id int, owner_id int REFERENCES owner, PRIMARY KEY (id)) PARTITION BY RANGE (id);
        CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
        CREATE TABLE parted_off (id int, owner_id int REFERENCES owner, PRIMARY KEY (id)) PARTITION BY RANGE (id);
        CREATE TABLE parted_off_1 PARTITION OF parted_off FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
        CREATE TABLE parted_off_2 PARTITION OF parted_off_1 FOR VALUES FROM (0) TO (10);
        ALTER TABLE parted_off_2 DISABLE TRIGGER ALL;
        INSERT INTO parted_off VALUES (1, 99), (2, 1);
        """

    /// The tables, with what is known of `id` and `owner_id`: unique, unique, always with an owner.
    private static let known: [(table: String, id: Bool, owner: Bool, exists: Bool)] = [
        ("sound", true, true, true), ("not_valid", true, false, false), ("deferred", true, false, false),
        ("switched_off", true, true, false), ("replicated", true, false, false), ("partial", true, false, false),
        ("expressed", true, false, false), ("invalid", true, false, false), ("parent", false, false, false),
        ("parted", true, false, true), ("parted_off", true, false, false),
    ]

    private static func schema() throws -> Schema {
        let models = known.map { known in
            #"{"name": "\#(known.table)", "idInjection": false, "postgresql": {"table": "\#(known.table)"}, "properties": {"id": {"type": "number", "id": true}, "ownerId": {"type": "number", "postgresql": {"columnName": "owner_id"}}}, "relations": {"owner": {"type": "belongsTo", "model": "Owner", "foreignKey": "ownerId"}}}"#
        }
        let relations = known.map {
            #""\#($0.table)": {"type": "hasOne", "model": "\#($0.table)", "foreignKey": "ownerId"}"#
        }
        let owner =
            #"{"name": "Owner", "idInjection": false, "properties": {"id": {"type": "number", "id": true}}, "relations": {\#(relations.joined(separator: ", "))}}"#
        return try Schema(
            definitions: (models + [owner]).map { try ModelDefinition(json: Array($0.utf8), file: nil) })
    }

    private static let opened = Task {
        let server = try await TestDatabase.named("certainty")
        try await server.run(tables)
        // An index that was not finished.
        _ = try? await server.run("CREATE UNIQUE INDEX CONCURRENTLY unfinished ON invalid (owner_id)")
        return server.url
    }

    private func open(_ strategy: Strategy? = nil) async throws -> Database {
        try await Database.open(
            schema: try Self.schema(), connection: ConnectionConfiguration(url: try await Self.opened.value),
            trees: TreeOptions(strategy: strategy))
    }

    @Test func theCatalogKnows() async throws {
        let database = try await open()
        let catalog = try #require(database.schema.catalog)
        for known in Self.known {
            #expect(catalog.isUnique(schema: "public", table: known.table, columns: ["id"]) == known.id, "\(known)")
            #expect(
                catalog.isUnique(schema: "public", table: known.table, columns: ["owner_id"]) == known.owner,
                "\(known)")
            #expect(
                catalog.hasForeignKey(
                    from: .init("public", known.table), columns: ["owner_id"], to: .init("public", "owner"),
                    columns: ["id"]) == known.exists, "\(known)")
        }
        #expect(catalog.table("public", "parent")?.hasInheritors == true)
        #expect(catalog.table("public", "parted")?.hasInheritors == false)
        await database.close()
    }

    @Test(arguments: known.map(\.table), Strategy.allCases)
    func recordsThatDontExistAreNotShown(table: String, strategy: Strategy) async throws {
        let database = try await open(strategy)
        let shown = try JSONValue(
            parsing: try await database.find(
                table, filter: ["include": ["relation": "owner", "scope": ["fields": ["id"]]]]
            ).json())
        guard case .array(let rows) = shown else { return }
        for row in rows {
            let isThere = row["ownerId"].map { $0 != .null && $0 != 99 } ?? false
            #expect(row["owner"] == (isThere ? ["id": row["ownerId"] ?? .null] : .null))
        }
        await database.close()
    }

    @Test(arguments: known.map(\.table), Strategy.allCases)
    func rowsComeOnce(table: String, strategy: Strategy) async throws {
        let database = try await open(strategy)
        for filter: JSONValue in [
            ["order": .string("\(table).id DESC")], ["include": .string(table)],
            ["order": .string("\(table).ownerId"), "limit": 9, "include": .string(table)],
        ] {
            let owners = try await database.find("Owner", filter: filter)
            #expect(owners.count == 9)
            let rows = try await database.find(table, filter: ["include": ["owner": .string(table)]])
            #expect(rows.count == Int(try await database.count(table).count))
        }
        let one = try await database.findById("Owner", id: 1, filter: ["include": .string(table)])
        #expect(one.count == 1)
        await database.close()
    }

    @Test func aKeyThatIsSharedFindsOneRecord() async throws {
        let database = try await open()
        #expect(try await database.findById("parent", id: 1).count == 1)
        #expect(try await database.find("parent", filter: ["where": ["id": 1]]).count == 2)
        let two = try await database.find("Owner", filter: ["where": ["id": ["inq": [1, 2]]], "include": "parent"])
        #expect(two.count == 2)
        await database.close()
    }

    @Test func sessionsThatWriteAsReplicasKeepToNothing() async throws {
        let server = try await TestDatabase.named("certainty_replica")
        try await server.run(Self.tables)
        try await server.run("ALTER DATABASE \"\(server.name)\" SET session_replication_role = replica")
        let database = try await Database.open(
            schema: try Self.schema(), connection: ConnectionConfiguration(url: server.url))
        let catalog = try #require(database.schema.catalog)
        #expect(
            !catalog.hasForeignKey(
                from: .init("public", "sound"), columns: ["owner_id"], to: .init("public", "owner"), columns: ["id"]))
        await database.close()
    }
}
