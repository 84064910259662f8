// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Cursors, once the order they are places of is known.
extension ScopedSchema {
    /// The cursor's values in the order's order; each term of the completed order needs one.
    func complete(
        _ cursor: Filter.Cursor, _ order: [OrderTerm], _ model: Model
    ) throws(PlannerError) -> Filter.Cursor {
        let context = ReadingContext(schema, limits: .standard, path: [cursor.side.rawValue])
        let reader = CursorReader(context: context)
        func failure(_ message: String) -> PlannerError { context.error(.invalidFilter, message, model: model) }
        let order = schema.completedOrder(order, for: model.id)
        try reader.allowCursors(in: order, model)
        if let opaque = cursor.opaque {
            try reader.allowShowing(order, model)
            try allowShowing(order, model)
            return Filter.Cursor(cursor.side, try reader.keys(opaque, order, model))
        }
        var keys: [Filter.Cursor.Key] = []
        for term in order {
            guard let key = cursor.keys.first(where: { $0.term.hasSameKey(as: term) }) else {
                let property = model.properties[term.operand.property]
                // A scope may order by what the caller must not know of.
                let name =
                    term.related != nil
                    ? "the related value" : property.isHidden ? "what a scope orders by" : property.name
                throw failure(
                    "The cursor lacks the value of \(name), which the rows are ordered by. Give the values of all order terms and of the primary key."
                )
            }
            var completed = key
            completed.term = term
            keys.append(completed)
        }
        if keys.count < cursor.keys.count {
            throw failure(
                "The cursor has values that the rows aren't ordered by. Give those of the order terms and the primary key."
            )
        }
        // A row is found by its key.
        if keys.contains(where: { $0.isNull && model.isKey($0.term) }) {
            for index in keys.indices { keys[index].shown = nil }
        }
        return Filter.Cursor(cursor.side, keys)
    }

    /// Refuses cursors of a page whose order has no places to name.
    func allowCursors(of filter: Filter, _ model: Model) throws(PlannerError) {
        let reader = CursorReader(context: ReadingContext(schema, limits: .standard, path: ["page"]))
        let order = schema.completedOrder(filter.order, for: model.id)
        try reader.allowCursors(in: order, model)
        try reader.allowShowing(order, model)
        try allowShowing(order, model)
    }

    /// Cursors tell what the rows are ordered by, and who asks may not be shown that.
    private func allowShowing(_ order: [OrderTerm], _ model: Model) throws(PlannerError) {
        guard let related else { return }
        for term in order {
            var owner = model
            for step in term.related?.path ?? [] {
                guard let target = owner.relations[step.relation].target else { break }
                owner = schema.models[target]
            }
            guard related.hides(term.operand.property, of: owner) else { continue }
            throw PlannerError(
                .prohibitedProperty,
                "A scope orders \(model.name) by what is not to be shown, so there are no cursors. Give an order of your own.",
                model: model.name)
        }
    }
}
