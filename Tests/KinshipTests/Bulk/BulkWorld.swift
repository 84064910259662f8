// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Cities with people, in a database of its own: what imports go into.
struct BulkWorld {
    let test: TestDatabase
    let database: Database

    /// - Parameters:
    ///   - sql: what runs behind the tables' making.
    ///   - models: further models.
    init(_ name: String, sql: String = "", models: [String] = [], url: ((String) -> String)? = nil) async throws {
        test = try await TestDatabase.named("bulk_\(name)")
        try await test.run(Self.tables + sql)
        let schema = try Schema(
            definitions: (Self.models + models).map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        database = try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: url?(test.url) ?? test.url),
            pool: PoolConfiguration(maximumConnections: 2))
    }

    /// The rows of a query, as one text: `11,1;12,1`.
    func rows(_ sql: String) async throws -> String {
        try await test.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
    }

    /// A text in pieces of some bytes.
    static func pieces(_ text: String, of size: Int = 7) -> AsyncStream<[UInt8]> {
        let bytes = Array(text.utf8)
        return AsyncStream { continuation in
            for start in stride(from: 0, to: bytes.count, by: size) {
                continuation.yield(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            continuation.finish()
        }
    }

    /// Imports lines of JSON into people.
    @discardableResult
    func lines(
        _ text: String, into model: String = "Person", onConflict: ConflictPolicy = .fail, key: [String]? = nil,
        onError: ErrorPolicy = .fail, takesKeys: Bool = false, isDryRun: Bool = false
    ) async throws -> ImportSummary {
        try await database.importRecords(
            into: model, from: Self.pieces(text), format: .jsonLines, onConflict: onConflict, key: key,
            onError: onError,
            takesKeys: takesKeys, isDryRun: isDryRun)
    }

    /// Imports CSV into people.
    @discardableResult
    func csv(
        _ text: String, into model: String = "Person", onConflict: ConflictPolicy = .fail,
        onError: ErrorPolicy = .fail, takesKeys: Bool = false
    ) async throws -> ImportSummary {
        try await database.importRecords(
            into: model, from: Self.pieces(text), format: .csv, onConflict: onConflict, onError: onError,
            takesKeys: takesKeys)
    }

    private static let tables = """
        CREATE TABLE city (id int PRIMARY KEY, name text NOT NULL);
        INSERT INTO city VALUES (1, 'Oslo'), (2, 'Rome');
        CREATE TABLE person (id serial PRIMARY KEY, email text UNIQUE, name varchar(20) NOT NULL, age int CHECK (age >= 0),
          city_id int REFERENCES city, secret text, status text NOT NULL DEFAULT 'new', points numeric(8,2), tags text[], data jsonb,
          born date, seen timestamptz, revision int);
        CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF new.name = 'trigger' THEN RAISE EXCEPTION 'not this one'; END IF;
          IF new.name = 'passed' THEN RETURN NULL; END IF;
          RETURN new; END $$;
        CREATE TRIGGER guard BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION guard();

        """

    private static let models = [
        #"{"name": "City", "properties": {"id": {"type": "number", "id": true}, "name": "string"}}"#,
        """
        {"name": "Person", "strict": true, "hidden": ["secret"],
         "properties": {"id": {"type": "number", "id": true, "generated": true}, "email": "string", "name": {"type": "string", "required": true},
          "age": "number", "cityId": {"type": "number", "postgresql": {"columnName": "city_id"}}, "secret": "string", "status": "string",
          "points": {"type": "number", "max": 1000}, "tags": ["string"], "data": "object", "born": "date", "seen": "date", "revision": "number"},
         "relations": {"city": {"type": "belongsTo", "model": "City", "foreignKey": "cityId"}}}
        """,
    ]
}

/// What an import that is refused tells: `4 CONSTRAINT_VIOLATION email person_email_key`.
func refusal(_ body: () async throws -> ImportSummary) async -> String {
    do {
        return "\(try await body())"
    } catch let error as ImportError {
        return error.rejected.map(\.told).joined(separator: "; ")
    } catch {
        return await told { throw error }
    }
}

extension RejectedRecord {
    /// Line, code, properties and constraint.
    var told: String {
        ([line.map(String.init) ?? "-", report.code] + report.properties + [report.constraint ?? ""])
            .filter { !$0.isEmpty }
            .joined(separator: " ")
    }
}
