// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Finds the value of a filter that the server can't read: which texts are values of `inet`, of a range or of a database's own
/// type only the server tells, and so it is with regular expressions, with text searches and with texts in a database that
/// isn't UTF8 (D7, B9). What is too much for it, for its stack above all, is no less the filter's fault.
///
/// The server's error names no parameter, so each value in question is asked about by itself. That takes a statement for
/// each, after a request that failed; requests that don't fail know nothing of it.
struct ValueFault {
    /// How many values are asked about at most.
    private static let mostQuestions = 64

    let plan: PreparedPlan
    let values: [BoundValue]

    /// The filter's fault where an error of the server's is one, else the error.
    ///
    /// - Parameter probe: runs a statement, in no transaction that has failed.
    func explain(_ error: any Error, probe: @Sendable (Statement) async throws -> Void) async -> any Error {
        guard let error = error as? PostgresError, let state = error.sqlState, Self.isAboutValues(state) else {
            return error
        }
        let owners = ValueOwners.owners(in: plan.shape, of: plan.model, plan.schema)
        var questions = 0
        for (slot, owner) in owners.sorted(by: { $0.key < $1.key }) where values.indices.contains(slot) {
            guard questions < Self.mostQuestions else { return error }
            guard let statement = try? Self.question(values[slot], owner, state) else { continue }
            questions += 1
            do {
                try await probe(statement)
            } catch let failure as PostgresError where failure.sqlState == state {
                return Self.fault(failure, owner)
            } catch {
                return error
            }
        }
        return error
    }

    /// Data exceptions, what names a thing that isn't there (as `regclass` does), what a domain's check refuses.
    private static func isAboutValues(_ state: String) -> Bool {
        state.hasPrefix("22") || state.hasPrefix("54") || state == "53200" || state == "XX000" || state.hasPrefix("42")
            || state.hasPrefix("3F") || state == "23514" || state == "0A000"
    }

    /// What asks about one value; nil when it is none that the server alone can judge.
    private static func question(
        _ value: BoundValue, _ owner: ValueOwners.Owner, _ state: String
    ) throws -> Statement? {
        var parameters = Parameters()
        try parameters.append(value)
        if let reading = owner.reading {
            return Statement("SELECT \(reading)", parameters, preparation: .unnamed)
        }
        // 22P05: a character that the database's encoding doesn't have.
        guard value.type.wireType != value.type || state == "22P05" && value.type.isText else { return nil }
        return Statement("SELECT \(value.type.parameter(1)) IS NULL", parameters, preparation: .unnamed)
    }

    private static func fault(_ error: PostgresError, _ owner: ValueOwners.Owner) -> PlannerError {
        let reason = error.server?.message ?? error.message
        let expectation =
            owner.reading != nil
            ? "a \(owner.operator == "match" ? "text search" : "regular expression") that PostgreSQL takes"
            : "what PostgreSQL reads as \(owner.type.name)"
        return PlannerError(
            .invalidValue,
            "\"\(owner.operator)\" of \(owner.model).\(owner.property) takes \(expectation): \(reason).",
            model: owner.model, property: owner.property, operator: owner.operator)
    }
}
