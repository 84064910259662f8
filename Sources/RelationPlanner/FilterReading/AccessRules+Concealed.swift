// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Questions about records that a property holds, of which something is hidden (K5, D28).
///
/// What is not shown must not be found out either: paths to it are refused, and of the records as a whole nothing can be
/// asked that depends on it.
extension AccessRules {
    /// Operators under which the value says which members are asked about.
    private static let membersAsked: Set = ["eq", "neq", "inq", "nin", "contains", "exists", "not"]

    /// Refuses a path that leads to a hidden member, or might: into records of which something is hidden only members that the
    /// model knows are followed.
    func allow(_ path: [String], _ property: Property, _ model: Model) throws(PlannerError) {
        guard !isTrusted else { return }
        switch place(path, property, model) {
        case .concealed(let name, let id)?:
            throw error(
                .prohibitedProperty, "\(schema[id].name).\(name) is not to be asked about.", model: schema[id],
                property: name)
        case .unknown(let name, let id)?:
            let hint = schema[id].suggestion(forProperty: name, isNested: true)
            throw error(
                .unknownProperty,
                "\(schema[id].name) has no property \"\(name)\", and of its records in \(model.name).\(property.name) only properties can be asked about.\(hint)",
                model: schema[id], property: name)
        case .records?, .open?, nil: return
        }
    }

    /// Refuses what a `where` says about records as a whole when hidden members have to do with it.
    func allow(_ json: JSONValue, _ operand: Condition.Operand, _ model: Model) throws(PlannerError) {
        let property = model.properties[operand.property]
        guard !isTrusted, case .records(let records)? = place(operand.path, property, model) else { return }
        guard case .object(let members) = json, members.allSatisfy({ OperatorReader.operators.contains($0.key) }) else {
            if !Self.asksAboutShown(json, records) { throw concealing(property, model, nil) }
            return
        }
        for member in members {
            let isAllowed =
                Self.membersAsked.contains(member.key) && Self.asksAboutShown(member.value, records)
                && (member.key != "contains" || member.value.isContainer)
            if !isAllowed { throw concealing(property, model, member.key) }
        }
    }

    /// Whether a value that records are compared with has only members that are shown. A text among them may be what a column of
    /// texts has for a whole record, so there it is a guess at all of it.
    private static func asksAboutShown(_ json: JSONValue, _ records: Concealment) -> Bool {
        func isText(_ json: JSONValue) -> Bool {
            switch json {
            case .string(let text): !["", "true", "false", "1", "0"].contains(text)
            case .array(let elements): elements.contains(where: isText)
            default: false
            }
        }
        return !isText(json) && records.visible(json) == json
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
        Concealment(property, of: model, in: schema)?.place(at: path, in: schema)
    }

    private func concealing(_ property: Property, _ model: Model, _ name: String?) -> PlannerError {
        error(
            .prohibitedProperty,
            "\(model.name).\(property.name) holds records of which something is hidden; ask about members that are shown.",
            model: model, property: property.name, operator: name)
    }
}
