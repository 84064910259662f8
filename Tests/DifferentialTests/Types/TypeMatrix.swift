// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport

/// A table with a column of every type that the server has, of a domain over it, and of arrays of both; another one whose rows
/// have values of them for keys.
struct TypeMatrix {
    /// One column.
    struct Column: Sendable, CustomStringConvertible {
        enum Form: String, CaseIterable {
            case plain, domain, array, domainArray

            var suffix: String {
                switch self {
                case .plain: "p"
                case .domain: "d"
                case .array: "a"
                case .domainArray: "e"
                }
            }
        }

        let name: String
        let type: SampleType
        let form: Form

        var description: String { "\(type.name) (\(form.rawValue))" }
        var isArray: Bool { form == .array || form == .domainArray }
        /// The type without domains.
        var base: String { isArray ? type.name + "[]" : type.name }
        fileprivate var domain: String { "elsewhere.d_\(name.dropLast())" }
        /// As the table declares it.
        fileprivate var declared: String {
            switch form {
            case .plain: type.name
            case .domain: domain
            case .array: type.name + "[]"
            case .domainArray: domain + "[]"
            }
        }

        /// A value in SQL, of the base type.
        func sql(_ value: Int) -> String {
            let text = type.values[value].sql.replacing("'", with: "''")
            return isArray ? "ARRAY['\(text)'::\(type.name)]" : "'\(text)'::\(type.name)"
        }

        func json(_ value: Int) -> JSONValue { isArray ? [type.values[value].json] : type.values[value].json }
    }

    let test: TestDatabase
    let columns: [Column]
    /// In both strategies.
    let databases: [Database]

    /// Which value each row has; nil is NULL.
    static let rows: [Int?] = [0, 1, 2, 0, nil, 1, nil]
    static let parts: [Int?] = [0, 1, nil, 1]

    static func make(_ name: String) async throws -> TypeMatrix {
        let test = try await TestDatabase.named(name)
        try await test.run(
            """
            CREATE SCHEMA elsewhere;
            \(try await ServerFeature.citext.isThere ? "CREATE EXTENSION IF NOT EXISTS citext SCHEMA elsewhere;" : "")
            CREATE TYPE elsewhere.mood AS ENUM ('sad', 'ok', 'happy');
            """)
        let found = try await test.run(
            """
            SELECT format_type(t.oid, -1) FROM pg_type t
            WHERE t.typtype IN ('b', 'r', 'm', 'e') AND t.typarray <> 0
                AND t.typnamespace IN ('pg_catalog'::regnamespace, 'elsewhere'::regnamespace)
            ORDER BY t.oid
            """
        ).compactMap { $0[0] }
        var columns: [Column] = []
        let hasXML = try await ServerFeature.xml.isThere
        for (position, name) in found.enumerated() where !SampleType.without.contains(name) {
            // A server without it has the type, and no value of it.
            if name == "xml", !hasXML { continue }
            guard let type = SampleType.known[name] else { throw MissingSample(type: name) }
            for form in Column.Form.allCases {
                columns.append(Column(name: "c\(position)\(form.suffix)", type: type, form: form))
            }
        }
        let matrix = columns
        try await test.run(tables(matrix))
        let schema = try Schema(
            definitions: models(matrix).map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        var databases: [Database] = []
        for strategy in Strategy.allCases {
            databases.append(
                try await Database.open(
                    schema: schema, connection: ConnectionConfiguration(url: test.url),
                    trees: TreeOptions(strategy: strategy)))
        }
        return TypeMatrix(test: test, columns: matrix, databases: databases)
    }

    /// A type of the server that nobody has written values for.
    struct MissingSample: Error {
        let type: String
    }

    private static func tables(_ columns: [Column]) -> String {
        var sql = ""
        for column in columns where column.form == .domain {
            sql += "CREATE DOMAIN \(column.domain) AS \(column.type.name);\n"
        }
        for (table, rows) in [("whole", rows), ("part", parts)] {
            let declared = columns.map { "\($0.name) \($0.declared)" }.joined(separator: ", ")
            sql += "CREATE TABLE \(table) (id int PRIMARY KEY, \(declared), root int DEFAULT 1);\n"
            for (row, value) in rows.enumerated() {
                let values = columns.map { column in value.map { "\(column.sql($0))::\(column.declared)" } ?? "NULL" }
                sql += "INSERT INTO \(table) VALUES (\(row + 1), \(values.joined(separator: ", ")), 1);\n"
            }
        }
        return sql + """
            CREATE TABLE root (id int PRIMARY KEY);
            INSERT INTO root VALUES (1);
            CREATE FUNCTION ask(question text) RETURNS text LANGUAGE plpgsql AS $$
            DECLARE answer text;
            BEGIN
                EXECUTE question INTO answer;
                RETURN coalesce(answer, '');
            EXCEPTION WHEN OTHERS THEN RETURN '!' || SQLSTATE;
            END $$;
            """
    }

    private static func models(_ columns: [Column]) -> [String] {
        let properties = columns.map { column in
            let type = column.isArray ? #"["any"]"# : #""any""#
            return "\"\(column.name)\": {\"type\": \(type)}"
        }.joined(separator: ", ")
        let many = columns.map {
            "\"p_\($0.name)\": {\"type\": \"hasMany\", \"model\": \"Part\", \"foreignKey\": \"\($0.name)\", \"primaryKey\": \"\($0.name)\"}"
        }.joined(separator: ", ")
        let one = columns.map {
            "\"w_\($0.name)\": {\"type\": \"belongsTo\", \"model\": \"Whole\", \"foreignKey\": \"\($0.name)\", \"primaryKey\": \"\($0.name)\"}"
        }.joined(separator: ", ")
        return [
            #"{"name": "Root", "properties": {"id": {"type": "number", "id": true}}, "relations": {"wholes": {"type": "hasMany", "model": "Whole", "foreignKey": "root"}}}"#,
            #"{"name": "Whole", "properties": {"id": {"type": "number", "id": true}, "root": "number", \#(properties)}, "relations": {\#(many)}}"#,
            #"{"name": "Part", "properties": {"id": {"type": "number", "id": true}, \#(properties)}, "relations": {\#(one)}}"#,
        ]
    }
}
