// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads what a `where` says about one property or place: a value, or operators.
struct OperatorReader: ContextReader {
    let context: ReadingContext

    /// The operators a property can be asked with.
    static let operators = [
        "eq", "neq", "gt", "gte", "lt", "lte", "between", "inq", "nin", "like", "nlike", "ilike", "nilike", "regexp",
        "exists", "contains", "containedBy", "containsAnyOf", "startsWith", "endsWith", "match", "near", "maxDistance",
        "minDistance", "unit", "not",
    ]

    /// What a `where` says about one operand: a value, or an object of operators, all of which count (D3).
    func conditions(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model
    ) throws(PlannerError) -> Condition {
        let property = model.properties[operand.property]
        try accessRules.allow(json, operand, model)
        guard case .object(let members) = json else { return try comparison(.equal, json, operand, model, "eq") }
        // A point can be written as an object.
        if property.columnType.hasDistance, json["lat"] != nil || json["lng"] != nil {
            return try comparison(.equal, json, operand, model, "eq")
        }
        guard !members.isEmpty else {
            throw error(
                .invalidFilter,
                "{} says nothing about \(model.name).\(property.name). Leave it out, or write {\"eq\": {}} for equality.",
                model: model, property: property.name)
        }
        return try nested { () throws(PlannerError) in
            var conditions: [Condition] = []
            for member in members {
                try countNode()
                conditions.append(
                    try at(member.key) { () throws(PlannerError) in
                        try condition(member, members, operand, model)
                    })
            }
            return .all(of: conditions)
        }
    }

    private func condition(
        _ member: JSONValue.Member, _ members: [JSONValue.Member], _ operand: Condition.Operand, _ model: Model
    ) throws(PlannerError) -> Condition {
        let value = member.value
        switch member.key {
        case "eq": return try comparison(.equal, value, operand, model, "eq")
        case "neq": return try comparison(.notEqual, value, operand, model, "neq")
        case "gt": return try comparison(.greater, value, operand, model, "gt")
        case "gte": return try comparison(.greaterOrEqual, value, operand, model, "gte")
        case "lt": return try comparison(.less, value, operand, model, "lt")
        case "lte": return try comparison(.lessOrEqual, value, operand, model, "lte")
        case "between": return try between(value, operand, model)
        case "inq": return try listReader.membership(value, operand, model, "inq", negated: false)
        case "nin": return try listReader.membership(value, operand, model, "nin", negated: true)
        case "like": return .pattern(operand, .like, try textReader.pattern(value, operand, model, "like"))
        case "nlike": return .pattern(operand, .notLike, try textReader.pattern(value, operand, model, "nlike"))
        case "ilike": return .pattern(operand, .ilike, try textReader.pattern(value, operand, model, "ilike"))
        case "nilike": return .pattern(operand, .notIlike, try textReader.pattern(value, operand, model, "nilike"))
        case "startsWith":
            return .pattern(
                operand, .like, try textReader.part(value, operand, model, "startsWith", before: "", after: "%"))
        case "endsWith":
            return .pattern(
                operand, .like, try textReader.part(value, operand, model, "endsWith", before: "%", after: ""))
        case "regexp": return try textReader.regularExpression(value, operand, model)
        case "exists": return .isNull(operand, negated: try flag(value, operand, model, "exists"))
        case "contains", "containedBy", "containsAnyOf":
            return try containmentReader.containment(member.key, value, operand, model)
        case "match": return .match(operand, try textSearchReader.textSearch(value, operand, model))
        case "near": return try nearnessReader.near(value, members, operand, model)
        case "maxDistance", "minDistance", "unit":
            guard members["near"] != nil else {
                throw error(
                    .invalidFilter, "\"\(member.key)\" belongs to \"near\", which is missing.", model: model,
                    property: model.properties[operand.property].name, operator: member.key)
            }
            return .always
        case "not":
            guard case .object = value else { return .not(try comparison(.equal, value, operand, model, "not")) }
            return .not(try conditions(value, operand, model))
        default:
            throw unknownOperator(member.key, members, model.properties[operand.property], model)
        }
    }

    private func comparison(
        _ comparison: Condition.Comparison, _ json: JSONValue, _ operand: Condition.Operand, _ model: Model,
        _ name: String
    ) throws(PlannerError) -> Condition {
        let property = model.properties[operand.property]
        let isEquality = comparison == .equal || comparison == .notEqual
        if operand.path.isEmpty, !isEquality, !property.columnType.hasRanges {
            throw binder.meaningless(name, property, model)
        }
        if !isEquality { try refuseDocument(json, operand, model, name) }
        if json == .null {
            // Nothing is greater or less than NULL.
            return isEquality ? .isNull(operand, negated: comparison == .notEqual) : .never
        }
        try binder.refuseIncomparableList(operand, model, name)
        if case .object(let members) = json, members.count == 1, members[0].key == "column", operand.path.isEmpty,
            !property.columnType.hasPaths, case .string(let other) = members[0].value
        {
            return try columns(comparison, other, operand, model, name)
        }
        return .comparison(operand, comparison, try binder.bind(json, operand, model, name))
    }

    /// Arrays and objects inside JSON have an order of PostgreSQL's own, which nobody asks for.
    private func refuseDocument(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model, _ name: String
    ) throws(PlannerError) {
        switch json {
        case .array, .object:
            guard !operand.path.isEmpty else { return }
            throw binder.invalid(
                model, model.properties[operand.property], name, "a number, a string or a boolean at a path")
        default: return
        }
    }

    /// `{"total": {"gt": {"column": "tax"}}}`.
    private func columns(
        _ comparison: Condition.Comparison, _ other: String, _ operand: Condition.Operand, _ model: Model,
        _ name: String
    ) throws(PlannerError) -> Condition {
        guard let id = model.propertyIDs[other] else {
            throw error(
                .unknownProperty,
                "\(model.name) has no property \"\(other)\".\(model.suggestion(forProperty: other, isNested: isNested))",
                model: model, property: other)
        }
        let property = model.properties[operand.property]
        let otherProperty = model.properties[id]
        try accessRules.allow(otherProperty, model)
        try accessRules.refuseConcealing(Condition.Operand(id), model, name)
        guard property.columnType.isComparable(with: otherProperty.columnType) else {
            throw binder.invalid(
                model, property, name,
                "a column of a like type; \(other) is \(otherProperty.columnType.name), this one \(property.columnType.name)"
            )
        }
        return .columns(operand, comparison, Condition.Operand(id))
    }

    private func between(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model
    ) throws(PlannerError) -> Condition {
        let property = model.properties[operand.property]
        guard let bounds = json.listElements, bounds.count == 2 else {
            throw binder.invalid(model, property, "between", "a list of two values")
        }
        if operand.path.isEmpty, !property.columnType.hasRanges {
            throw binder.meaningless("between", property, model)
        }
        try binder.refuseIncomparableList(operand, model, "between")
        for bound in bounds { try refuseDocument(bound, operand, model, "between") }
        let low = bounds[0] == .null ? nil : try binder.bind(bounds[0], operand, model, "between")
        let high = bounds[1] == .null ? nil : try binder.bind(bounds[1], operand, model, "between")
        // Nothing is between NULL and anything.
        guard let low, let high else { return .never }
        guard low.type.category == high.type.category || property.columnType.isComparable(with: low.type) else {
            throw binder.invalid(model, property, "between", "two values of the same type")
        }
        return .between(operand, low, high)
    }

    func flag(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model, _ name: String
    ) throws(PlannerError) -> Bool {
        switch json {
        case .bool(let flag): return flag
        case .string("true"), .string("1"), .number("1"): return true
        case .string("false"), .string("0"), .number("0"): return false
        default: throw binder.invalid(model, model.properties[operand.property], name, "true or false")
        }
    }

    /// An operator that there is none of.
    func unknownOperator(_ name: String, _ members: [JSONValue.Member], _ property: Property, _ model: Model)
        -> PlannerError
    {
        var remedy = Suggestion.text(for: name, among: Self.operators)
        if name == "options" || name == "flags" {
            let pattern = members.first { ["like", "nlike", "regexp"].contains($0.key) }?.key
            switch pattern {
            case "like": remedy = " For a pattern in which case doesn't count, write {\"ilike\": …}."
            case "nlike": remedy = " For a pattern in which case doesn't count, write {\"nilike\": …}."
            case "regexp": remedy = " Flags stand behind the expression: {\"regexp\": \"/…/i\"}."
            default: break
            }
        }
        if property.columnType.isJSON { remedy += " For equality with an object, write {\"eq\": {…}}." }
        return error(
            .unknownOperator, "There is no operator \"\(name)\".\(remedy)", model: model, property: property.name,
            operator: name)
    }
}
