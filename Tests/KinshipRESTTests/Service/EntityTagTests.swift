// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship
import KinshipREST
import Testing

/// `ETag`, `If-None-Match` and `If-Match`.
@Suite struct EntityTagTests {
    @Test func whatIsTheSameIsNotSentAgain() async throws {
        try await RESTWorld.withService("tags") { service, _, _ in
            for path in ["/api/Things?filter[limit]=3", "/api/Pieces/1", "/api/Things/count", "/api/Things/1/pieces"] {
                let first = try await service.ask(.get, path)
                let tag = try #require(first.fields[.eTag], "\(path)")
                #expect(tag.hasPrefix("W/\""))
                let again = try await service.ask(.get, path, [.ifNoneMatch: tag])
                #expect(again.status == 304 && again.body.isEmpty && again.fields[.eTag] == tag)
                #expect(again.fields[.contentType] == nil)
                // HEAD of a record says whether there is one, and no more.
                let head = try await service.ask(.head, path, [.ifNoneMatch: "\"x\", \(tag)"])
                #expect(head.status == (path.hasSuffix("/1") ? 200 : 304), "\(path)")
                #expect(try await service.ask(.get, path, [.ifNoneMatch: "W/\"x\""]).status == 200)
            }
            let head = try await service.ask(.head, "/api/Things?filter[limit]=3")
            let get = try await service.ask(.get, "/api/Things?filter[limit]=3")
            #expect(head.body.isEmpty && head.fields[.eTag] == get.fields[.eTag])
            #expect(head.fields[.contentLength] == get.fields[.contentLength])
            #expect(try await service.ask(.post, "/api/Pieces", [.ifNoneMatch: "*"], ["name": "a"]).status == 200)
        }
    }

    @Test func aRecordWhoseChangesAreCountedHasTheirNumber() async throws {
        try await RESTWorld.withService("versions") { service, _, _ in
            #expect(try await service.ask(.get, "/api/Things/1").fields[.eTag]?.hasPrefix("\"1-") == true)
            // Another form of it has another tag.
            #expect(
                try await service.ask(.get, "/api/Things/1?filter[fields]=name").fields[.eTag]?.hasPrefix("W/") == true)
            let changed = try await service.ask(.patch, "/api/Things/1", [.ifMatch: "\"1\""], ["name": "new"])
            #expect(changed.status == 200 && changed.fields[.eTag]?.hasPrefix("\"2-") == true)
            for (method, path) in [
                (HTTPRequest.Method.patch, "/api/Things/1"), (.put, "/api/Things/1"), (.post, "/api/Things/1/replace"),
            ] {
                let stale = try await service.ask(method, path, [.ifMatch: "\"1\""], ["name": "lost"])
                #expect(stale.status == 412 && stale.code == "PRECONDITION_FAILED", "\(method)")
            }
            #expect(try await service.ask(.delete, "/api/Things/1", [.ifMatch: "\"1\""]).status == 412)
            #expect(try await service.ask(.get, "/api/Things/1").json["name"] == "new")
            #expect(try await service.ask(.put, "/api/Things/1", [.ifMatch: "\"2\""], ["name": "newer"]).status == 200)
            #expect(try await service.ask(.delete, "/api/Things/1", [.ifMatch: "\"3\""]).text == #"{"count":1}"#)
            #expect(try await service.ask(.delete, "/api/Things/1", [.ifMatch: "\"3\""]).text == #"{"count":0}"#)
            #expect(try await service.ask(.patch, "/api/Things/1", [.ifMatch: "\"3\""], ["name": "x"]).status == 404)
        }
    }

    /// What stands in a path is a key, whatever it looks like.
    @Test(arguments: ["neq", "gt", "inq", "like", "between"]) func aKeyIsNoCondition(_ word: String) async throws {
        try await RESTWorld.withService("keys_\(word)") { service, _, _ in
            let count = try await service.ask(.get, "/api/Things/count").text
            for fields in [HTTPFields(), [.ifMatch: "\"1\""]] {
                for (method, data) in [
                    (HTTPRequest.Method.delete, nil), (.patch, ["name": "x"]), (.put, ["name": "x"]),
                ]
                    as [(HTTPRequest.Method, JSONValue?)]
                {
                    let answer = try await service.ask(method, "/api/Things/%7B%22\(word)%22:0%7D", fields, data)
                    #expect([400, 404].contains(answer.status), "\(method) \(answer.text)")
                }
            }
            #expect(try await service.ask(.get, "/api/Things/count").text == count)
        }
    }

    /// What can't be kept is refused, and nothing happens.
    @Test func conditionsThatNoRecordCanMeetAreRefused() async throws {
        try await RESTWorld.withService("conditions") { service, _, _ in
            let before = try await service.ask(.get, "/api/Things/2")
            #expect(before.fields[.eTag]?.hasPrefix("\"1-") == true)
            for tag in ["W/\"1\"", "\"1\", \"2\"", "\"one\"", "nonsense"] {
                #expect(
                    try await service.ask(.patch, "/api/Things/2", [.ifMatch: tag], ["name": "x"]).status == 412,
                    "\(tag)")
            }
            #expect(try await service.ask(.patch, "/api/Pieces/2", [.ifMatch: "\"1\""], ["name": "x"]).status == 412)
            #expect(try await service.ask(.delete, "/api/Pieces/2", [.ifMatch: "\"1\""]).status == 412)
            #expect(
                try await service.ask(.patch, "/api/Things/2", [.ifMatch: "\"1\""], ["name": "x", "revision": 9]).status
                    == 412)
            #expect(try await service.ask(.get, "/api/Things/2").json["name"] == "thing 2")
            #expect(try await service.ask(.get, "/api/Pieces/2").json["name"] != "x")
            #expect(try await service.ask(.patch, "/api/Pieces/2", [.ifMatch: "*"], ["name": "x"]).status == 200)
        }
    }

    /// Of many who change the same version one has its way.
    @Test func oneOfManyChangesAVersion() async throws {
        try await RESTWorld.withService("race") { service, _, _ in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        try await service.ask(
                            .patch, "/api/Things/7", [.ifMatch: "\"1\""], ["name": .string("by \(number)")]
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 1)
            #expect(statuses.filter { $0 == 412 }.count == 11)
            #expect(try await service.ask(.get, "/api/Things/7").json["revision"] == 2)
        }
    }
}
