// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A condition that is nothing but equalities: the properties, and what they are to have.
struct SoughtValues: Sendable {
    /// The properties, each once and in their order.
    let properties: [Property.ID]
    /// One value for each, none of them NULL.
    let values: [BoundValue.Contents]

    /// - Returns: nil for other conditions, and for those that can't be read.
    init?(_ condition: JSONValue, of model: Model, _ planning: Planning, unscoped: Bool) {
        let filter: JSONValue = ["where": condition, "limit": 1]
        guard (try? planning.resolve(model, filter: filter, unscoped: unscoped)) != nil,
            let own = try? planning.schema.where(condition, for: model.id, limits: planning.trees.filterLimits)
        else { return nil }
        var known: [Property.ID: BoundValue.Contents] = [:]
        for part in own.conjuncts {
            guard case .comparison(let operand, .equal, let value) = part, operand.path.isEmpty,
                known[operand.property] == nil, value.contents != .null
            else { return nil }
            let property = model.properties[operand.property]
            guard value.type.oid == property.columnType.oid, value.type.name == property.columnType.name,
                property.isSoughtTogether
            else { return nil }
            known[operand.property] = value.contents
        }
        guard !known.isEmpty else { return nil }
        properties = known.keys.sorted()
        values = properties.map { known[$0] ?? .null }
    }
}

extension Property {
    /// Whether records are looked up together by it: what is written to the column is what it has then.
    ///
    /// Numbers with a scale and moments with a precision are rounded, and of floating-point numbers nobody can be sure.
    fileprivate var isSoughtTogether: Bool {
        guard !columnType.isBehindDomain, columnType.equality == .standard, columnType.isOrdered else { return false }
        return switch columnType.category {
        case .bool, .int2, .int4, .int8, .text, .uuid, .enumeration: true
        case .other: columnType.length == nil && columnType.scale == nil
        default: false
        }
    }

    /// The value that data of a record write to the column; nil where that isn't sure.
    ///
    /// - Parameter isLeftNull: whether the column is NULL where data say nothing of it.
    func written(_ json: JSONValue?, of model: Model, _ schema: Schema, isLeftNull: Bool) -> BoundValue.Contents? {
        guard let json, json != .null else { return isLeftNull ? .null : nil }
        guard schema.filling(of: self, in: model) != .generated else { return nil }
        switch (columnType.category, json) {
        case (.bool, .bool), (.int2, .number), (.int4, .number), (.int8, .number), (.text, .string), (.uuid, .string),
            (.enumeration, .string), (.other, .string):
            break
        default: return nil
        }
        guard let value = try? schema.value(json, of: id, in: model.id) else { return nil }
        // Blanks that are too many are cut.
        if columnType.length != nil, columnType.oid != ColumnType.bpchar.oid, case .text(let text) = value.contents,
            text.utf8.last == UInt8(ascii: " ")
        {
            return nil
        }
        return value.contents
    }
}
