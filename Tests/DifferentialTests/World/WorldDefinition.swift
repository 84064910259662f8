// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport

/// The models as LoopBack writes them, and the tables.
enum WorldDefinition {
    static let models = [
        #"""
        {"name": "Thing", "hidden": ["secret"], "options": {"postgresql": {"table": "thing"}}, "properties": {
          "id": {"type": "number", "id": true}, "small": "number", "whole": "number", "other": "number",
          "big": "number", "amount": "number", "ratio": "number", "name": "string", "nick": "string", "flag": "boolean",
          "at": "date", "day": "date", "code": "string", "doc": "object", "words": ["string"], "numbers": ["number"],
          "place": "geopoint", "ownerid": "number", "secret": "string"},
         "relations": {"owner": {"type": "belongsTo", "model": "Owner", "foreignKey": "ownerid"},
          "parts": {"type": "hasMany", "model": "Part", "foreignKey": "thingid"},
          "bigParts": {"type": "hasMany", "model": "Part", "foreignKey": "thingid", "scope": {"where": {"qty": {"gt": 5}}}},
          "tags": {"type": "hasMany", "model": "Tag", "foreignKey": "thingid", "keyThrough": "tagid", "through": "ThingTag"}},
         "scopes": {"flagged": {"where": {"flag": true}}}}
        """#,
        #"""
        {"name": "Owner", "options": {"postgresql": {"table": "owner"}}, "properties": {
          "id": {"type": "number", "id": true}, "name": "string", "score": "number"},
         "relations": {"things": {"type": "hasMany", "model": "Thing", "foreignKey": "ownerid"}}}
        """#,
        #"""
        {"name": "Part", "options": {"postgresql": {"table": "part"}}, "properties": {
          "id": {"type": "number", "id": true}, "thingid": "number", "label": "string", "qty": "number", "price": "number"},
         "relations": {"thing": {"type": "belongsTo", "model": "Thing", "foreignKey": "thingid"}}}
        """#,
        #"""
        {"name": "Tag", "options": {"postgresql": {"table": "tag"}}, "scope": {"where": {"active": true}},
         "properties": {"id": {"type": "number", "id": true}, "label": "string", "active": "boolean"}}
        """#,
        #"""
        {"name": "ThingTag", "options": {"postgresql": {"table": "thingtag"}}, "properties": {
          "id": {"type": "number", "id": true}, "thingid": "number", "tagid": "number"},
         "relations": {"thing": {"type": "belongsTo", "model": "Thing", "foreignKey": "thingid"},
          "tag": {"type": "belongsTo", "model": "Tag", "foreignKey": "tagid"}}}
        """#,
    ]

    /// The statements that make the tables; on a foreign cluster all columns are of domains.
    static var tables: String {
        guard TestCluster.current == .foreign else { return plainTables }
        let types = [
            "int2", "int4", "int8", "int", "numeric", "float8", "text", "bool", "timestamptz", "date", "uuid",
            "jsonb", "point",
        ]
        let domains = types.map { "CREATE DOMAIN \"a \($0)\" AS \($0);" }.joined(separator: "\n")
        let columns = plainTables.replacing(/\b(\w+)(\[\])?(?=[,)]| PRIMARY KEY)/) { match in
            types.contains(String(match.1)) ? "\"a \(match.1)\"\(match.2 ?? "")" : String(match.0)
        }
        return domains + "\n" + columns
    }

    private static let plainTables = """
        CREATE TABLE owner (id int PRIMARY KEY, name text, score int);
        CREATE TABLE thing (id int PRIMARY KEY, small int2, whole int4, other int4, big int8, amount numeric, ratio float8,
          name text, nick text, flag bool, at timestamptz, day date, code uuid, doc jsonb, words text[], numbers int4[],
          place point, ownerid int, secret text);
        CREATE TABLE part (id int PRIMARY KEY, thingid int, label text, qty int, price numeric);
        CREATE TABLE tag (id int PRIMARY KEY, label text, active bool);
        CREATE TABLE thingtag (id int PRIMARY KEY, thingid int, tagid int);
        """
}
