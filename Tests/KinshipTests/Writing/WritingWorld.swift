// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// A small shop with every kind of relation, in a database of its own.
///
/// Customers 1 and 2 have orders 11, 12 (open, paid) and 21 (open); a profile each; pictures 1 and 2 (of customer 1) and 3; groups: 1
/// is in A and B, 2 in B; tags x and y for 1, y for 2; labels p for 1 (and for a thing of another type with key 1); products 1 and 2
/// in the lists of 1, product 2 in those of 2. Customer 3 has nothing.
struct WritingWorld {
    /// What keys are: the type of the customers' and groups' key.
    enum Key: String, CaseIterable, CustomTestStringConvertible {
        case int, bigint, text, uuid

        /// The key that has a number.
        func json(_ number: Int) -> JSONValue {
            switch self {
            case .int: .number("\(number)")
            case .bigint: .number("\(9_223_372_036_854_775_800 + number)")
            case .text: .string("k'\(number)")
            case .uuid: .string("00000000-0000-4000-8000-00000000000\(number)")
            }
        }

        /// The same in SQL.
        func sql(_ number: Int) -> String {
            switch json(number) {
            case .string(let text): "'\(text.replacing("'", with: "''"))'"
            case let other: other.description
            }
        }

        var testDescription: String { rawValue }
    }

    let test: TestDatabase
    let database: Database
    let key: Key

    /// - Parameters:
    ///   - isKept: whether foreign keys and unique indexes keep the rows apart.
    ///   - change: SQL that runs behind the rest.
    ///   - edit: what JSON can't say of the models.
    init(
        _ name: String, key: Key = .int, isKept: Bool = false, connections: Int = 8, models: [String] = [],
        hooks: Hooks = Hooks(), sql change: String = "", edit: (inout [ModelDefinition]) -> Void = { _ in }
    ) async throws {
        test = try await TestDatabase.named("writing_\(name)")
        self.key = key
        try await test.run(Self.tables(key) + (isKept ? Self.keeping : "") + change)
        var definitions = try (Self.models(key) + models).map { try ModelDefinition(json: Array($0.utf8), file: nil) }
        edit(&definitions)
        let schema = try Schema(definitions: definitions)
        database = try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: test.url),
            pool: PoolConfiguration(maximumConnections: connections), hooks: hooks)
    }

    // MARK: Asking

    /// The rows of a query, as one text: `11,1;12,1`.
    func rows(_ sql: String) async throws -> String {
        try await test.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
    }

    /// Everything in all tables, to see that nothing happened.
    func everything() async throws -> String {
        let parts = Self.names.map {
            "(SELECT '\($0)', (SELECT coalesce(json_agg(to_jsonb(q) ORDER BY to_jsonb(q)), '[]') FROM \($0) q)::text)"
        }
        return try await rows(parts.joined(separator: " UNION ALL "))
    }

    /// Makes all rows what they were.
    func reset() async throws {
        // Those that refer to others first.
        try await test.run(Self.names.reversed().map { "DELETE FROM \($0);" }.joined() + Self.rows(key))
    }

    private static let names = [
        "customer", "grp", "tag", "label", "product", "orders", "profile", "picture", "membership", "customertag",
        "labelling",
    ]

    // MARK: Tables

    private static func tables(_ key: Key) -> String {
        let type = key.rawValue
        return """
            CREATE TABLE customer (id \(type) PRIMARY KEY, code text UNIQUE, name text NOT NULL, secret text, points int NOT NULL DEFAULT 0,
              ints int[], jsons jsonb, texts text, tags jsonb, words text[]);
            CREATE TABLE orders (id serial PRIMARY KEY, customer_id \(type), customer_code text, status text DEFAULT 'open', total numeric(8,2), sku text UNIQUE);
            CREATE TABLE profile (id serial PRIMARY KEY, customer_id \(type), bio text);
            CREATE TABLE picture (id serial PRIMARY KEY, url text, owner_id \(type), owner_type text);
            CREATE TABLE grp (id \(type) PRIMARY KEY, name text);
            CREATE TABLE membership (id serial PRIMARY KEY, customer_id \(type), group_id \(type), role text DEFAULT 'member');
            CREATE TABLE tag (id serial PRIMARY KEY, name text);
            CREATE TABLE customertag (id serial PRIMARY KEY, customerid \(type), tagid int);
            CREATE TABLE label (id serial PRIMARY KEY, name text);
            CREATE TABLE labelling (id serial PRIMARY KEY, label_id int, thing_id \(type), thing_type text);
            CREATE TABLE product (id int PRIMARY KEY, name text);

            """ + rows(key)
    }

    private static func rows(_ key: Key) -> String {
        func k(_ number: Int) -> String { key.sql(number) }
        return """
            INSERT INTO product VALUES (1, 'pen'), (2, 'ink'), (3, 'pad');
            INSERT INTO customer (id, code, name, ints, jsons, texts) VALUES (\(k(1)), 'one', 'Ada', '{1,2}', '[1,2]', '[1,2]'),
              (\(k(2)), 'two', 'Bob', '{2}', '[2]', '[2]'), (\(k(3)), 'three', 'Cy', NULL, NULL, '');
            INSERT INTO orders (id, customer_id, customer_code, status, total, sku) VALUES (11, \(k(1)), 'one', 'open', 10, 's11'),
              (12, \(k(1)), 'one', 'paid', 20, 's12'), (21, \(k(2)), 'two', 'open', 30, 's21'), (99, NULL, NULL, 'open', 1, 's99');
            INSERT INTO profile VALUES (1, \(k(1)), 'a'), (2, \(k(2)), 'b');
            INSERT INTO picture VALUES (1, 'u1', \(k(1)), 'Customer'), (2, 'u2', \(k(1)), 'Customer'), (3, 'u3', \(k(2)), 'Customer'), (4, 'u4', \(k(1)), 'Group');
            INSERT INTO grp VALUES (\(k(1)), 'A'), (\(k(2)), 'B'), (\(k(3)), 'C');
            INSERT INTO membership VALUES (1, \(k(1)), \(k(1)), 'boss'), (2, \(k(1)), \(k(2)), 'member'), (3, \(k(2)), \(k(2)), 'member');
            INSERT INTO tag VALUES (1, 'x'), (2, 'y'), (3, 'z');
            INSERT INTO customertag VALUES (1, \(k(1)), 1), (2, \(k(1)), 2), (3, \(k(2)), 2);
            INSERT INTO label VALUES (1, 'p'), (2, 'q');
            INSERT INTO labelling VALUES (1, 1, \(k(1)), 'Customer'), (2, 1, \(k(1)), 'Group');
            SELECT setval(s, 1000) FROM unnest(ARRAY['orders_id_seq', 'profile_id_seq', 'picture_id_seq', 'membership_id_seq', 'tag_id_seq',
              'customertag_id_seq', 'label_id_seq', 'labelling_id_seq']) s;

            """
    }

    private static let keeping = """
        ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customer;
        CREATE UNIQUE INDEX ON profile (customer_id);
        ALTER TABLE profile ADD FOREIGN KEY (customer_id) REFERENCES customer;
        ALTER TABLE membership ADD FOREIGN KEY (customer_id) REFERENCES customer, ADD FOREIGN KEY (group_id) REFERENCES grp;
        CREATE UNIQUE INDEX ON membership (customer_id, group_id);
        ALTER TABLE customertag ADD FOREIGN KEY (customerid) REFERENCES customer, ADD FOREIGN KEY (tagid) REFERENCES tag;
        CREATE UNIQUE INDEX ON customertag (customerid, tagid);
        CREATE UNIQUE INDEX ON labelling (label_id, thing_id, thing_type);

        """

    /// Rows of these tables take a moment to be made, so that others come in between.
    static func slowly(_ tables: String...) -> String {
        "CREATE FUNCTION wait_a_little() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.004); RETURN new; END $$;"
            + tables.map {
                "CREATE TRIGGER slow AFTER INSERT OR UPDATE ON \($0) FOR EACH ROW EXECUTE FUNCTION wait_a_little();"
            }.joined()
    }

    /// Sessions of the database have another isolation, and find deadlocks sooner, where the server lets that be said.
    static func set(_ name: String, _ value: String) -> String {
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET \(name) = %L', current_database(), '\(value)'); EXCEPTION WHEN insufficient_privilege THEN END $$;"
    }

    // MARK: Models

    private static func models(_ key: Key) -> [String] {
        let id = key == .int || key == .bigint ? #"{"type": "number", "id": true}"# : #"{"type": "string", "id": true}"#
        func column(_ name: String, _ type: String = "any") -> String {
            #"{"type": "\#(type)", "postgresql": {"columnName": "\#(name)"}}"#
        }
        let serial = #"{"type": "number", "id": true, "generated": true}"#
        return [
            """
            {"name": "Customer", "strict": true, "hidden": ["secret"],
             "properties": {"id": \(id), "code": "string", "name": {"type": "string", "required": true, "maxLength": 20}, "secret": "string",
              "points": "number", "ints": ["number"], "jsons": ["number"], "texts": ["number"], "tags": ["any"], "words": ["string"]},
             "relations": {
              "orders": {"type": "hasMany", "model": "Order", "foreignKey": "customerId"},
              "openOrders": {"type": "hasMany", "model": "Order", "foreignKey": "customerId", "scope": {"where": {"status": "open"}}},
              "lastOrders": {"type": "hasMany", "model": "Order", "foreignKey": "customerId", "scope": {"order": "id DESC", "limit": 1}},
              "coded": {"type": "hasMany", "model": "Order", "foreignKey": "customerCode", "primaryKey": "code"},
              "profile": {"type": "hasOne", "model": "Profile", "foreignKey": "customerId"},
              "pictures": {"type": "hasMany", "model": "Picture", "polymorphic": "owner"},
              "avatar": {"type": "hasOne", "model": "Picture", "polymorphic": "owner"},
              "groups": {"type": "hasMany", "model": "Group", "through": "Membership", "foreignKey": "customerId", "keyThrough": "groupId"},
              "tagged": {"type": "hasAndBelongsToMany", "model": "Tag"},
              "labels": {"type": "hasMany", "model": "Label", "through": "Labelling", "polymorphic": "thing"},
              "byInts": {"type": "referencesMany", "model": "Product", "foreignKey": "ints"},
              "byJson": {"type": "referencesMany", "model": "Product", "foreignKey": "jsons"},
              "byText": {"type": "referencesMany", "model": "Product", "foreignKey": "texts"}}}
            """,
            """
            {"name": "Order", "strict": true, "options": {"postgresql": {"table": "orders"}},
             "properties": {"id": \(serial), "customerId": \(column("customer_id")), "customerCode": \(column("customer_code", "string")),
              "status": {"type": "string", "enum": ["open", "paid", "gone"]}, "total": "number", "sku": "string"},
             "relations": {"customer": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerId"}}}
            """,
            """
            {"name": "Profile", "strict": true, "properties": {"id": \(serial), "customerId": \(column("customer_id")), "bio": "string"},
             "relations": {"customer": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerId"}}}
            """,
            """
            {"name": "Picture", "strict": true, "properties": {"id": \(serial), "url": "string", "ownerId": \(column("owner_id")),
              "ownerType": \(column("owner_type", "string"))},
             "relations": {"owner": {"type": "belongsTo", "polymorphic": true}}}
            """,
            """
            {"name": "Group", "strict": true, "options": {"postgresql": {"table": "grp"}}, "properties": {"id": \(id), "name": "string"},
             "relations": {"members": {"type": "hasMany", "model": "Customer", "through": "Membership", "foreignKey": "groupId", "keyThrough": "customerId"},
              "pictures": {"type": "hasMany", "model": "Picture", "polymorphic": "owner"}}}
            """,
            """
            {"name": "Membership", "strict": true, "properties": {"id": \(serial), "customerId": \(column("customer_id")),
              "groupId": \(column("group_id")), "role": "string"},
             "relations": {"customer": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerId"},
              "group": {"type": "belongsTo", "model": "Group", "foreignKey": "groupId"}}}
            """,
            """
            {"name": "Tag", "strict": true, "properties": {"id": \(serial), "name": "string"},
             "relations": {"customers": {"type": "hasAndBelongsToMany", "model": "Customer"}}}
            """,
            """
            {"name": "Label", "strict": true, "properties": {"id": \(serial), "name": "string"}}
            """,
            """
            {"name": "Labelling", "strict": true, "properties": {"id": \(serial), "labelId": \(column("label_id", "number")),
              "thingId": \(column("thing_id")), "thingType": \(column("thing_type", "string"))},
             "relations": {"label": {"type": "belongsTo", "model": "Label", "foreignKey": "labelId"}, "thing": {"type": "belongsTo", "polymorphic": true}}}
            """,
            """
            {"name": "Product", "strict": true, "properties": {"id": {"type": "number", "id": true}, "name": "string"}}
            """,
        ]
    }
}

/// What an operation came to: its answer, or the code of its error.
func told(_ operation: () async throws -> String) async -> String {
    do {
        return try await operation()
    } catch let error as PlannerError {
        return error.code.rawValue
    } catch let error as ValidationError {
        return "\(error.code) " + error.problems.map { "\($0.path):\($0.code.rawValue)" }.joined(separator: " ")
    } catch let error as ConstraintViolation {
        return error.underlying.sqlState ?? ErrorReport(error).code
    } catch let error as PostgresError {
        return error.sqlState ?? "\(error.code)"
    } catch {
        return "\(error)"
    }
}

extension Graph {
    /// All of it, as text.
    var text: String { get throws { String(decoding: try json(), as: UTF8.self) } }
}

extension ChangedRecords {
    /// All of it, as text.
    var text: String { get throws { String(decoding: try json(), as: UTF8.self) } }
}
