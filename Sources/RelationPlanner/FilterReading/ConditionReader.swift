// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads a `where`: what is joined by `and`, `or`, `nor` and `not`, and what is asked about related rows.
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
                model.propertyIDs[member.key] == nil || Self.asksAboutRelated(member.value, relation)
            {
                return try related(member.value, relation, model)
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

    /// Whether a condition on what is both a property and a relation means the relation.
    private static func asksAboutRelated(_ json: JSONValue, _ relation: Relation) -> Bool {
        guard case .object(let members) = json, let word = members.first?.key else { return false }
        return quantifiers(relation).contains(word)
    }

    private static func quantifiers(_ relation: Relation) -> [String] {
        relation.isToMany ? ["some", "every", "none"] : ["is", "isNot"]
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

    private func related(
        _ json: JSONValue, _ relation: Relation, _ model: Model
    ) throws(PlannerError) -> Condition {
        try accessRules.allow(relation, model)
        guard let target = relation.target else {
            let discriminator = relation.polymorphic.map { model.properties[$0.discriminator] }
            let name = discriminator.flatMap { $0.isHidden || $0.isProtected ? nil : $0.name } ?? "its type"
            throw error(
                .unsupported,
                "\(model.name).\(relation.name) leads to models of several types, so conditions on it aren't possible. Ask about \(name) and the key instead.",
                model: model, relation: relation.name)
        }
        try accessRules.requireTables(of: relation, model)
        let words = Self.quantifiers(relation)
        guard case .object(let members) = json, !members.isEmpty else {
            throw error(
                .invalidFilter,
                "A condition on related rows names how many: {\"\(relation.name)\": {\"\(words[0])\": {…}}} (\(words.joined(separator: ", "))).",
                model: model, relation: relation.name)
        }
        let targetModel = schema.models[target]
        let before = context.misfits
        context.misfits = nil
        defer { context.misfits = before }
        var conditions: [Condition] = []
        for member in members {
            guard words.contains(member.key) else {
                throw error(
                    .invalidFilter,
                    "\(model.name).\(relation.name) can be asked about with \(words.joined(separator: ", ")), not \"\(member.key)\".",
                    model: model, relation: relation.name, operator: member.key)
            }
            let condition = try at(member.key) { () throws(PlannerError) in
                try countNode()
                let before = context.way
                context.way = RelationWay(relation, .condition)
                defer { context.way = before }
                return try inside { () throws(PlannerError) in
                    try self.condition(member.value, targetModel)
                }
            }
            let isNull = member.value == .null
            if isNull, relation.isToMany {
                throw error(
                    .invalidFilter, "\"\(member.key)\" takes a condition; {} is true for every row.", model: model,
                    relation: relation.name, operator: member.key)
            }
            let quantifier: Condition.RelatedCondition.Quantifier =
                switch (member.key, isNull) {
                case ("some", _), ("is", false), ("isNot", true): .some
                case ("every", _): .every
                default: .none
                }
            conditions.append(.related(.init(relation.id, quantifier, condition)))
        }
        return .all(of: conditions)
    }
}
