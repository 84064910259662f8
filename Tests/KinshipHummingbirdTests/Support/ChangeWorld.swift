// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Kinship
import KinshipREST
import TestSupport

/// Tables whose changes are told: with keys of each kind, cascades, two models of one table, and names that nobody would choose.
enum ChangeWorld {
    private static let tables = #"""
        CREATE TABLE book (id serial PRIMARY KEY, title text, owner text, secret text DEFAULT 'hush');
        CREATE TABLE page (book_id integer REFERENCES book ON DELETE CASCADE, number integer, text text,
            PRIMARY KEY (book_id, number));
        CREATE TABLE word (word text PRIMARY KEY, note text, gone timestamptz);
        CREATE TABLE "odd ""table""" ("k'ey $kinship$ é" bigint PRIMARY KEY, "gap" integer, "kind" integer, "key" integer, "tg_op" integer);
        """#

    static func models(_ acls: JSONValue = []) throws -> [ModelDefinition] {
        let definitions: [JSONValue] = [
            [
                "name": "Book", "hidden": ["secret"], "acls": acls,
                "properties": [
                    "id": ["type": "number", "id": true, "generated": true], "title": "string", "owner": "string",
                    "secret": "string",
                ],
            ],
            [
                "name": "Draft", "options": ["postgresql": ["table": "book"]], "acls": acls,
                "scope": ["where": ["title": ["like": "draft%"]]],
                "properties": [
                    "id": ["type": "number", "id": true, "generated": true], "title": "string",
                ],
            ],
            [
                "name": "Page", "acls": acls,
                "properties": [
                    "bookId": ["type": "number", "id": 1, "postgresql": ["columnName": "book_id"]],
                    "number": ["type": "number", "id": 2], "text": "string",
                ],
            ],
            [
                "name": "Word", "softDelete": "gone", "acls": acls,
                "properties": ["word": ["type": "string", "id": true], "note": "string", "gone": "date"],
            ],
            [
                "name": "Odd", "options": ["postgresql": ["table": "odd \"table\""]], "acls": acls,
                "properties": [
                    "id": ["type": "number", "id": true, "postgresql": ["columnName": "k'ey $kinship$ é"]],
                    "gap": "number",
                ],
            ],
        ]
        return try definitions.map { try ModelDefinition($0, file: nil) }
    }

    /// Runs something with a server of these tables.
    static func run(
        acls: JSONValue = [], installed: Bool = true, hooks: Hooks = Hooks(),
        _ configure: (inout RESTOptions) -> Void = { _ in }, _ body: (ServedDatabase) async throws -> Void
    ) async throws {
        try await ServedDatabase.run(own: (tables, try models(acls)), hooks: hooks) { options in
            options.policy = acls == [] ? OpenPolicy() : nil
            configure(&options)
        } _: { served in
            if installed { try await served.database.installChangeTriggers() }
            try await body(served)
        }
    }
}

/// A client of a stream, which keeps what it has not been asked for.
final class EventReader {
    private let connection: RawHTTP.Connection
    private var text = ""

    init(_ connection: RawHTTP.Connection) { self.connection = connection }

    /// Asks for a stream, and waits for its beginning.
    static func open(
        _ connection: RawHTTP.Connection, _ path: String, _ fields: [(String, String)] = []
    ) async throws -> EventReader {
        let head = fields.map { "\($0): \($1)\r\n" }.joined()
        connection.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\(head)\r\n")
        let reader = EventReader(connection)
        _ = try await reader.take("\n\n")
        return reader
    }

    /// What comes up to a mark, it included; what there is where the server has ended.
    func take(_ mark: String) async throws -> String {
        while true {
            if let range = text.firstRange(of: mark) {
                defer { text = String(text[range.upperBound...]) }
                return String(text[..<range.upperBound])
            }
            let more = try await connection.next()
            guard !more.isEmpty else { return text }
            text += more
        }
    }

    /// The next events, up to one that begins so.
    func events(until last: String) async throws -> [String] {
        var events: [String] = []
        while true {
            events += try await self.events(1)
            if let event = events.last, event.hasPrefix(last) || event.hasPrefix("(ended)") { return events }
        }
    }

    /// The next events as `name data`, comments left out.
    func events(_ count: Int) async throws -> [String] {
        var events: [String] = []
        while events.count < count {
            let part = try await take("\n\n")
            guard part.hasSuffix("\n\n") else { return events + ["(ended) \(part)"] }
            let lines = part.split(whereSeparator: \.isNewline)
            guard let name = lines.first(where: { $0.hasPrefix("event: ") }),
                let data = lines.first(where: { $0.hasPrefix("data: ") })
            else { continue }
            events.append("\(name.dropFirst(7)) \(data.dropFirst(6))")
        }
        return events
    }
}
#endif
