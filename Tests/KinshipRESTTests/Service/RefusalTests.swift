// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship
import KinshipREST
import Synchronization
import TestSupport
import Testing

/// What a request or the database's own rules stand against is no failure of the server's.
@Suite struct RefusalTests {
    @Test(arguments: [
        ("42501", 403), ("P0001", 409), ("44000", 409), ("25006", 503), ("22012", 400), ("22P02", 400), ("54000", 422),
        ("23514", 409), ("40001", 503), ("55P03", 503), ("53100", 503),
    ])
    func whatATriggerRaisesHasItsStatus(state: String, status: Int) async throws {
        try await RESTWorld.withService("states-\(state.lowercased())") { service, _, made in
            try await made.run(
                """
                create function refuse() returns trigger language plpgsql as
                    $$ begin raise exception 'secret words' using errcode = '\(state)'; end $$;
                create trigger refuse before insert or update on piece for each row execute function refuse();
                """)
            for answer in [
                try await service.ask(.post, "/api/Pieces", [:], ["name": "x"]),
                try await service.ask(.patch, "/api/Pieces/1", [:], ["name": "x"]),
            ] {
                #expect(answer.status == status, "\(answer.text)")
                // What a function raises of data is for who is refused; what the server says of rights and itself may name what is
                // nobody's business.
                let isTold = ["P0001", "44000", "22012", "22P02", "23514"].contains(state)
                #expect(answer.text.contains("secret words") == isTold, "\(answer.text)")
            }
        }
    }

    /// What can't be asked for is the request's fault, as a property is that isn't there.
    @Test func whatCannotBeAskedForIsTheRequestsFault() async throws {
        var imageable = RelationDefinition("imageable", .belongsTo, model: nil)
        imageable.polymorphic = .automatic
        let picture = ModelDefinition(
            "Picture", table: "picture",
            properties: [
                .id(), .number("imageableId", column: "imageable_id"),
                .string("imageableType", column: "imageable_type"),
            ], relations: [imageable])
        try await RESTWorld.withOwn(
            "unsupported",
            tables: "CREATE TABLE picture (id integer PRIMARY KEY, imageable_id integer, imageable_type text)",
            [picture]
        ) { service, _, _ in
            for query in ["filter[order]=imageable.name", "filter[where][imageable][is][name]=x"] {
                let answer = try await service.ask(.get, "/api/Pictures?\(query)")
                #expect(answer.status == 400 && answer.code == "UNSUPPORTED", "\(query): \(answer.text)")
                #expect(answer.json["error"]?["statusCode"] == 400 && answer.text.contains("imageable"))
            }
        }
    }

    private struct Odd: ReportableError {
        let status: Int
        var report: ErrorReport { ErrorReport(.init("ODD", status, .request), "odd") }
    }

    private struct Oddly: RESTPolicy {
        func authorize(_ access: Access) throws {
            throw Odd(status: Int(access.parameters["id"] ?? "") ?? 0)
        }
    }

    @Test(arguments: [(0, 500), (100, 500), (204, 500), (1_000, 500), (-1, 500), (402, 402), (599, 599)])
    func errorsOfAProgramHaveTheStatusOfAnError(given: Int, status: Int) async throws {
        try await RESTWorld.withService("odd") {
            $0.policy = Oddly()
        } _: { service, _, _ in
            let answer = try await service.ask(.get, "/api/Things/\(given)")
            #expect(answer.status == status)
            #expect(answer.json["error"]?["statusCode"] == JSONValue(status))
        }
    }

    private struct Broken: Error {}

    /// A form that breaks off looks like a whole one.
    @Test func aBodyThatBreaksOffIsRefused() async throws {
        try await RESTWorld.withService("broken") { service, database, _ in
            let before = try await database.count("Piece").count
            for (type, text) in [
                ("application/x-www-form-urlencoded", "name=10"), ("application/json", "{\"name\":\"x\"}"),
            ] {
                var request = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/api/Pieces")
                request.headerFields = [.contentType: type, .contentLength: "\(text.utf8.count + 1)"]
                let short = await service.respond(to: request, body: RESTRequestBody(Array(text.utf8)))
                #expect(short.head.status.code == 400)
                request.headerFields[.contentLength] = nil
                let (pieces, more) = AsyncThrowingStream.makeStream(of: [UInt8].self)
                more.yield(Array(text.utf8))
                more.finish(throwing: Broken())
                let broken = await service.respond(to: request, body: RESTRequestBody(pieces))
                #expect(broken.head.status.code == 400)
            }
            #expect(try await database.count("Piece").count == before)
        }
    }

    /// As qs, which LoopBack's clients write for.
    @Test(arguments: [
        "a[1]=x&a[3]=y", "a[3]=y&a[1]=x", "a[1]=x&a[]=y", "a[0]=x&a[1]=y", "a[]=x&a[5]=y",
    ])
    func listsWithGapsAreLists(query: String) throws {
        #expect(try QueryString(query)["a"] == ["x", "y"])
    }

    @Test func otherKeysMakeNoLists() throws {
        #expect(try QueryString("a[1]=x&a[b]=y")["a"] == ["1": "x", "b": "y"])
        #expect(try QueryString("a[1]=x&a[400]=y")["a"] == ["1": "x", "400": "y"])
        #expect(try QueryString("a[01]=x&a[2]=y")["a"] == ["01": "x", "2": "y"])
    }

    @Test func parametersNobodyAskedForAreNotRead() async throws {
        try await RESTWorld.withService("others") { service, _, _ in
            for query in ["utm=100%", "x=1&x[y]=2", "%FF=1", "utm=%E0%A4%A&x[]=1&x=%"] {
                let answer = try await service.ask(.get, "/api/Things?\(query)&filter[limit]=1")
                #expect(answer.status == 200 && answer.json.elements?.count == 1, "\(query): \(answer.text)")
            }
            for query in ["filter=%", "filter[where][id]=1&filter=2", "filter[where][name]=%FF"] {
                #expect(try await service.ask(.get, "/api/Things?\(query)").status == 400, "\(query)")
            }
            #expect(
                try await service.ask(.get, "/api/Things/1?filter[include][1]=pieces&filter[include][3]=pieces").status
                    == 200)
        }
    }
}
