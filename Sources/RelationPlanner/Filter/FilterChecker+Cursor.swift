// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension FilterChecker {
    // MARK: Cursors

    /// `{"total": 100, "id": 53}`: the values of the order's terms at a row.
    mutating func cursor(
        _ json: JSONValue, _ side: Filter.Cursor.Side, _ model: Model
    ) throws(PlannerError) -> Filter.Cursor {
        guard case .object(let members) = json, !members.isEmpty else {
            throw error(
                .invalidFilter,
                "A cursor is an object with the values of the order's terms: {\"total\": 100, \"id\": 53}.",
                model: model)
        }
        var keys: [Filter.Cursor.Key] = []
        for member in members {
            try countNode()
            let key = try at(member.key) { (checker) throws(PlannerError) in
                let term = try checker.orderKey(member.key, model)
                return try checker.cursorKey(member.value, term, model, side.rawValue)
            }
            keys.append(key)
        }
        return Filter.Cursor(side, keys)
    }

    private func cursorKey(
        _ json: JSONValue, _ term: OrderTerm, _ model: Model, _ name: String
    ) throws(PlannerError) -> Filter.Cursor.Key {
        let (owner, property, type) = ordered(term, of: model)
        var key = Filter.Cursor.Key(term, BoundValue(type.boundType, .null))
        if json != .null {
            if type.isReadByServerOnly {
                throw error(
                    .invalidFilter,
                    "Places in an order by \(owner.name).\(property.name) can't be given, for it is \(type.name). Page with limit and skip.",
                    model: owner, property: property.name)
            }
            guard let contents = ValueReader.contents(json, type, property.kind) else {
                throw invalid(owner, property, name, ValueReader.expectation(type))
            }
            key.value.contents = contents
        }
        key.shown = Filter.Cursor.Shown(json, key.value, term, property)
        return key
    }

    /// What a term orders by: the property, the model it is of, and the type of the values.
    func ordered(_ term: OrderTerm, of model: Model) -> (owner: Model, property: Property, type: ColumnType) {
        var owner = model
        for step in term.related?.path ?? [] {
            if let target = owner.relations[step.relation].target { owner = schema.models[target] }
        }
        let property = owner.properties[term.operand.property]
        switch term.related?.aggregate {
        case .count: return (owner, property, .int8)
        case .sum where property.columnType.isNumeric, .avg where property.columnType.isNumeric:
            return (owner, property, property.columnType.isFloating ? .float8 : .numeric)
        default:
            if !term.operand.path.isEmpty { return (owner, property, .text) }
            return (owner, property, property.isOfAnyNumber(in: owner) ? .numeric : property.columnType)
        }
    }
}
