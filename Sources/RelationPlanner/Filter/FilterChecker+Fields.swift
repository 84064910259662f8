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
                return Filter.Cursor.Key(term, try checker.cursorValue(member.value, term, model, side.rawValue))
            }
            keys.append(key)
        }
        return Filter.Cursor(side, keys)
    }

    private func cursorValue(
        _ json: JSONValue, _ term: OrderTerm, _ model: Model, _ name: String
    ) throws(PlannerError) -> BoundValue {
        var owner = model
        for step in term.related?.path ?? [] {
            if let target = owner.relations[step.relation].target { owner = schema.models[target] }
        }
        let property = owner.properties[term.operand.property]
        let type: ColumnType =
            switch term.related?.aggregate {
            case .count: .int8
            case .sum where property.columnType.isNumeric, .avg where property.columnType.isNumeric:
                property.columnType.isFloating ? .float8 : .numeric
            default:
                if !term.operand.path.isEmpty {
                    .text
                } else {
                    property.isOfAnyNumber(in: owner) ? .numeric : property.columnType
                }
            }
        if json == .null { return BoundValue(type.boundType, .null) }
        if type.isReadByServerOnly {
            throw error(
                .invalidFilter,
                "Places in an order by \(owner.name).\(property.name) can't be given, for it is \(type.name). Page with limit and skip.",
                model: owner, property: property.name)
        }
        guard let contents = ValueReader.contents(json, type, property.kind) else {
            throw invalid(owner, property, name, ValueReader.expectation(type))
        }
        return BoundValue(type.boundType, contents)
    }

    // MARK: Fields

    /// `"a"`, `["a", "b"]`, `{"a": true}`, `{"a": false}`; of a mixed object only what is true counts.
    mutating func fields(_ json: JSONValue, _ model: Model) throws(PlannerError) -> [Property.ID]? {
        var wanted: [String] = []
        var unwanted: [String] = []
        switch json {
        case .null, .string(""): return nil
        case .string(let name): wanted = [name]
        case .array, .object:
            if let elements = json.listElements {
                for (index, element) in elements.enumerated() {
                    guard case .string(let name) = element else {
                        throw try at(index) { (checker) throws(PlannerError) in
                            checker.error(
                                .invalidFilter, "A field is a property's name, not \(element.kindName).", model: model)
                        }
                    }
                    wanted.append(name)
                }
            } else if case .object(let members) = json {
                for member in members {
                    switch member.value {
                    case .bool(true), .string("true"), .number("1"), .string("1"): wanted.append(member.key)
                    case .bool(false), .string("false"), .number("0"), .string("0"), .null: unwanted.append(member.key)
                    default:
                        throw try at(member.key) { (checker) throws(PlannerError) in
                            checker.error(
                                .invalidFilter, "true or false is due here, not \(member.value.kindName).", model: model
                            )
                        }
                    }
                }
            }
        default:
            throw error(
                .invalidFilter,
                "\"fields\" is a name, a list of names or an object of true and false, not \(json.kindName).",
                model: model)
        }
        if wanted.isEmpty, unwanted.isEmpty { return nil }
        var chosen = Set<Property.ID>()
        for (place, name) in (wanted + unwanted).enumerated() {
            try countNode()
            guard let id = model.propertyIDs[name] else {
                // Clients list relations beside properties; the include decides about these.
                if model.relationIDs[name] != nil { continue }
                let hint = model.suggestion(forProperty: name, isNested: isNested)
                let failure = error(
                    .unknownProperty, "\(model.name) has no property \"\(name)\".\(hint)", model: model, property: name)
                if misfits == nil { throw failure }
                misfits?.append(failure)
                continue
            }
            // Of a mixed object only what is true counts.
            if wanted.isEmpty || place < wanted.count { chosen.insert(id) }
        }
        // Hidden properties are left out, whoever asks for them (K5).
        let visible = model.properties.indices.filter {
            !model.properties[$0].isHidden && !(isNested && model.properties[$0].isProtected)
        }
        return visible.filter { chosen.contains($0) != wanted.isEmpty }
    }
}
