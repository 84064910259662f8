// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Kinship
import KinshipREST
import TestSupport
import Testing

/// Every route of every kind of relation, and those below related records, where a rule closes one model: that of the record, the one that the
/// relation leads to, that of its links, or the one between. Whichever it is, nothing is told and nothing changes.
@Suite(.timeLimit(.minutes(5))) struct RelationRuleMatrixTests {
    private static let rule: JSONValue = [
        "permission": "DENY", "principalType": "ROLE", "principalId": "$everyone",
    ]

    /// A request, and what it has to do with the closed model.
    private struct Case {
        let route: Route
        let path: String
        let operation: RelationOperation
        /// Whether it comes to the closed model for certain.
        let isClosed: Bool
        /// Whether it may.
        let mayBeClosed: Bool
    }

    static let models = [
        "Customer", "Physician", "Category", "Order", "Product", "Picture", "Patient", "Profile", "Tag", "Appointment",
        "Tagging", "Item", "Review", "Country",
    ]

    @Test(arguments: RelationRuleMatrixTests.models)
    func whatARuleClosesIsClosedOnEveryWay(_ closed: String) async throws {
        let own = try NestedSubject.corpus { definition in
            if definition.name == closed { definition.settings.append(.init("acls", [Self.rule])) }
        }
        try await ServedDatabase.run(own: own) { options in
            var access = AccessControl()
            access.defaultPermission = .allow
            options.policy = nil
            options.access = access
        } _: { served in
            #expect(served.service.ruleProblems.isEmpty)
            let cases = Self.cases(served, closed)
            #expect(!cases.filter(\.isClosed).isEmpty, "\(closed)")
            let before = try await served.contents()
            for example in cases where example.isClosed {
                let answer = try await Self.send(example, served)
                #expect(answer.status == 401, "\(example.route): \(answer.status) \(answer.text)")
            }
            #expect(try await served.contents() == before)
            // What has nothing to do with it is open, so that it is the rule that closes.
            for example in cases where !example.mayBeClosed && example.route.accessType == .read {
                let answer = try await Self.send(example, served)
                #expect(answer.status != 401, "\(example.route): \(answer.status) \(answer.text)")
            }
        }
    }

    private static func send(_ example: Case, _ served: ServedDatabase) async throws -> RawHTTP.Answer {
        try await served.client.send(
            example.route.method.rawValue, example.path, [("Content-Type", "application/json")],
            body: example.operation.takesBody ? Array("{}".utf8) : [])
    }

    /// All routes of relations, and those below them.
    private static func cases(_ served: ServedDatabase, _ closed: String) -> [Case] {
        let schema = served.database.schema
        var cases: [Case] = []
        for subject in RelationSubject.all {
            guard let relation = schema.model(subject.model)?.relation(subject.relation) else { continue }
            for route in served.service.routes.routes where route.model == subject.model {
                guard case .relation(subject.relation, let operation) = route.operation else { continue }
                let key = subject.foreign.isEmpty ? "1" : subject.foreign
                let path = "/api" + route.path.replacing(":id", with: subject.id).replacing(":fk", with: key)
                let (isClosed, mayBe) = comes(relation, operation, to: closed, schema)
                cases.append(
                    Case(
                        route: route, path: path, operation: operation,
                        isClosed: isClosed || subject.model == closed, mayBeClosed: mayBe || subject.model == closed))
            }
        }
        for subject in NestedSubject.all {
            guard let outer = schema.model(subject.model)?.relation(subject.relation),
                let between = outer.target.map({ schema[$0] })
            else { continue }
            let ahead = subject.model == closed || between.name == closed
            for nested in subject.routes(served) {
                guard let relation = between.relation(nested.inner) else { continue }
                let (isClosed, mayBe) = comes(relation, nested.operation, to: closed, schema)
                let isLink = outer.through.map { schema[$0.model].name == closed } ?? false
                cases.append(
                    Case(
                        route: nested.route, path: nested.path(id: subject.id, key: subject.key),
                        operation: nested.operation, isClosed: ahead || isClosed,
                        mayBeClosed: ahead || mayBe || isLink))
            }
        }
        return cases
    }

    /// Whether an operation of a relation comes to a model, for certain and perhaps.
    private static func comes(
        _ relation: Relation, _ operation: RelationOperation, to closed: String, _ schema: Schema
    ) -> (Bool, Bool) {
        // What is kept in a record's property is as open as the property.
        if relation.embedded != nil { return (false, false) }
        // Which model a record of several types leads to is the row's to say.
        guard let target = relation.target.map({ schema[$0].name }) else { return (false, true) }
        let link = relation.through.map { schema[$0.model].name }
        var isClosed = target == closed
        if link == closed { isClosed = isClosed || changesLinks.contains(operation) }
        // A relation's own scope may include what is closed.
        let mayReach = link == closed || relation.definition.scope?["include"] != nil
        return (isClosed, isClosed || mayReach)
    }

    private static let changesLinks: Set<RelationOperation> = [.create, .link, .delete, .deleteById, .unlink, .exists]
}
#endif
