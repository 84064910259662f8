// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship
import KinshipREST
import TestSupport
import Testing

/// What a request makes a condition is kept or refused, and never passed over.
@Suite struct PreconditionTests {
    private static let kept = [RouteOperation.records(.patchAttributes), .records(.replaceById), .records(.deleteById)]

    /// All tables, in short.
    private func contents(_ made: TestDatabase) async throws -> [[String?]] {
        try await made.run(
            "select md5(string_agg(t::text, '' order by t::text)) from thing as t union all select md5(string_agg(p::text, '' order by p::text)) from piece as p"
        )
    }

    private func path(_ route: Route) -> String { "/api" + route.path.replacing(#/:\w+/#, with: "1") + "?where={}" }

    @Test(arguments: ["\"999\"", "\"999-x\"", "W/\"1\"", "\"1\", \"2\"", "nonsense"])
    func aTagOfAnotherVersionChangesNothingAnywhere(tag: String) async throws {
        try await RESTWorld.withService("if-match") { service, _, made in
            let before = try await contents(made)
            for route in service.routes.routes where route.accessType != .read {
                let answer = try await service.ask(route.method, path(route), [.ifMatch: tag], ["name": "lost"])
                #expect(answer.status == 412 && answer.code == "PRECONDITION_FAILED", "\(route): \(answer.text)")
            }
            #expect(try await contents(made) == before)
        }
    }

    /// A version that is right is no leave for what doesn't look at it.
    @Test func whatCannotKeepAConditionRefusesIt() async throws {
        try await RESTWorld.withService("if-match-kept") { service, _, made in
            let before = try await contents(made)
            for route in service.routes.routes where route.accessType != .read {
                let isKept = Self.kept.contains(route.operation) || route.operation == .records(.updateGraph)
                if route.model != "Thing" || !isKept {
                    for tag in ["\"1\"", "*"] where tag != "*" || !isKept {
                        let answer = try await service.ask(route.method, path(route), [.ifMatch: tag], ["name": "lost"])
                        #expect(answer.status == 412, "\(route): \(answer.text)")
                    }
                }
                guard
                    ![
                        .records(.create), .records(.createGraph), .scope("fifth", .create), .scope("few", .create),
                        .relation("pieces", .create),
                    ].contains(route.operation)
                else { continue }
                let answer = try await service.ask(route.method, path(route), [.ifNoneMatch: "*"], ["name": "lost"])
                #expect(answer.status == 412, "\(route): \(answer.text)")
            }
            #expect(try await contents(made) == before)
            let made = try await service.ask(.post, "/api/Pieces", [.ifNoneMatch: "\"1\""], ["name": "x"])
            #expect(made.status == 412)
        }
    }

    /// What is shown with a record changes without the number of its changes.
    @Test func aTagIsOfAllThatIsShown() async throws {
        var note = ModelDefinition(
            "Note", table: "note", properties: [.id(), .string("text"), .number("version")],
            relations: [.hasMany("lines", "Line", foreignKey: "noteId")])
        note.version = "version"
        note.scope = ["include": "lines"]
        let line = ModelDefinition(
            "Line", table: "line", properties: [.id(), .number("noteId", column: "note_id"), .string("text")])
        try await RESTWorld.withOwn(
            "shown-tags",
            tables: """
                CREATE TABLE note (id integer PRIMARY KEY, text text, version integer NOT NULL DEFAULT 3);
                CREATE TABLE line (id integer PRIMARY KEY, note_id integer, text text);
                INSERT INTO note VALUES (1, 'a'); INSERT INTO line VALUES (1, 1, 'b');
                """, [note, line]
        ) { service, _, made in
            let first = try await service.ask(.get, "/api/Notes/1")
            let tag = try #require(first.fields[.eTag])
            #expect(tag.hasPrefix("\"3-") && first.text.contains("\"lines\""))
            #expect(try await service.ask(.get, "/api/Notes/1", [.ifNoneMatch: tag]).status == 304)
            for change in ["UPDATE line SET text = 'c'", "UPDATE note SET text = 'd'", "DELETE FROM line"] {
                try await made.run(change)
                let next = try await service.ask(.get, "/api/Notes/1", [.ifNoneMatch: tag])
                #expect(next.status == 200 && next.fields[.eTag] != tag, "\(change)")
            }
            // The number is what a change is made for.
            let changed = try await service.ask(.patch, "/api/Notes/1", [.ifMatch: tag], ["text": "e"])
            #expect(changed.status == 200)
            #expect(try await service.ask(.patch, "/api/Notes/1", [.ifMatch: tag], ["text": "f"]).status == 412)
        }
    }
}
