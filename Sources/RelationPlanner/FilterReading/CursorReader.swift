// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads the places that `after` and `before` give.
struct CursorReader: ContextReader {
    let context: ReadingContext

    /// `{"total": 100, "id": 53}`: the values of the order's terms at a row; or the text of an opaque cursor.
    func cursor(
        _ json: JSONValue, _ side: Filter.Cursor.Side, _ model: Model
    ) throws(PlannerError) -> Filter.Cursor {
        if case .string(let text) = json { return try opaqueCursor(text, side, model) }
        guard case .object(let members) = json, !members.isEmpty else {
            throw error(
                .invalidFilter,
                "A cursor is the text that a page came with, or an object with the values of the order's terms: {\"total\": 100, \"id\": 53}.",
                model: model)
        }
        var keys: [Filter.Cursor.Key] = []
        for member in members {
            try countNode()
            let key = try at(member.key) { () throws(PlannerError) in
                let term = try orderReader.orderKey(member.key, model)
                return try cursorKey(member.value, term, model, side.rawValue)
            }
            keys.append(key)
        }
        return Filter.Cursor(side, keys)
    }

    private func cursorKey(
        _ json: JSONValue, _ term: OrderTerm, _ model: Model, _ name: String
    ) throws(PlannerError) -> Filter.Cursor.Key {
        let (owner, property, type) = ordered(term, of: model)
        var key = Filter.Cursor.Key(term, BoundValue(type, .null))
        if json != .null {
            guard let value = ValueReader.value(json, type, property.kind) else {
                throw binder.invalid(owner, property, name, ValueReader.expectation(type))
            }
            key.value = value
        }
        key.shown = Filter.Cursor.Shown(json, key.value, term, property)
        return key
    }

    /// A cursor that was given out with a page; what it says is held against the order when that is known.
    private func opaqueCursor(
        _ text: String, _ side: Filter.Cursor.Side, _ model: Model
    ) throws(PlannerError) -> Filter.Cursor {
        guard let opaque = context.seal.open(text).flatMap(OpaqueCursor.init(payload:)) else {
            throw error(
                .invalidFilter, "The cursor is damaged, or was made elsewhere. Give one as it came with a page.",
                model: model)
        }
        guard opaque.model == model.name else {
            throw error(
                .invalidFilter, "The cursor belongs to a page of \(opaque.model), not of \(model.name).", model: model)
        }
        var cursor = Filter.Cursor(side, [])
        cursor.opaque = opaque
        return cursor
    }

    /// The keys of an opaque cursor: exact values of the order's terms; those that are JSON, which has a null of its own, in a
    /// list.
    func keys(
        _ cursor: OpaqueCursor, _ order: [OrderTerm], _ model: Model
    ) throws(PlannerError) -> [Filter.Cursor.Key] {
        let text = schema.text(of: order, of: model)
        guard cursor.order == text, cursor.values.count == order.count else {
            throw error(
                .invalidFilter,
                "The cursor belongs to the order \"\(cursor.order)\", and the rows are ordered by \"\(text)\". Start at the first page again.",
                model: model)
        }
        var keys: [Filter.Cursor.Key] = []
        for (term, json) in zip(order, cursor.values) {
            let (owner, property, type) = ordered(term, of: model)
            var key = Filter.Cursor.Key(term, BoundValue(type, .null))
            if json != .null {
                let value = type.category == .jsonb ? json.elements?.first : json
                guard let value, let bound = ValueReader.value(value, type, .any) else {
                    throw binder.invalid(owner, property, "cursor", ValueReader.expectation(type))
                }
                key.value = bound
            }
            keys.append(key)
        }
        return keys
    }

    /// Refuses cursors in an order that has no places, or whose values are not for the caller to see (K5): a scope may order
    /// by what is hidden.
    func allowCursors(in order: [OrderTerm], _ model: Model) throws(PlannerError) {
        if model.primaryKey.isEmpty {
            throw error(
                .invalidFilter, "\(model.name) has no key, so there are no places to start from.", model: model)
        }
        for term in order {
            guard term.distance == nil else {
                throw error(.invalidFilter, "A cursor can't be used with an order by distance.", model: model)
            }
            guard term.list == nil else {
                throw error(
                    .invalidFilter, "A cursor can't be used with an order by a list; give an order of properties.",
                    model: model)
            }
        }
    }

    /// Refuses to put values in a cursor that are not for the caller to see.
    func allowShowing(_ order: [OrderTerm], _ model: Model) throws(PlannerError) {
        for term in order {
            do { _ = try orderReader.orderKey(term.name(of: model, in: schema), model) } catch {
                guard error.code == .prohibitedProperty else { throw error }
                // Its name is not shown either.
                throw self.error(
                    .prohibitedProperty,
                    "A scope orders \(model.name) by what is not to be shown, so there are no cursors. Give an order of your own.",
                    model: model)
            }
        }
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
