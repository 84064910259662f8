// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads a `where`: what is joined by `and`, `or`, `nor` and `not`, and what stands in it.
struct ConditionReader: ContextReader {
    let context: ReadingContext

    /// The condition of a `where` object.
    func condition(_ json: JSONValue, _ model: Model) throws(PlannerError) -> Condition {
        let members: [JSONValue.Member]
        switch json {
        case .null: return .always
        case .object(let list): members = list
        default:
            throw error(
                .invalidFilter, "A condition is an object such as {\"id\": 1}, not \(json.kindName).", model: model)
        }
        return try nested { () throws(PlannerError) in
            var conditions: [Condition] = []
            for member in members {
                try countNode()
                conditions.append(
                    try at(member.key) { () throws(PlannerError) in try condition(member, model)
                    })
            }
            return .all(of: conditions)
        }
    }

    private func condition(_ member: JSONValue.Member, _ model: Model) throws(PlannerError) -> Condition {
        switch member.key {
        case "and": return .all(of: try branches(member, model))
        case "or":
            let branches = try branches(member, model)
            if branches.isEmpty { throw emptyOr(member.key) }
            return .any(branches)
        case "nor":
            let branches = try branches(member, model)
            if branches.isEmpty { throw emptyOr(member.key) }
            return .not(branches.count == 1 ? branches[0] : .any(branches))
        case "not":
            guard case .object = member.value else {
                throw error(.invalidFilter, "\"not\" takes one condition, not \(member.value.kindName).", model: model)
            }
            return .not(try condition(member.value, model))
        default:
            if let relation = model.relation(member.key),
                model.propertyIDs[member.key] == nil || RelatedReader.asksAboutRelated(member.value, relation)
            {
                return try relatedReader.condition(member.value, relation, model)
            }
            let operand: Condition.Operand
            do {
                operand = try nameReader.operand(member.key, model)
            } catch {
                guard context.misfits != nil, error.code == .unknownProperty else { throw error }
                context.misfits?.append(error)
                return .always
            }
            return try operatorReader.conditions(member.value, operand, model)
        }
    }

    private func emptyOr(_ key: String) -> PlannerError {
        error(
            .emptyOr,
            "\"\(key)\" without conditions would be \(key == "or" ? "false" : "true") for every row. Leave it out, or name a condition.",
            operator: key)
    }

    private func branches(_ member: JSONValue.Member, _ model: Model) throws(PlannerError) -> [Condition] {
        guard let elements = member.value.listElements else {
            throw error(
                .invalidFilter, "\"\(member.key)\" takes a list of conditions, not \(member.value.kindName).",
                model: model)
        }
        var branches: [Condition] = []
        for (index, element) in elements.enumerated() {
            try countNode()
            branches.append(
                try at(index) { () throws(PlannerError) in
                    guard case .object = element else {
                        throw error(
                            .invalidFilter, "A condition is an object, not \(element.kindName).", model: model)
                    }
                    return try condition(element, model)
                })
        }
        return branches
    }
}
