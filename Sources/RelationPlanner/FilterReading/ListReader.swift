// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads the lists of `inq` and `nin`.
struct ListReader: ContextReader {
    let context: ReadingContext

    /// Days and instants inside days as one list of instants: what a `date` is compared with (B10).
    private static func instants(
        _ groups: [(type: ColumnType, contents: [BoundValue.Contents])]
    ) -> [(type: ColumnType, contents: [BoundValue.Contents])] {
        guard groups.count > 1 else { return groups }
        let all = groups.flatMap(\.contents).map { (contents) -> BoundValue.Contents in
            switch contents {
            case .date(.max): .timestamp(.max)
            case .date(.min): .timestamp(.min)
            case .date(let day): .timestamp(Int64(day) * InstantText.microsecondsPerDay)
            default: contents
            }
        }
        return [(.timestamp, all)]
    }

    /// `inq` and `nin`.
    func membership(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model, _ name: String, negated: Bool
    ) throws(PlannerError) -> Condition {
        let property = model.properties[operand.property]
        let elements: [JSONValue]
        if case .object(let members) = json, members.isEmpty {
            elements = []
        } else if let list = json.listElements {
            elements = list
        } else {
            throw binder.invalid(model, property, name, "a list of values")
        }
        guard elements.count <= limits.listLength else {
            throw error(
                .filterTooLarge,
                "\"\(name)\" of \(model.name).\(property.name) has \(elements.count) values, more than the limit of \(limits.listLength). Ask in steps.",
                model: model, property: property.name, operator: name)
        }
        // One group of values per type: there is one type in a column, several are possible at a path.
        var groups: [(type: ColumnType, contents: [BoundValue.Contents])] = []
        var hasNull = false
        for element in elements {
            if element == .null {
                hasNull = true
                continue
            }
            // Long lists are of one type: no need to look at it again and again.
            if groups.count == 1, operand.path.isEmpty,
                let contents = ValueReader.contents(element, groups[0].type, property.kind)
            {
                groups[0].contents.append(contents)
                continue
            }
            let value = try binder.bind(element, operand, model, name)
            if let group = groups.firstIndex(where: { $0.type.category == value.type.category }) {
                groups[group].contents.append(value.contents)
            } else {
                groups.append((value.type, [value.contents]))
            }
        }
        try binder.refuseIncomparableList(operand, model, name)
        if property.columnType.category == .date, operand.path.isEmpty { groups = Self.instants(groups) }
        guard !groups.isEmpty else {
            if hasNull { return .isNull(operand, negated: negated) }
            return negated ? .always : .never
        }
        // Types without an array of their own are compared one by one: each is a condition.
        if !property.columnType.hasArrays, operand.path.isEmpty {
            for _ in elements.dropFirst() { try countNode() }
            let values = groups.flatMap { group in group.contents.map { BoundValue(group.type, $0) } }
            let equals = values.map { Condition.comparison(operand, negated ? .notEqual : .equal, $0) }
            if negated { return .all(of: equals) }
            return .any(equals + (hasNull ? [.isNull(operand, negated: false)] : []))
        }
        let members = groups.enumerated().map { position, group in
            Condition.member(
                operand, values: BoundValue(group.type.array, .array(group.contents)),
                matchesNull: hasNull && position == 0, negated: negated)
        }
        // A value has one JSON type: it is in no list of another type, and "not in" its own type's list is what counts.
        return members.count == 1 ? members[0] : .any(members)
    }
}
