// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads orders, and finds what aggregates are of.
struct OrderReader: ContextReader {
    let context: ReadingContext

    /// `"total DESC, id"`, or a list of such terms.
    func order(_ json: JSONValue, _ model: Model) throws(PlannerError) -> [OrderTerm] {
        let texts: [JSONValue]
        switch json {
        case .null: return []
        case .string: texts = [json]
        default:
            if case .object(let members) = json, members.isEmpty { return [] }
            guard let elements = json.listElements else {
                if case .array = json { return [] }
                throw error(
                    .invalidFilter, "An order is a string or a list of strings, not \(json.kindName).", model: model)
            }
            texts = elements
        }
        var terms: [OrderTerm] = []
        for (index, json) in texts.enumerated() {
            guard case .string(let text) = json else {
                throw try at(index) { () throws(PlannerError) in
                    error(.invalidFilter, "An order term is a string, not \(json.kindName).", model: model)
                }
            }
            for part in OrderWords.terms(of: text) {
                let words = OrderWords.words(of: part)
                guard !words.isEmpty else { continue }
                try countNode()
                let term: OrderTerm
                do {
                    term = try orderTerm(part, words, model)
                } catch {
                    guard context.misfits != nil, error.code == .unknownProperty else { throw error }
                    context.misfits?.append(error)
                    continue
                }
                // Whatever is ordered by once has no effect the second time.
                if !terms.contains(where: { $0.hasSameKey(as: term) }) { terms.append(term) }
            }
        }
        return terms
    }

    private func orderTerm(
        _ text: Substring, _ all: [Substring], _ model: Model
    ) throws(PlannerError) -> OrderTerm {
        var words = all[...]
        let name = String(words.removeFirst())
        var direction = OrderTerm.Direction.ascending
        var nulls: OrderTerm.Nulls?
        if let word = words.first?.uppercased(), let known = OrderTerm.Direction(rawValue: word) {
            direction = known
            words.removeFirst()
        }
        if words.count == 2, words.first?.uppercased() == "NULLS", let place = words.last?.uppercased() {
            nulls = OrderTerm.Nulls(rawValue: "NULLS " + place)
            if nulls != nil { words = [] }
        }
        guard words.isEmpty else {
            throw error(
                .invalidFilter,
                "\"\(text.trimmingSpace)\" is no order term. Write a property, then ASC or DESC, then NULLS FIRST or NULLS LAST.",
                model: model)
        }
        var term = try orderKey(name, model)
        term.direction = direction
        term.nulls = nulls
        return term
    }

    /// What is ordered by: a property, a path, a related property, a count or an aggregate (B2).
    func orderKey(_ name: String, _ model: Model) throws(PlannerError) -> OrderTerm {
        if model.propertyIDs[name] == nil, name.utf8.contains(UInt8(ascii: ".")) {
            let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            if parts.count > 1, let relation = model.relation(parts[0]),
                model.property(parts[0])?.columnType.hasPaths != true
            {
                return try relatedKey(relation, Array(parts.dropFirst()), model)
            }
        }
        let operand = try nameReader.operand(name, model)
        try accessRules.refuseConcealing(operand, model, "order")
        let property = model.properties[operand.property]
        if operand.path.isEmpty, !property.columnType.isOrdered {
            throw error(
                .invalidFilter,
                "Rows can't be ordered by \(model.name).\(property.name), which is \(property.columnType.name).",
                model: model, property: property.name)
        }
        return OrderTerm(operand)
    }

    private func relatedKey(
        _ first: Relation, _ parts: [String], _ model: Model
    ) throws(PlannerError) -> OrderTerm {
        var steps: [OrderTerm.Step] = []
        var relation = first
        var owner = model
        var parts = parts[...]
        while true {
            guard let target = relation.target else {
                throw error(
                    .unsupported,
                    "Rows can't be ordered by \(owner.name).\(relation.name), which leads to no single table.",
                    model: owner, relation: relation.name)
            }
            try accessRules.allow(relation, owner)
            try accessRules.requireTables(of: relation, owner)
            steps.append(OrderTerm.Step(relation.id))
            // Each is a table more that the server goes through.
            if steps.count > 1 { try countNode() }
            let targetModel = schema.models[target]
            if relation.isToMany {
                return try aggregateKey(steps, parts.joined(separator: "."), relation, targetModel, owner)
            }
            let name = parts.joined(separator: ".")
            let head = parts.first ?? ""
            if targetModel.propertyIDs[name] == nil, parts.count > 1, let next = targetModel.relation(head),
                targetModel.property(head)?.columnType.hasPaths != true
            {
                guard relation.embedded == nil else {
                    throw error(
                        .unsupported,
                        "Rows can't be ordered by what the embedded records of \(owner.name).\(relation.name) are related to.",
                        model: owner, relation: relation.name)
                }
                guard steps.count < 16 else {
                    throw error(.filterTooDeep, "\"order\" goes through too many relations.", model: model)
                }
                relation = next
                owner = targetModel
                parts = parts.dropFirst()
                continue
            }
            if targetModel.property(head)?.isProtected == true, !isTrusted {
                throw error(
                    .prohibitedProperty, "\(targetModel.name).\(head) is not to be asked about.", model: targetModel,
                    property: head)
            }
            // What is protected is not named either.
            var term = try inside { () throws(PlannerError) in try orderKey(name, targetModel) }
            term.related = OrderTerm.Related(steps)
            return term
        }
    }

    /// `count`, or `max(total)`.
    private func aggregateKey(
        _ steps: [OrderTerm.Step], _ text: String, _ relation: Relation, _ target: Model, _ owner: Model
    ) throws(PlannerError) -> OrderTerm {
        if text == "count" || text == "count()" {
            var term = OrderTerm(Condition.Operand(Property.ID(0)))
            term.related = OrderTerm.Related(steps, aggregate: .count)
            return term
        }
        guard text.hasSuffix(")"), let open = text.firstIndex(of: "("),
            let function = Aggregate(rawValue: String(text[..<open])),
            function != .count
        else {
            throw error(
                .invalidFilter,
                "\(owner.name).\(relation.name) has many rows: order by its count or an aggregate, as in \"\(relation.name).count\" or \"\(relation.name).max(\(target.properties.first { !$0.isHidden && !$0.isProtected }?.name ?? "id"))\".",
                model: owner, relation: relation.name)
        }
        let name = text[text.index(after: open)...].dropLast().trimmingSpace
        var term = OrderTerm(Condition.Operand(try aggregated(name, function, target)))
        term.related = OrderTerm.Related(steps, aggregate: function)
        return term
    }

    /// A property that a function can be applied to.
    ///
    /// - Parameter isRoot: whether it is one of the model that is asked for, where protected properties may be asked about.
    func aggregated(
        _ name: String, _ function: Aggregate, _ model: Model, isRoot: Bool = false
    ) throws(PlannerError) -> Property.ID {
        guard let property = model.property(name) else {
            throw error(
                .unknownProperty,
                "\(model.name) has no property \"\(name)\".\(model.suggestion(forProperty: name, isNested: true))",
                model: model, property: name)
        }
        if !isTrusted, property.isHidden || (property.isProtected && !isRoot) {
            throw error(
                .prohibitedProperty, "\(model.name).\(name) is not to be asked about.", model: model, property: name)
        }
        try accessRules.refuseConcealing(Condition.Operand(property.id), model, function.rawValue)
        guard property.columnType.supports(function) else {
            throw error(
                .invalidFilter,
                "\"\(function.rawValue)\" has no meaning for \(model.name).\(name), which is \(property.columnType.name).",
                model: model, property: name, operator: function.rawValue)
        }
        return property.id
    }
}
