// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension FilterChecker {
    /// The operators a property can be asked with.
    static let operators = [
        "eq", "neq", "gt", "gte", "lt", "lte", "between", "inq", "nin", "like", "nlike", "ilike", "nilike", "regexp",
        "exists", "contains", "containedBy", "containsAnyOf", "startsWith", "endsWith", "match", "near", "maxDistance",
        "minDistance", "unit", "not",
    ]

    /// What a `where` says about one operand: a value, or an object of operators, all of which count (D3).
    mutating func conditions(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model
    ) throws(PlannerError) -> Condition {
        let property = model.properties[operand.property]
        try allow(json, operand, model)
        guard case .object(let members) = json else { return try comparison(.equal, json, operand, model, "eq") }
        // A point can be written as an object.
        if property.columnType.category == .point, json["lat"] != nil || json["lng"] != nil {
            return try comparison(.equal, json, operand, model, "eq")
        }
        guard !members.isEmpty else {
            throw error(
                .invalidFilter,
                "{} says nothing about \(model.name).\(property.name). Leave it out, or write {\"eq\": {}} for equality.",
                model: model, property: property.name)
        }
        return try nested { (checker) throws(PlannerError) in
            var conditions: [Condition] = []
            for member in members {
                try checker.countNode()
                conditions.append(
                    try checker.at(member.key) { (checker) throws(PlannerError) in
                        try checker.condition(member, members, operand, model)
                    })
            }
            return .all(of: conditions)
        }
    }

    private mutating func condition(
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
        case "inq": return try membership(value, operand, model, "inq", negated: false)
        case "nin": return try membership(value, operand, model, "nin", negated: true)
        case "like": return .pattern(operand, .like, try pattern(value, operand, model, "like"))
        case "nlike": return .pattern(operand, .notLike, try pattern(value, operand, model, "nlike"))
        case "ilike": return .pattern(operand, .ilike, try pattern(value, operand, model, "ilike"))
        case "nilike": return .pattern(operand, .notIlike, try pattern(value, operand, model, "nilike"))
        case "startsWith":
            return .pattern(operand, .like, try part(value, operand, model, "startsWith", before: "", after: "%"))
        case "endsWith":
            return .pattern(operand, .like, try part(value, operand, model, "endsWith", before: "%", after: ""))
        case "regexp": return try regularExpression(value, operand, model)
        case "exists": return .isNull(operand, negated: try flag(value, operand, model, "exists"))
        case "contains", "containedBy", "containsAnyOf": return try containment(member.key, value, operand, model)
        case "match": return .match(operand, try textSearch(value, operand, model))
        case "near": return try near(value, members, operand, model)
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

    // MARK: Values

    /// An operator that the property's type lacks.
    func meaningless(_ name: String, _ property: Property, _ model: Model) -> PlannerError {
        error(
            .invalidFilter,
            "\"\(name)\" has no meaning for \(model.name).\(property.name), which is \(property.columnType.name).",
            model: model, property: property.name, operator: name)
    }

    func invalid(
        _ model: Model, _ property: Property, _ name: String, _ expectation: String
    ) -> PlannerError {
        error(
            .invalidValue, "\"\(name)\" of \(model.name).\(property.name) takes \(expectation).", model: model,
            property: property.name, operator: name)
    }

    /// A value of a property's column; not for null.
    func bind(
        _ json: JSONValue, _ property: Property, _ model: Model, _ name: String
    ) throws(PlannerError) -> BoundValue {
        let type = property.columnType
        // There is no column whose type it could be: records that are embedded have numbers of all sorts, and all values of a
        // list are of one type.
        if property.isOfAnyNumber(in: model), let digits = ValueReader.numeric(json) {
            return BoundValue(.numeric, .numeric(digits))
        }
        if let value = ValueReader.value(json, type, property.kind) { return value }
        // LoopBack's INTEGER is only assumed until the catalog is known: scopes may say 1.5 of a real column.
        if isTrusted, property.isTypeAssumed, type.isNumeric, let digits = ValueReader.numeric(json) {
            return BoundValue(.numeric, .numeric(digits))
        }
        throw invalid(model, property, name, ValueReader.expectation(type) + " (the column is \(type.name))")
    }

    /// A value at a path inside JSON: its own type says how it is compared (D26).
    func bindAtPath(
        _ json: JSONValue, _ property: Property, _ model: Model, _ name: String
    ) throws(PlannerError) -> BoundValue {
        let value: BoundValue? =
            switch json {
            case .bool(let flag): BoundValue(.bool, .bool(flag))
            case .number: ValueReader.numeric(json).map { BoundValue(.numeric, .numeric($0)) }
            case .string(let text): text.utf8.contains(0) ? nil : BoundValue(.text, .text(text))
            case .array, .object: ValueReader.contents(json, .jsonb, .any).map { BoundValue(.jsonb, $0) }
            case .null: nil
            }
        guard let value else { throw invalid(model, property, name, "a JSON value without the character NUL") }
        return value
    }

    func bind(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model, _ name: String
    ) throws(PlannerError) -> BoundValue {
        let property = model.properties[operand.property]
        return operand.path.isEmpty
            ? try bind(json, property, model, name) : try bindAtPath(json, property, model, name)
    }

    // MARK: Comparison

    private func comparison(
        _ comparison: Condition.Comparison, _ json: JSONValue, _ operand: Condition.Operand, _ model: Model,
        _ name: String
    ) throws(PlannerError) -> Condition {
        let property = model.properties[operand.property]
        let isEquality = comparison == .equal || comparison == .notEqual
        if operand.path.isEmpty, !isEquality, property.columnType.isJSON || !property.columnType.isOrdered {
            throw meaningless(name, property, model)
        }
        if !isEquality { try refuseDocument(json, operand, model, name) }
        if json == .null {
            // Nothing is greater or less than NULL.
            return isEquality ? .isNull(operand, negated: comparison == .notEqual) : .never
        }
        try refuseIncomparableList(operand, model, name)
        if case .object(let members) = json, members.count == 1, members[0].key == "column", operand.path.isEmpty,
            !property.columnType.isJSON, case .string(let other) = members[0].value
        {
            return try columns(comparison, other, operand, model, name)
        }
        return .comparison(operand, comparison, try bind(json, operand, model, name))
    }

    /// Arrays and objects inside JSON have an order of PostgreSQL's own, which nobody asks for.
    private func refuseDocument(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model, _ name: String
    ) throws(PlannerError) {
        switch json {
        case .array, .object:
            guard !operand.path.isEmpty else { return }
            throw invalid(
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
        try allow(otherProperty, model)
        try refuseConcealing(Condition.Operand(id), model, name)
        guard property.columnType.isComparable(with: otherProperty.columnType) else {
            throw invalid(
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
            throw invalid(model, property, "between", "a list of two values")
        }
        if operand.path.isEmpty, property.columnType.isJSON || !property.columnType.isOrdered {
            throw meaningless("between", property, model)
        }
        try refuseIncomparableList(operand, model, "between")
        for bound in bounds { try refuseDocument(bound, operand, model, "between") }
        let low = bounds[0] == .null ? nil : try bind(bounds[0], operand, model, "between")
        let high = bounds[1] == .null ? nil : try bind(bounds[1], operand, model, "between")
        // Nothing is between NULL and anything.
        guard let low, let high else { return .never }
        guard low.type.category == high.type.category || property.columnType.isComparable(with: low.type) else {
            throw invalid(model, property, "between", "two values of the same type")
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
        default: throw invalid(model, model.properties[operand.property], name, "true or false")
        }
    }
}
