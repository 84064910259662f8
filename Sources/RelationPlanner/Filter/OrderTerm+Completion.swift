// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// The order rows come in, whatever was asked.
extension OrderTerm {
    /// The asked terms, completed by the primary key, ascending (K3); for a model without one by all columns that have an order,
    /// so that rows which differ always come the same way.
    static func completed(_ terms: [OrderTerm], for model: Model) -> [OrderTerm] {
        completed(terms, by: model.primaryKey.isEmpty ? ordered(model) : model.primaryKey)
    }

    /// The order in which the first of several candidates is the record of a to-one relation (D20): all that ask about it have
    /// to find the same one, also where rows share what is called their key.
    static func deciding(_ terms: [OrderTerm], for model: Model, in schema: Schema) -> [OrderTerm] {
        let completed = completed(terms, for: model)
        return schema.isUnique(model.primaryKey, of: model) ? completed : self.completed(completed, by: ordered(model))
    }

    private static func completed(_ terms: [OrderTerm], by properties: [Property.ID]) -> [OrderTerm] {
        var completed = terms
        for property in properties {
            let key = OrderTerm(Condition.Operand(property))
            if !terms.contains(where: { $0.hasSameKey(as: key) }) { completed.append(key) }
        }
        return completed
    }

    /// The properties whose columns have an order.
    private static func ordered(_ model: Model) -> [Property.ID] {
        model.properties.filter(\.columnType.isOrdered).map(\.id)
    }

    /// Whether it is a column of the rows themselves.
    var isColumn: Bool { related == nil && distance == nil && list == nil && operand.path.isEmpty }

    /// Whether NULLs come first: by default they are behind everything in ascending order, ahead in descending order.
    var putsNullsFirst: Bool { nulls.map { $0 == .first } ?? (direction == .descending) }

    /// The same term the other way round.
    var reversed: OrderTerm {
        var term = self
        term.direction = direction == .ascending ? .descending : .ascending
        term.nulls = putsNullsFirst ? .last : .first
        return term
    }
}

extension Filter.Cursor.Key {
    /// Whether the cursor says that there is no value.
    var isNull: Bool { value.contents == .null }
}

extension Model {
    /// Whether an order's term is a part of the primary key.
    func isKey(_ term: OrderTerm) -> Bool { term.isColumn && primaryKey.contains(term.operand.property) }
}

extension Schema {
    /// The order rows come in: the one asked for, completed by the primary key, ascending; by all columns that have an order
    /// where the model has no key.
    package func completedOrder(_ order: [OrderTerm], for model: Model.ID) -> [OrderTerm] {
        OrderTerm.completed(order, for: models[model])
    }
}
