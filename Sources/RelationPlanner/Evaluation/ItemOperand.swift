// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a condition or an order is about: a property of an embedded record, or a place inside its JSON.
struct ItemOperand: Sendable {
    /// The record's member.
    let name: String
    let path: [String]
    /// What the value is read as.
    let type: ColumnType
    let kind: Property.Kind
    let isAssumed: Bool
    /// Whether scalars are of another type than lists and objects: not where one document is searched for another.
    private let tellsScalars: Bool

    /// A property, read as its column type.
    init(_ property: Property) {
        self.init(property, path: [], type: property.columnType, kind: property.kind)
    }

    /// An operand that is compared with a value of a type, which decides at a path (D26).
    ///
    /// - Parameter isContainer: whether the operand is searched for the value instead.
    init(_ operand: Condition.Operand, of model: Model, as type: ColumnType, isContainer: Bool = false) {
        let property = model.properties[operand.property]
        guard !operand.path.isEmpty else {
            self.init(property)
            return
        }
        let read: ColumnType =
            switch type.category {
            case .json, .jsonb, .array: .jsonb
            case .bool: .bool
            case _ where type.isNumeric: .numeric
            default: .text
            }
        self.init(property, path: operand.path, type: read, kind: .string, tellsScalars: !isContainer)
    }

    private init(
        _ property: Property, path: [String], type: ColumnType, kind: Property.Kind, tellsScalars: Bool = false
    ) {
        name = property.name
        self.path = path
        self.type = type
        self.kind = kind
        self.tellsScalars = tellsScalars
        isAssumed = path.isEmpty && property.isTypeAssumed
    }

    /// What the record holds; nil for JSON's null and for nothing.
    func json(in item: JSONValue, _ budget: inout StepBudget) throws -> JSONValue? {
        guard case .object(let members) = item else { return nil }
        try budget.spend(1 + members.count / 4)
        guard let member = members.first(where: { $0.key.hasSameBytes(as: name) }) else { return nil }
        guard let json = path.isEmpty ? member.value : try JSONOrder.value(in: member.value, at: path, &budget),
            json != .null
        else { return nil }
        return json
    }

    /// What the record holds, read as ``type``; nil for what is of another type.
    func read(_ json: JSONValue, _ budget: inout StepBudget) throws -> ItemValue? {
        try budget.spend(json.breadth)
        if !path.isEmpty {
            if type.category == .numeric, case .string = json { return nil }
            if type.category == .jsonb, tellsScalars, !json.isContainer { return nil }
        }
        return ItemValue(json, type, kind, isAssumed: isAssumed)
    }

    func value(in item: JSONValue, _ budget: inout StepBudget) throws -> ItemValue? {
        try json(in: item, &budget).flatMap { try read($0, &budget) }
    }

    /// The text of what the record holds, for patterns.
    func text(in item: JSONValue, _ budget: inout StepBudget) throws -> String? {
        try json(in: item, &budget).flatMap { json in
            let text = try ItemText.text(json, self, &budget)
            // A number of a few characters may be written out with thousands.
            try budget.spend((text?.utf8.count ?? 0) / 16)
            return text
        }
    }
}

extension JSONValue {
    /// What reading the value takes, in steps: its own characters, elements or members, not what is in these.
    var breadth: Int {
        switch self {
        case .null, .bool: 1
        case .number(let text), .string(let text): 1 + text.utf8.count / 16
        case .array(let elements): 1 + elements.count
        case .object(let members): 1 + members.count
        }
    }
}
