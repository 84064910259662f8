// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport

/// A shop whose records have copies that are kept right, of every kind of relation that can have them.
///
/// Orders copy their customer's name; items copy that from their order (a copy of a copy) and count their changes. Visits copy their
/// site's name by a key of two parts, notes the name of the customer or the group whose they are, memberships that of their group.
/// Bills refer to customers by a code.
struct SyncWorld {
    let tables: TestDatabase
    let database: Database

    /// - Parameter isKept: whether foreign keys keep the rows.
    init(_ name: String, isKept: Bool = true, connections: Int = 8, sql: String = "") async throws {
        tables = try await TestDatabase.named("sync_\(name)")
        try await tables.run(Self.tables(isKept ? "REFERENCES" : "--") + sql)
        let schema = try Schema(definitions: Self.models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        database = try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: tables.url),
            pool: PoolConfiguration(maximumConnections: connections))
    }

    /// The rows of a query, as one text.
    func rows(_ sql: String) async throws -> String {
        try await tables.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
    }

    /// How many copies aren't what they are copies of.
    func wrong() async throws -> String {
        try await rows(
            """
            SELECT (SELECT count(*) FROM orders o JOIN customer c ON c.id = o.customerid WHERE o.customername IS DISTINCT FROM c.name)
              + (SELECT count(*) FROM item i JOIN orders o ON o.id = i.orderid WHERE i.label IS DISTINCT FROM o.customername)
              + (SELECT count(*) FROM visit v JOIN site s ON s.k1 = v.s1 AND s.k2 = v.s2 WHERE v.sitename IS DISTINCT FROM s.name)
              + (SELECT count(*) FROM note n JOIN customer c ON c.id = n.ownerid AND n.ownertype = 'Customer' WHERE n.ownername IS DISTINCT FROM c.name)
              + (SELECT count(*) FROM note n JOIN grp g ON g.id = n.ownerid AND n.ownertype = 'Group' WHERE n.ownername IS DISTINCT FROM g.name)
              + (SELECT count(*) FROM membership m JOIN grp g ON g.id = m.groupid WHERE m.groupname IS DISTINCT FROM g.name)
              + (SELECT count(*) FROM bill b JOIN customer c ON c.code = b.code WHERE b.payer IS DISTINCT FROM c.name)
            """)
    }

    private static func tables(_ references: String) -> String {
        """
        CREATE TABLE customer (id serial PRIMARY KEY, name text, code text UNIQUE);
        CREATE TABLE orders (id serial PRIMARY KEY, customerid int \(references) customer
        , customername text, total int DEFAULT 0);
        CREATE TABLE item (id serial PRIMARY KEY, orderid int \(references) orders
        , label text, revision int);
        CREATE TABLE site (k1 int, k2 text, name text, PRIMARY KEY (k1, k2));
        CREATE TABLE visit (id serial PRIMARY KEY, s1 int, s2 text, sitename text);
        CREATE TABLE grp (id serial PRIMARY KEY, name text);
        CREATE TABLE note (id serial PRIMARY KEY, ownerid int, ownertype text, ownername text, txt text);
        CREATE TABLE membership (id serial PRIMARY KEY, customerid int, groupid int, groupname text, UNIQUE (customerid, groupid));
        CREATE TABLE bill (id serial PRIMARY KEY, code text, payer text);
        INSERT INTO customer (name, code) VALUES ('Ada', 'a'), ('Bob', 'b');
        INSERT INTO grp (name) VALUES ('Red'), ('Blue');
        INSERT INTO site VALUES (1, 'x', 'North'), (2, 'y', 'South');
        INSERT INTO orders (customerid, customername) VALUES (1, 'Ada'), (1, 'Ada'), (2, 'Bob'), (NULL, 'nobody');
        INSERT INTO item (orderid, label, revision) VALUES (1, 'Ada', 1), (3, 'Bob', 1);
        INSERT INTO visit (s1, s2, sitename) VALUES (1, 'x', 'North'), (2, 'y', 'South');
        INSERT INTO note (ownerid, ownertype, ownername) VALUES (1, 'Customer', 'Ada'), (1, 'Group', 'Red'), (2, 'Group', 'Blue');
        INSERT INTO membership (customerid, groupid, groupname) VALUES (1, 1, 'Red');
        INSERT INTO bill (code, payer) VALUES ('a', 'Ada');

        """
    }

    private static let models = [
        """
        {"name": "Customer", "properties": {"id": {"type": "number", "id": true, "generated": true}, "name": "string", "code": "string"},
         "relations": {
          "orders": {"type": "hasMany", "model": "Order", "foreignKey": "customerId", "properties": {"name": "customerName"}, "sync": true},
          "notes": {"type": "hasMany", "model": "Note", "polymorphic": "owner", "properties": {"name": "ownerName"}, "sync": true},
          "bills": {"type": "hasMany", "model": "Bill", "foreignKey": "code", "primaryKey": "code", "properties": {"name": "payer"}, "sync": true},
          "groups": {"type": "hasMany", "model": "Group", "through": "Membership", "foreignKey": "customerId", "keyThrough": "groupId"}}}
        """,
        """
        {"name": "Order", "options": {"postgresql": {"table": "orders"}},
         "properties": {"id": {"type": "number", "id": true, "generated": true}, "customerId": "number", "customerName": "string", "total": "number"},
         "relations": {"customer": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerId"},
          "items": {"type": "hasMany", "model": "Item", "foreignKey": "orderId"}}}
        """,
        """
        {"name": "Item", "version": "revision",
         "properties": {"id": {"type": "number", "id": true, "generated": true}, "orderId": "number", "label": "string", "revision": "number"},
         "relations": {"order": {"type": "belongsTo", "model": "Order", "foreignKey": "orderId", "properties": {"customerName": "label"},
          "options": {"invertProperties": true, "sync": true}}}}
        """,
        """
        {"name": "Site", "properties": {"k1": {"type": "number", "id": 1}, "k2": {"type": "string", "id": 2}, "name": "string"},
         "relations": {"visits": {"type": "hasMany", "model": "Visit", "foreignKey": ["s1", "s2"], "properties": {"name": "siteName"}, "sync": true}}}
        """,
        """
        {"name": "Visit", "properties": {"id": {"type": "number", "id": true, "generated": true}, "s1": "number", "s2": "string", "siteName": "string"}}
        """,
        """
        {"name": "Group", "options": {"postgresql": {"table": "grp"}},
         "properties": {"id": {"type": "number", "id": true, "generated": true}, "name": "string"},
         "relations": {
          "notes": {"type": "hasMany", "model": "Note", "polymorphic": "owner", "properties": {"name": "ownerName"}, "sync": true},
          "members": {"type": "hasMany", "model": "Customer", "foreignKey": "groupId", "keyThrough": "customerId", "sync": true,
           "through": {"model": "Membership", "properties": {"name": "groupName"}}}}}
        """,
        """
        {"name": "Note", "properties": {"id": {"type": "number", "id": true, "generated": true}, "ownerId": "number", "ownerType": "string",
          "ownerName": "string", "txt": "string"},
         "relations": {"owner": {"type": "belongsTo", "polymorphic": {"selector": "owner"}}}}
        """,
        """
        {"name": "Membership", "properties": {"id": {"type": "number", "id": true, "generated": true}, "customerId": "number", "groupId": "number",
          "groupName": "string"}}
        """,
        """
        {"name": "Bill", "properties": {"id": {"type": "number", "id": true, "generated": true}, "code": "string", "payer": "string"}}
        """,
    ]
}
