// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Foundation
import Kinship
import KinshipREST
import TestSupport
import Testing

/// Every route of every kind of relation, over a socket: for a record that isn't there, for a related one that is another record's, with
/// bodies that are none, and for who may not do it. None of them changes anything.
@Suite struct RelationMatrixTests {
    private typealias Subject = RelationSubject

    private static let subjects = RelationSubject.all

    /// The routes of a subject's relation.
    private func routes(_ subject: Subject, _ served: ServedDatabase) -> [(Route, RelationOperation)] {
        served.service.routes.routes.compactMap { route in
            guard route.model == subject.model, case .relation(subject.relation, let operation) = route.operation else {
                return nil
            }
            return (route, operation)
        }
    }

    private func path(_ route: Route, id: String, key: String) -> String {
        "/api" + route.path.replacing(":id", with: id).replacing(":fk", with: key)
    }

    private let json = [("Content-Type", "application/json")]

    @Test func eachKindIsThere() async throws {
        try await ServedDatabase.run { served in
            let schema = served.database.schema
            var kinds = Set<String>()
            for subject in Self.subjects {
                let relation = try #require(schema.model(subject.model)?.relation(subject.relation))
                kinds.insert(relation.kind.rawValue + (relation.polymorphic == nil ? "" : " polymorphic"))
                #expect(!routes(subject, served).isEmpty, "\(subject.relation)")
            }
            #expect(kinds.count == 12, "\(kinds)")
        }
    }

    @Test func recordsThatAreNotThereAre404() async throws {
        try await ServedDatabase.run { served in
            // Others may refer to a record that isn't there.
            try await served.made.run(
                """
                update orders set customer_id = 999 where id = 1;
                insert into appointment (physician_id, patient_id) values (999, 1);
                insert into productcategory (categoryid, productid) values (999, 1);
                insert into profile (customer_id) values (999);
                insert into picture (url, imageableid, imageabletype) values ('u', 999, 'Product'), ('v', 999, 'Customer');
                update picture set imageableid = 999, imageabletype = 'Product' where id = 1;
                insert into tagging (tagid, taggableid, taggabletype) values (1, 999, 'Product');
                """)
            let before = try await served.contents()
            for subject in Self.subjects {
                for (route, operation) in routes(subject, served) {
                    let path = path(route, id: "999", key: "1")
                    let body = operation.takesBody ? Array("{}".utf8) : []
                    let answer = try await served.client.send(route.method.rawValue, path, json, body: body)
                    #expect(answer.status == 404, "\(route): \(answer.text)")
                    if route.method != .head {
                        #expect(
                            answer.text.contains("MODEL_NOT_FOUND") && answer.text.contains("999"),
                            "\(route): \(answer.text)")
                    }
                }
            }
            #expect(try await served.contents() == before)
        }
    }

    @Test func recordsOfOthersAre404() async throws {
        try await ServedDatabase.run { served in
            let before = try await served.contents()
            for subject in Self.subjects where !subject.foreign.isEmpty {
                for (route, operation) in routes(subject, served) where route.path.hasSuffix(":fk") {
                    // A link may be made to any record that is there.
                    let isLink = operation == .link
                    let path = path(route, id: subject.id, key: isLink ? "99999" : subject.foreign)
                    let body = operation.takesBody ? Array("{}".utf8) : []
                    let answer = try await served.client.send(route.method.rawValue, path, json, body: body)
                    // What is not linked needs no unlinking, and an embedded record that isn't there no deleting.
                    let isQuiet =
                        operation == .unlink || operation == .deleteById && subject.relation == "addresses"
                    #expect(answer.status == (isQuiet ? 204 : 404), "\(route): \(answer.text)")
                }
            }
            #expect(try await served.contents() == before)
        }
    }

    /// What another parent has may be linked as well: that one keeps it, and a link that is let go was nobody else's.
    @Test func linksTakeNothingFromOtherParents() async throws {
        try await ServedDatabase.run { served in
            let before = try await served.contents()
            var linked = 0
            for subject in Self.subjects where !subject.foreign.isEmpty {
                let routes = routes(subject, served)
                guard let link = routes.first(where: { $0.1 == .link })?.0,
                    let unlink = routes.first(where: { $0.1 == .unlink })?.0
                else { continue }
                linked += 1
                let path = path(link, id: subject.id, key: subject.foreign)
                #expect(try await served.client.send("HEAD", path).status == 404, "\(link)")
                let answer = try await served.client.send(link.method.rawValue, path, json, body: Array("{}".utf8))
                #expect(answer.status == 200, "\(link): \(answer.text)")
                #expect(try await served.client.send("HEAD", path).status == 200, "\(link)")
                // One table has one row more, or another list: that of the links.
                let after = try await served.contents()
                #expect(zip(before, after).count(where: { $0 != $1 }) == 1, "\(link)")
                let gone = try await served.client.send(unlink.method.rawValue, path)
                #expect(gone.status == 204, "\(unlink): \(gone.text)")
                #expect(try await served.contents() == before, "\(unlink)")
            }
            #expect(linked == 4)
        }
    }

    @Test func bodiesThatAreNoneAreRefused() async throws {
        let bodies: [(String, String, [Int])] = [
            (#"{"name":"#, "application/json", [400]), ("5", "application/json", [400]),
            (#""x""#, "application/json", [400]),
            ("null", "application/json", [400]), ("[1]", "application/json", [400]), ("x", "text/plain", [415]),
            (
                #"{"id":{"a":[]},"name":{"a":1},"street":{"a":1},"iban":[2],"bio":{"b":1},"url":{"b":1},"label":{"b":1},"status":{"b":1},"physicianId":{"b":1},"productId":{"b":1},"tagId":{"b":1}}"#,
                "application/json", [400, 422]
            ),
        ]
        try await ServedDatabase.run { served in
            let before = try await served.contents()
            for subject in Self.subjects {
                for (route, operation) in routes(subject, served) where operation.takesBody {
                    let path = path(route, id: subject.id, key: subject.foreign.isEmpty ? "1" : "1")
                    for (body, type, expected) in bodies {
                        let answer = try await served.client.send(
                            route.method.rawValue, path, [("Content-Type", type)], body: Array(body.utf8))
                        // Embedded records of another key are looked up first.
                        #expect(
                            expected.contains(answer.status)
                                || (answer.status == 404 && body.count > 20 && operation == .updateById),
                            "\(route) \(body): \(answer.status) \(answer.text)")
                    }
                }
            }
            #expect(try await served.contents() == before)
        }
    }

    @Test func whoMayNotIsRefused() async throws {
        for policy: any RESTPolicy in [ReadOnlyPolicy(), ClosedPolicy()] {
            try await ServedDatabase.run {
                $0.policy = policy
            } _: { served in
                let before = try await served.contents()
                for subject in Self.subjects {
                    for (route, operation) in routes(subject, served) {
                        for id in [subject.id, "999"] {
                            let path = path(route, id: id, key: subject.foreign.isEmpty ? "1" : subject.foreign)
                            let body = operation.takesBody ? Array(#"{"name":"x"}"#.utf8) : []
                            let answer = try await served.client.send(route.method.rawValue, path, json, body: body)
                            let isOpen = policy is ReadOnlyPolicy && route.accessType == .read
                            // Whether there is such a record is not told either.
                            #expect(isOpen ? answer.status != 401 : answer.status == 401, "\(route): \(answer.text)")
                        }
                    }
                }
                #expect(try await served.contents() == before)
            }
        }
    }
}
#endif
