// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A method that is there, with arguments that are right for it.
struct MethodCall<Subject: MethodSubject>: Sendable {
    let method: MethodDefinition
    private let body: MethodBody<Subject>
    private let arguments: MethodArguments
    private let name: String

    /// - Throws: ``PlannerError`` `UNKNOWN_METHOD`, ``ArgumentError``.
    init(
        _ name: String, among methods: [MethodDefinition], of owner: String, _ model: String, _ relation: String?,
        _ arguments: JSONValue
    ) throws {
        let own = methods.filter { $0.subject == Subject.subject }
        guard let method = own.first(where: { $0.name == name }), let body = method.contents as? MethodBody<Subject>
        else {
            var hint = Suggestion.text(for: name, among: own.map(\.name))
            if let other = methods.first(where: { $0.name == name }) {
                hint =
                    other.subject == .record
                    ? " It is one of a record: give its key." : " It is one of the model: give no key."
            }
            throw PlannerError(
                .unknownMethod, "\(owner) has no method \"\(name)\".\(hint)", path: "method", model: model,
                relation: relation)
        }
        self.method = method
        self.body = body
        self.name = "\(owner).\(name)"
        self.arguments = try MethodArguments(arguments, of: method, called: self.name)
        let given = self.arguments
        let problems = body.checks.compactMap { $0(given) }
        guard problems.isEmpty else { throw ArgumentError(method: self.name, problems) }
    }

    /// Calls it in a transaction.
    ///
    /// - Parameter subject: finds what it is about.
    func run(
        in session: some Session,
        _ subject: @Sendable (Transaction) async throws -> (Subject, ParentRecord?)
    ) async throws -> MethodAnswer {
        try await session.withTransaction(readOnly: method.isReadOnly) { transaction in
            let (subject, record) = try await subject(transaction)
            let json = try await body.run(subject, arguments)
            if var fault = record?.firstFault {
                (fault.code, fault.status) = (.invalidDefinition, PlannerError.Code.invalidDefinition.status)
                throw fault
            }
            return MethodAnswer(method, json)
        }
    }
}
