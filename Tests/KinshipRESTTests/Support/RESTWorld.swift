// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship
import KinshipREST
import Synchronization
import TestSupport
import Testing

/// A small database, and a service of it.
enum RESTWorld {
    private static let count = Atomic(0)

    private static let tables = """
        DROP TABLE IF EXISTS thing, piece CASCADE;
        CREATE TABLE thing (id integer PRIMARY KEY, name text, revision integer NOT NULL DEFAULT 1);
        INSERT INTO thing SELECT g, 'thing ' || g % 50 FROM generate_series(1, 1234) AS g;
        CREATE TABLE piece (
            id serial PRIMARY KEY, thing_id integer, name text, note text CHECK (note <> 'forbidden'));
        INSERT INTO piece (thing_id, name) SELECT 1 + g % 3, repeat('x', 100) FROM generate_series(1, 60) AS g;
        """

    /// A database of a suite's own, as it is at first.
    static func database(
        _ name: String, connections: Int = 4, hooks: Hooks = Hooks()
    ) async throws -> (Database, TestDatabase) {
        // Tests with arguments run beside each other.
        let made = try await TestDatabase.named("rest-\(name)-\(count.add(1, ordering: .relaxed).newValue)")
        try await made.run(tables)
        var pool = PoolConfiguration(minimumConnections: 1, maximumConnections: connections)
        pool.acquireTimeout = .seconds(20)
        let database = try await Database.open(
            schema: try schema(), connection: ConnectionConfiguration(url: made.url), pool: pool, hooks: hooks)
        return (database, made)
    }

    /// Runs something with a service of such a database.
    static func withService(
        _ name: String, connections: Int = 4, hooks: Hooks = Hooks(),
        _ configure: (inout RESTOptions) -> Void = { _ in },
        _ body: (RESTService, Database, TestDatabase) async throws -> Void
    ) async throws {
        let (database, made) = try await database(name, connections: connections, hooks: hooks)
        var options = RESTOptions()
        options.policy = OpenPolicy()
        configure(&options)
        do {
            try await body(RESTService(database, options), database, made)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// Runs something with a service of tables and models of a test's own.
    static func withOwn(
        _ name: String, tables: String, _ models: [ModelDefinition], hooks: Hooks = Hooks(),
        _ configure: (inout RESTOptions) -> Void = { _ in },
        _ body: (RESTService, Database, TestDatabase) async throws -> Void
    ) async throws {
        let made = try await TestDatabase.named("rest-\(name)-\(count.add(1, ordering: .relaxed).newValue)")
        try await made.run(tables)
        let pool = PoolConfiguration(minimumConnections: 1, maximumConnections: 4)
        let database = try await Database.open(
            schema: try Schema(definitions: models), connection: ConnectionConfiguration(url: made.url), pool: pool,
            hooks: hooks)
        var options = RESTOptions()
        options.policy = OpenPolicy()
        configure(&options)
        do {
            try await body(RESTService(database, options), database, made)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    static func schema(_ change: (inout ModelDefinition) -> Void = { _ in }) throws -> Schema {
        var thing = ModelDefinition(
            "Thing", table: "thing", properties: [.id("id"), .string("name"), .number("revision")],
            relations: [.hasMany("pieces", "Piece", foreignKey: "thingId")],
            scopes: ["fifth": ["where": ["name": "thing 5"]], "few": ["limit": 3, "order": "id DESC"]])
        thing.version = "revision"
        thing.forceId = false
        change(&thing)
        let piece = ModelDefinition(
            "Piece", table: "piece",
            properties: [
                .id("id"), .number("thingId", column: "thing_id"), .string("name"), .string("note"),
            ], relations: [.belongsTo("thing", "Thing", foreignKey: "thingId")])
        return try Schema(definitions: [thing, piece])
    }
}

/// An answer, read to its end.
struct Answered {
    let status: Int
    let fields: HTTPFields
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue { (try? JSONValue(parsing: body, maximumDepth: 512)) ?? .null }
    /// The code of an error.
    var code: String? { json["error"]?["code"]?.text }
}

extension RESTService {
    /// Asks, and reads the answer to its end.
    func ask(
        _ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields = [:], _ body: JSONValue? = nil,
        client: String? = nil
    ) async throws -> Answered {
        var request = HTTPRequest(method: method, scheme: nil, authority: nil, path: path, headerFields: fields)
        if body != nil, request.headerFields[.contentType] == nil {
            request.headerFields[.contentType] = "application/json"
        }
        let response = await respond(
            to: request, body: RESTRequestBody(body.map { Array($0.description.utf8) } ?? []), client: client)
        var bytes: [UInt8] = []
        for try await piece in response.body { bytes += piece }
        return Answered(status: response.head.status.code, fields: response.head.headerFields, body: bytes)
    }
}
