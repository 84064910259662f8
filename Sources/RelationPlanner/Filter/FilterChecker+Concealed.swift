// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Questions about records that a property holds, of which something is hidden (K5, D28).
///
/// What is not shown must not be found out either: paths to it are refused, and of the records as a whole nothing can be
/// asked that depends on it.
extension FilterChecker {
    /// Operators under which the value says which members are asked about.
    private static let membersAsked: Set = ["eq", "neq", "inq", "nin", "contains", "exists", "not"]

    /// Refuses a path that leads to a hidden member.
    func allow(_ path: [String], _ property: Property, _ model: Model) throws(PlannerError) {
        guard !isTrusted, case .concealed(let name, let id)? = place(path, property, model) else { return }
        throw error(
            .prohibitedProperty, "\(schema[id].name).\(name) is not to be asked about.", model: schema[id],
            property: name)
    }

    /// Refuses what a `where` says about records as a whole when hidden members have to do with it.
    func allow(_ json: JSONValue, _ operand: Condition.Operand, _ model: Model) throws(PlannerError) {
        let property = model.properties[operand.property]
        guard !isTrusted, case .records(let records)? = place(operand.path, property, model) else { return }
        guard case .object(let members) = json, members.allSatisfy({ Self.operators.contains($0.key) }) else {
            if records.visible(json) != json { throw concealing(property, model, nil) }
            return
        }
        for member in members {
            let isAllowed =
                Self.membersAsked.contains(member.key) && records.visible(member.value) == member.value
                && (member.key != "contains" || member.value.isContainer)
            if !isAllowed { throw concealing(property, model, member.key) }
        }
    }

    /// Refuses records as a whole, of which something is hidden.
    func refuseConcealing(
        _ operand: Condition.Operand, _ model: Model, _ name: String
    ) throws(PlannerError) {
        let property = model.properties[operand.property]
        guard !isTrusted, case .records? = place(operand.path, property, model) else { return }
        throw concealing(property, model, name)
    }

    private func place(_ path: [String], _ property: Property, _ model: Model) -> Concealment.Place? {
        Concealment(property, of: model, in: schema)?.place(at: path)
    }

    private func concealing(_ property: Property, _ model: Model, _ name: String?) -> PlannerError {
        error(
            .prohibitedProperty,
            "\(model.name).\(property.name) holds records of which something is hidden; ask about members that are shown.",
            model: model, property: property.name, operator: name)
    }
}
