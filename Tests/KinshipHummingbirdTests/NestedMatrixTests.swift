// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Kinship
import KinshipREST
import TestSupport
import Testing

/// Every route below the related records of every kind of relation, over a socket: for records that aren't there, for those of another parent,
/// with bodies that are none, and for who may not do it. None of them changes anything.
@Suite struct NestedMatrixTests {
    private let json = [("Content-Type", "application/json")]

    /// Sends a request to each nested route of each subject.
    private func each(
        _ served: ServedDatabase, where isMeant: (NestedSubject) -> Bool = { _ in true },
        _ body: (NestedSubject, NestedSubject.Nested) async throws -> Void
    ) async throws {
        let before = try await served.contents()
        for subject in NestedSubject.all where isMeant(subject) {
            let routes = subject.routes(served)
            #expect(!routes.isEmpty, "\(subject.model).\(subject.relation)")
            for route in routes { try await body(subject, route) }
        }
        #expect(try await served.contents() == before)
    }

    private func send(
        _ served: ServedDatabase, _ nested: NestedSubject.Nested, _ path: String, _ text: String = "{}"
    ) async throws -> RawHTTP.Answer {
        try await served.client.send(
            nested.route.method.rawValue, path, json, body: nested.operation.takesBody ? Array(text.utf8) : [])
    }

    /// Neither a key that no record has nor that of another parent's record leads on.
    @Test func recordsBetweenHaveToBeTheParents() async throws {
        try await ServedDatabase.run(own: try NestedSubject.corpus()) { served in
            try await each(served) {
                !$0.key.isEmpty
            } _: { subject, nested in
                for key in [subject.foreign, "99999"] {
                    let answer = try await send(served, nested, nested.path(id: subject.id, key: key))
                    #expect(answer.status == 404, "\(nested.route) \(key): \(answer.text)")
                    guard nested.route.method != .head else { continue }
                    #expect(
                        answer.text.contains("MODEL_NOT_FOUND") && answer.text.contains(key),
                        "\(nested.route): \(answer.text)")
                }
            }
        }
    }

    @Test func parentsHaveToBeThere() async throws {
        try await ServedDatabase.run(own: try NestedSubject.corpus()) { served in
            // Others may refer to a record that isn't there.
            try await served.made.run(
                """
                update orders set customer_id = 999 where id = 1;
                insert into appointment (physician_id, patient_id) values (999, 1);
                insert into productcategory (categoryid, productid) values (999, 1);
                insert into profile (customer_id) values (999);
                update picture set imageableid = 999, imageabletype = 'Customer' where id = 1;
                """)
            try await each(served) { subject, nested in
                let answer = try await send(served, nested, nested.path(id: "999", key: "1"))
                #expect(answer.status == 404, "\(nested.route): \(answer.text)")
                guard nested.route.method != .head else { return }
                let codes = ["MODEL_NOT_FOUND"] + (subject.key.isEmpty ? ["RELATION_EMPTY"] : [])
                #expect(
                    codes.contains { answer.text.contains($0) } && answer.text.contains("999"),
                    "\(nested.route): \(answer.text)")
            }
        }
    }

    @Test func relatedRecordsHaveToBeThere() async throws {
        try await ServedDatabase.run(own: try NestedSubject.corpus()) { served in
            try await each(served) { subject, nested in
                // What is deleted or let go and isn't there may need no deleting.
                guard nested.route.path.hasSuffix(":fk"), ![.unlink, .deleteById].contains(nested.operation) else {
                    return
                }
                // The first item is one of another order.
                let isOfOrders = subject.relation == "orders" && nested.inner == "items"
                for inner in ["99999999"] + (isOfOrders ? ["1"] : []) {
                    let path = nested.path(id: subject.id, key: subject.key, inner: inner)
                    let answer = try await send(served, nested, path)
                    // What is no key of the related model is told to be none.
                    #expect([404, 400, 422].contains(answer.status), "\(path): \(answer.status) \(answer.text)")
                }
            }
        }
    }

    @Test func bodiesThatAreNoneAreRefused() async throws {
        let bodies: [(String, String, Int)] = [
            (#"{"name":"#, "application/json", 400), ("5", "application/json", 400), (#""x""#, "application/json", 400),
            ("null", "application/json", 400), ("[1]", "application/json", 400), ("x", "text/plain", 415),
        ]
        try await ServedDatabase.run(own: try NestedSubject.corpus()) { served in
            try await each(served) { subject, nested in
                guard nested.operation.takesBody else { return }
                for (body, type, status) in bodies {
                    let answer = try await served.client.send(
                        nested.route.method.rawValue, nested.path(id: subject.id, key: subject.key),
                        [("Content-Type", type)], body: Array(body.utf8))
                    #expect(answer.status == status, "\(nested.route) \(body): \(answer.status) \(answer.text)")
                }
            }
        }
    }

    @Test func whoMayNotIsRefused() async throws {
        for policy: any RESTPolicy in [ReadOnlyPolicy(), ClosedPolicy()] {
            try await ServedDatabase.run(own: try NestedSubject.corpus()) {
                $0.policy = policy
            } _: { served in
                try await each(served) { subject, nested in
                    // Whether there is such a record is not told either.
                    for (id, key) in [(subject.id, subject.key), (subject.id, subject.foreign), ("999", "1")] {
                        let answer = try await send(served, nested, nested.path(id: id, key: key.isEmpty ? "1" : key))
                        let isOpen = policy is ReadOnlyPolicy && nested.route.accessType == .read
                        #expect(
                            isOpen ? answer.status != 401 : answer.status == 401,
                            "\(nested.route): \(answer.status) \(answer.text)")
                    }
                }
            }
        }
    }
}
#endif
