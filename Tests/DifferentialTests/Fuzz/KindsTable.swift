// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport

/// A table with columns of every kind of type, also of those that Kinship knows by name only.
enum KindsTable {
    /// Columns by type, and a value of each.
    static let columns: [(name: String, type: String, value: String)] = [
        ("int2", "int2", "1"), ("int8", "int8", "1"), ("float4", "float4", "1.5"), ("float8", "float8", "1.5"),
        ("numeric", "numeric", "1.5"), ("fixed", "numeric(5,2)", "1.5"), ("bool", "bool", "true"),
        ("text", "text", "'text'"), ("varchar", "varchar(5)", "'abc'"), ("bpchar", "char(5)", "'ab'"),
        ("name", "name", "'name'"), ("folded", "text COLLATE folded", "'A'"), ("german", "text COLLATE \"C\"", "'ä'"),
        ("mood", "mood", "'good'"), ("bytea", "bytea", "'\\x00ff'"),
        ("uuid", "uuid", "'11111111-1111-4111-8111-111111111111'"), ("date", "date", "'2024-02-29'"),
        ("time", "time", "'12:30'"), ("timetz", "timetz", "'12:30+02'"), ("timestamp", "timestamp", "'2024-02-29'"),
        ("timestamptz", "timestamptz", "'2024-02-29'"), ("interval", "interval", "'1 day'"),
        ("json", "json", "'{\"a\": 1}'"), ("jsonb", "jsonb", "'{\"a\": [1, \"x\"]}'"), ("point", "point", "'(0,0)'"),
        ("odd", "point", "'(Infinity,NaN)'"), ("inet", "inet", "'10.0.0.1'"), ("money", "money", "'1'"),
        ("xml", "xml", "'<a/>'"), ("tsvector", "tsvector", "'a b'"), ("tsquery", "tsquery", "'a'"),
        ("range", "int4range", "'[1,2)'"), ("box", "box", "'(0,0),(1,1)'"), ("polygon", "polygon", "'((0,0),(1,1))'"),
        ("circle", "circle", "'<(0,0),1>'"), ("oid", "oid", "1"), ("char", "\"char\"", "'c'"),
        ("bit", "bit(3)", "'101'"),
        ("macaddr", "macaddr", "'08:00:2b:01:02:03'"), ("positive", "positive", "1"), ("pair", "pair", "'(1,a)'"),
        ("int2s", "int2[]", "'{1,NULL}'"), ("texts", "text[]", "'{a,NULL}'"), ("numerics", "numeric[]", "'{1.5}'"),
        ("moods", "mood[]", "'{good}'"), ("jsons", "json[]", "ARRAY['{}'::json]"),
        ("jsonbs", "jsonb[]", "ARRAY['{}'::jsonb]"),
        ("points", "point[]", "ARRAY[point '(0,0)']"), ("inets", "inet[]", "'{10.0.0.1}'"),
        ("bools", "bool[]", "'{t}'"),
        ("dates", "date[]", "'{2024-02-29}'"), ("stamps", "timestamptz[]", "'{2024-02-29}'"),
        ("uuids", "uuid[]", "'{11111111-1111-4111-8111-111111111111}'"), ("boxes", "box[]", "'{(0,0),(1,1)}'"),
        ("positives", "positive[]", "'{1}'"), ("grid", "int[]", "'{{1,2},{3,4}}'"),
    ]

    static func open() async throws -> Database {
        let test = try await TestDatabase.named("kinds")
        let list = columns.map { "\"c_\($0.name)\" \($0.type)" }.joined(separator: ", ")
        let hasXML = try await ServerFeature.xml.isThere
        let values = columns.map { $0.type == "xml" && !hasXML ? "NULL" : $0.value }.joined(separator: ", ")
        try await test.runPlainly(
            """
            CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
            CREATE TYPE pair AS (a int, b text);
            \(try await folding())
            CREATE TABLE kinds (id int PRIMARY KEY, \(list));
            INSERT INTO kinds VALUES (1, \(values)); INSERT INTO kinds (id) VALUES (2);
            INSERT INTO kinds VALUES (3, \(values));
            UPDATE kinds SET c_point = '(1e-200,1e-200)' WHERE id = 3;
            """)
        let properties = columns.map {
            #""\#($0.name)": {"type": "any", "postgresql": {"columnName": "c_\#($0.name)"}}"#
        }
        let definition = """
            {"name": "Kinds", "options": {"postgresql": {"table": "kinds"}},
             "properties": {"id": {"type": "number", "id": true}, \(properties.joined(separator: ", "))},
             "relations": {"next": {"type": "hasMany", "model": "Kinds", "foreignKey": "int8"}}}
            """
        let schema = try Schema(definitions: [ModelDefinition(json: Array(definition.utf8), file: nil)])
        return try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: test.url),
            pool: PoolConfiguration(maximumConnections: 4), logger: quiet)
    }

    /// A nondeterministic collation where the server was built with ICU; any other where it wasn't.
    private static func folding() async throws -> String {
        try await ServerFeature.icu.isThere
            ? "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
            : "CREATE COLLATION folded FROM \"POSIX\";"
    }
}
