// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads what a `where` asks about related rows: whether some, all or none meet a condition, and numbers about those that do.
struct RelatedReader: ContextReader {
    let context: ReadingContext

    /// Whether a condition on what is both a property and a relation means the relation.
    static func asksAboutRelated(_ json: JSONValue, _ relation: Relation) -> Bool {
        guard case .object(let members) = json, let word = members.first?.key else { return false }
        return quantifiers(relation).contains(word) || relation.isToMany && numberWords.contains(word)
    }

    private static func quantifiers(_ relation: Relation) -> [String] {
        relation.isToMany ? ["some", "every", "none"] : ["is", "isNot"]
    }

    /// The functions, and what says which rows they are of.
    private static let numberWords = Aggregate.allCases.map(\.rawValue) + ["where"]

    /// What is said of one relation; all of it counts (D3).
    func condition(
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
        for member in members where !(relation.isToMany && Self.numberWords.contains(member.key)) {
            guard words.contains(member.key) else { throw unknownWord(member.key, relation, model) }
            conditions.append(try quantified(member, relation, model, targetModel))
        }
        if conditions.count < members.count { conditions.append(try numbers(members, relation, model, targetModel)) }
        return .all(of: conditions)
    }

    private func unknownWord(_ word: String, _ relation: Relation, _ model: Model) -> PlannerError {
        if Self.numberWords.contains(word) {
            return error(
                .invalidFilter,
                "\(model.name).\(relation.name) leads to at most one row: there is nothing to count. Ask about its record with is or isNot.",
                model: model, relation: relation.name, operator: word)
        }
        let words = Self.quantifiers(relation) + (relation.isToMany ? Aggregate.allCases.map(\.rawValue) : [])
        return error(
            .invalidFilter,
            "\(model.name).\(relation.name) can be asked about with \(words.joined(separator: ", ")), not \"\(word)\".",
            model: model, relation: relation.name, operator: word)
    }

    private func quantified(
        _ member: JSONValue.Member, _ relation: Relation, _ model: Model, _ target: Model
    ) throws(PlannerError) -> Condition {
        let condition = try at(member.key) { () throws(PlannerError) in
            try countNode()
            return try asked(member.value, relation, target)
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
        return .related(.init(relation.id, quantifier, condition))
    }

    /// A condition on the relation's rows.
    private func asked(_ json: JSONValue, _ relation: Relation, _ target: Model) throws(PlannerError) -> Condition {
        let before = context.way
        context.way = RelationWay(relation, .condition)
        defer { context.way = before }
        return try inside { () throws(PlannerError) in try conditionReader.condition(json, target) }
    }

    /// `{"count": {"gte": 3}, "sum": {"total": {"gt": 100}}, "where": {"status": "paid"}}`: of the rows that meet the `where`, or
    /// of all.
    private func numbers(
        _ members: [JSONValue.Member], _ relation: Relation, _ model: Model, _ target: Model
    ) throws(PlannerError) -> Condition {
        var condition = Condition.always
        var numbers = RelatedNumbers()
        var asked: [(path: [String], place: Property.ID, json: JSONValue)] = []
        for member in members where Self.numberWords.contains(member.key) {
            try at(member.key) { () throws(PlannerError) in
                try countNode()
                guard let function = Aggregate(rawValue: member.key) else {
                    condition = try self.asked(member.value, relation, target)
                    return
                }
                if function == .count {
                    let place = numbers.place(of: .init(.count, Property.ID(0)))
                    return asked.append(([member.key], place, member.value))
                }
                guard case .object(let properties) = member.value, !properties.isEmpty else {
                    throw error(
                        .invalidFilter,
                        "\"\(member.key)\" says of which property: {\"\(relation.name)\": {\"\(member.key)\": {\"\(target.properties.first { !$0.isHidden && !$0.isProtected }?.name ?? "id")\": {\"gt\": 5}}}}, not \(member.value.kindName).",
                        model: model, relation: relation.name, operator: member.key)
                }
                for property in properties {
                    try at(property.key) { () throws(PlannerError) in
                        try countNode()
                        let id = try orderReader.aggregated(property.key, function, target)
                        asked.append(
                            ([member.key, property.key], numbers.place(of: .init(function, id)), property.value))
                    }
                }
            }
        }
        guard !asked.isEmpty else {
            throw error(
                .invalidFilter,
                "\"where\" says which rows of \(model.name).\(relation.name) a number is of: add count, sum, avg, min or max, or ask with some, every or none.",
                model: model, relation: relation.name, operator: "where")
        }
        let row = numbers.row(of: target, called: "\(model.name).\(relation.name)")
        var tests: [Condition] = []
        for (path, place, json) in asked {
            tests.append(try test(json, place, row, path[...]))
        }
        numbers.test = .all(of: tests)
        return .related(.init(relation.id, numbers, of: condition))
    }

    /// What is asked of one number, read at its place in the filter.
    private func test(
        _ json: JSONValue, _ place: Property.ID, _ row: Model, _ path: ArraySlice<String>
    ) throws(PlannerError) -> Condition {
        guard let key = path.first else {
            return try operatorReader.conditions(json, Condition.Operand(place), row)
        }
        return try at(key) { () throws(PlannerError) in try test(json, place, row, path.dropFirst()) }
    }
}
