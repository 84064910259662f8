// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What is read from a server's catalogs, and in how many round trips.
@Suite struct CatalogTests {
    private static let definitions = [
        #"{"name": "Customer", "options": {"postgresql": {"schema": "shop", "table": "customer"}}, "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string"}}, "relations": {"tags": {"type": "hasAndBelongsToMany", "model": "Tag"}}}"#,
        #"{"name": "Order", "options": {"postgresql": {"schema": "shop", "table": "Or\"ders"}}, "properties": {"id": {"type": "number", "id": true}}}"#,
        #"{"name": "Tag", "options": {"postgresql": {"schema": "shop", "table": "tag"}}, "properties": {"id": {"type": "number", "id": true}}, "relations": {"customers": {"type": "hasAndBelongsToMany", "model": "Customer"}}}"#,
        #"{"name": "Part", "options": {"postgresql": {"schema": "shop", "table": "part"}}, "properties": {"id": {"type": "number", "id": true}}}"#,
        #"{"name": "Summary", "options": {"postgresql": {"schema": "shop", "table": "summary"}}, "properties": {"id": {"type": "number", "id": true}}}"#,
    ]

    private static let tables = """
        CREATE SCHEMA shop; CREATE TYPE shop.mood AS ENUM ('good', 'bad');
        CREATE TABLE shop.customer (id int PRIMARY KEY, name text, moods shop.mood[], mood shop.mood, UNIQUE (name) DEFERRABLE);
        CREATE TABLE shop."Or""ders" (id int, part int, "customer of" int REFERENCES shop.customer, late int
            CONSTRAINT late REFERENCES shop.customer DEFERRABLE, raw int, off int CONSTRAINT off REFERENCES shop.customer,
            note text COLLATE "C", PRIMARY KEY (id, part));
        ALTER TABLE shop."Or""ders" ADD CONSTRAINT raw FOREIGN KEY (raw) REFERENCES shop.customer NOT VALID;
        CREATE INDEX sorted ON shop."Or""ders" ("customer of", note DESC NULLS LAST, note COLLATE "POSIX",
            note text_pattern_ops, lower(note)) INCLUDE (raw);
        CREATE INDEX partial ON shop."Or""ders" USING hash (part) WHERE part > 0;
        CREATE TABLE shop.part (id int, PRIMARY KEY (id)) PARTITION BY LIST (id);
        CREATE TABLE shop.tag (id int PRIMARY KEY); ALTER TABLE shop.tag ENABLE ROW LEVEL SECURITY;
        CREATE TABLE shop.customertag (id int PRIMARY KEY, customerid int REFERENCES shop.customer, tagid int, FOREIGN KEY (tagid) REFERENCES shop.tag);
        CREATE VIEW shop.summary AS SELECT id FROM shop.customer;
        INSERT INTO shop.customer SELECT n, 'abc' || lpad(n::text, 4, '0'), '{}', 'good' FROM generate_series(1, 700) n;
        ANALYZE shop.customer;
        """

    private func schema() throws -> Schema {
        try Schema(definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
    }

    private func catalog(_ url: String) async throws -> Catalog {
        let database = try await Database.open(
            schema: try schema(), connection: ConnectionConfiguration(url: url),
            pool: PoolConfiguration(maximumConnections: 1))
        let catalog = database.schema.catalog
        await database.close()
        return try #require(catalog)
    }

    private func database(_ name: String) async throws -> TestDatabase {
        let database = try await TestDatabase.named("catalog_\(name)")
        try await database.run(Self.tables)
        return database
    }

    /// What the tables above are, whatever the session's settings.
    private func check(_ catalog: Catalog) throws {
        let orders = try #require(catalog.table("shop", "Or\"ders"))
        #expect(orders.kind == .table)
        #expect(orders.primaryKey == ["id", "part"])
        let customer = Catalog.TableName("shop", "customer")
        #expect(
            orders.foreignKeys == [
                .init(
                    name: #"Or"ders_customer of_fkey"#, columns: ["customer of"], target: customer,
                    targetColumns: ["id"]),
                .init(name: "late", columns: ["late"], target: customer, targetColumns: ["id"], isDeferrable: true),
                .init(name: "off", columns: ["off"], target: customer, targetColumns: ["id"]),
                .init(name: "raw", columns: ["raw"], target: customer, targetColumns: ["id"], isValid: false),
            ])
        let name = Catalog.TableName("shop", "Or\"ders")
        #expect(catalog.hasForeignKey(from: name, columns: ["customer of"], to: customer, columns: ["id"]))
        #expect(!catalog.hasForeignKey(from: name, columns: ["raw"], to: customer, columns: ["id"]))
        #expect(!catalog.hasForeignKey(from: name, columns: ["late"], to: customer, columns: ["id"]))
        #expect(
            orders.indexes.first { $0.name == "sorted" }?.columns == [
                .init("customer of"), .init("note", isDescending: true, nullsFirst: false),
                .init("note", hasColumnCollation: false), .init("note", hasTypeOrder: false),
                .init("lower(note)", isExpression: true),
            ])
        let partial = try #require(orders.indexes.first { $0.name == "partial" })
        #expect((partial.method, partial.isPartial, partial.columns) == ("hash", true, [.init("part")]))
        #expect(catalog.isUnique(schema: "shop", table: "customer", columns: ["id"]))
        #expect(!catalog.isUnique(schema: "shop", table: "customer", columns: ["name"]))
        #expect(catalog.table("shop", "part")?.kind == .partitioned)
        #expect(catalog.table("shop", "summary")?.kind == .view)
        #expect(catalog.estimatedRows(schema: "shop", table: "customer") == 700)
        #expect(catalog.estimatedRows(schema: "shop", table: "tag") == nil)
        #expect(catalog.estimatedRows(schema: "shop", table: "summary") == nil)
        #expect(catalog.table("shop", "tag")?.hasRowSecurity == true)
        #expect(catalog.table("shop", "customer")?.hasRowSecurity == false)
        // Types by names that mean the same whatever the session's search_path.
        #expect(catalog.table("shop", "customer")?.columns["mood"]?.type.name == "shop.mood")
        #expect(catalog.table("shop", "customer")?.columns["moods"]?.type.name == "shop.mood[]")
        // The name a link model that was made got is not the one its table has.
        #expect(catalog.table("shop", "customertag")?.foreignKeys.count == 2)
    }

    @Test func `Keys, indexes, sizes and statistics`() async throws {
        let database = try await database("all")
        let found = try await catalog(database.url)
        try check(found)
        #expect(!found.isDistributed)
        #expect(found.table("shop", "customer")?.columns["id"]?.estimatedDistinct == 700)
        #expect(found.table("shop", "customer")?.columns["name"]?.estimatedDistinct == 700)
        #expect(found.table("shop", "customer")?.columns["mood"]?.estimatedDistinct == 1)
        #expect(found.estimatedRowsPerKey(schema: "shop", table: "customer", columns: ["mood"]) == 700)
        #expect(found.table("shop", "customer")?.columns["id"]?.correlation == 1)
        #expect(found.isClustered(schema: "shop", table: "customer", column: "id"))
        #expect(found.table("shop", "tag")?.columns["id"]?.correlation == nil)
        #expect(!found.isClustered(schema: "shop", table: "tag", column: "id"))
        #expect(found.estimatedRowsPerKey(schema: "shop", table: "customer", columns: ["mood", "id"]) == 1)
        #expect(found.estimatedRowsPerKey(schema: "shop", table: "tag", columns: ["id"]) == nil)
        #expect(found.table("shop", "tag")?.columns["id"]?.estimatedDistinct == nil)
    }

    @Test func `The link model is called after the table that exists`() async throws {
        let database = try await database("links")
        let opened = try await Database.open(
            schema: try schema(), connection: ConnectionConfiguration(url: database.url))
        #expect(opened.schema.model("CustomerTag")?.table == "customertag")
        #expect(opened.schema.model("TagCustomer") == nil)
        #expect(try await opened.find("Customer", filter: #"{"limit": 1, "include": "tags"}"#).count == 1)
        await opened.close()
    }

    @Test func `One round trip, whatever comes first in the search path`() async throws {
        let database = try await database("hostile")
        try await database.run(
            """
            CREATE SCHEMA evil;
            CREATE FUNCTION evil.same(name, text) RETURNS boolean LANGUAGE sql AS 'SELECT false';
            CREATE OPERATOR evil.= (LEFTARG = name, RIGHTARG = text, FUNCTION = evil.same);
            CREATE FUNCTION evil.unnest(text[]) RETURNS SETOF text LANGUAGE sql AS 'SELECT NULL::text WHERE false';
            CREATE FUNCTION evil.format_type(oid, integer) RETURNS text LANGUAGE sql AS $$SELECT 'evil'::text$$;
            CREATE FUNCTION evil.ts_stat(text) RETURNS TABLE (word text, ndoc int, nentry int) LANGUAGE sql AS $$SELECT 'evil'::text, 1, 1$$;
            CREATE TABLE evil.pg_dist_partition (logicalrelid regclass);
            """)
        try await database.run("ALTER DATABASE \"\(database.name)\" SET search_path = evil, shop, pg_catalog")
        let configuration = try ConnectionConfiguration(url: database.url)
        let opened = try await Database.open(
            schema: try schema(), connection: configuration, pool: PoolConfiguration(maximumConnections: 1))
        try check(try #require(opened.schema.catalog))
        // The session is as it was.
        let path = try await opened.pool.withConnection { connection in
            try await connection.execute(Statement("SELECT pg_catalog.current_setting('search_path')"))
                .decode(String.self, row: 0, column: 0)
        }
        #expect(path == "evil, shop, pg_catalog")
        func counters() async throws -> Counters { try await opened.pool.withConnection { $0.counters } }
        let before = try await counters()
        try await opened.refreshCatalog()
        let after = try await counters()
        #expect(after.roundTrips - before.roundTrips == 1)
        #expect(after.statements - before.statements == 7)
        #expect(after.preparations == before.preparations)
        await opened.close()
    }

    @Test func `Catalogs that may not be read, and those of Citus`() async throws {
        let server = try await PrivateServer.start()
        try await server.run(Self.tables)
        try await server.run("ALTER TABLE shop.\"Or\"\"ders\" DISABLE TRIGGER ALL")
        try await server.run(
            """
            SET allow_system_table_mods = on;
            CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass, partmethod "char", partkey text, colocationid int, repmodel "char");
            CREATE FUNCTION pg_catalog.column_to_column_name(regclass, text) RETURNS text LANGUAGE sql AS 'SELECT $2';
            INSERT INTO pg_catalog.pg_dist_partition VALUES ('shop."Or""ders"', 'h', 'customer of', 1, 's'),
                ('shop.customer', 'n', NULL, 2, 't'), ('shop.tag', 'n', NULL, 3, 's'), ('shop.part', 'n', NULL, 0, 's');
            REVOKE SELECT ON pg_catalog.pg_stats FROM public;
            CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA shop TO reader;
            """)
        let found = try await catalog(server.url)
        #expect(found.isDistributed)
        #expect(found.table("shop", "Or\"ders")?.distribution == .distributed(column: "customer of"))
        #expect(found.table("shop", "customer")?.distribution == .reference)
        #expect(found.table("shop", "tag")?.distribution == .distributed(column: nil))
        #expect(found.table("shop", "part")?.distribution == Catalog.Distribution.none)
        // The rows are on other nodes.
        #expect(found.estimatedRows(schema: "shop", table: "customer") == nil)
        // What is switched off doesn't hold, although it was checked.
        #expect(found.table("shop", "Or\"ders")?.foreignKeys.allSatisfy { !$0.isValid } == true)

        var reader = try ConnectionConfiguration(url: server.url)
        reader.user = "reader"
        let opened = try await Database.open(schema: try schema(), connection: reader)
        let read = try #require(opened.schema.catalog)
        await opened.close()
        #expect(!read.isDistributed)
        #expect(read.table("shop", "customer")?.columns["id"]?.estimatedDistinct == nil)
        #expect(read.table("shop", "Or\"ders")?.foreignKeys.count == 4)
    }
}
