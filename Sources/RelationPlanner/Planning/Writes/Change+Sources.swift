// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The keys by which rows of a change refer to others whose values they copy.
package struct ReferredKeys: Sendable {
    /// The model whose values are copied, and the key's properties there.
    package let source: Model.ID
    package let properties: [Property.ID]
    /// The keys, each with the place of its row among those of the change.
    package var keys: [(row: Int, values: [BoundValue])]
    /// The properties that have them.
    package let holders: [Property.ID]
}

extension Change {
    /// The keys that are given as values, of what is kept right (`sync`); those that are taken from rows have been looked at.
    package func referredKeys(in schema: Schema) -> [ReferredKeys] {
        parts.flatMap { part -> [ReferredKeys] in
            let (cells, lists): ([Insert.Cell], [ValueList])
            var isNew = false
            switch part.action {
            case .insert(let insert): (cells, lists, isNew) = (insert.cells, insert.lists, true)
            case .update(let update): (cells, lists) = (update.cells, update.match.lists)
            case .find, .delete: return []
            }
            return schema.copies.held(by: part.model).compactMap { group in
                let holder = schema[part.model]
                func values(_ property: Property.ID) -> [BoundValue.Contents]? {
                    switch cells.first(where: { $0.property == property })?.value {
                    case .value(let value)?: [value.contents]
                    case .list(let position)?, .listOrDefault(let position, _)?:
                        lists.indices.contains(position) ? lists[position].contents : nil
                    default: nil
                    }
                }
                let columns = group.key.compactMap { values($0.holder) }
                guard columns.count == group.key.count else { return nil }
                let count = columns.map(\.count).max() ?? 0
                let types = group.type.flatMap(values)
                // Of which type a row is that is there it says itself.
                if !isNew, group.type != nil, types == nil { return nil }
                var keys: [(row: Int, values: [BoundValue])] = []
                for row in 0..<count {
                    func at(_ column: [BoundValue.Contents]) -> BoundValue.Contents {
                        column[column.count == 1 ? 0 : row]
                    }
                    if let types, case .text(let name) = at(types),
                        name.lowercased() != (group.typeName ?? "").lowercased()
                    {
                        continue
                    }
                    let contents = columns.map(at)
                    guard !contents.contains(.null) else { continue }
                    keys.append(
                        (
                            row,
                            zip(group.key, contents).map {
                                BoundValue(holder.properties[$0.holder].columnType, $1)
                            }
                        ))
                }
                guard !keys.isEmpty else { return nil }
                return ReferredKeys(
                    source: group.source, properties: group.key.map(\.source), keys: keys,
                    holders: group.key.map(\.holder))
            }
        }
    }
}

/// Rows that a change lets refer to another source of copies by a part of what names it: the rest is what the rows have.
package struct PartlyReferred: Sendable {
    /// The model whose values are copied, and the key's properties there.
    package let source: Model.ID
    package let properties: [Property.ID]
    /// The model of the rows, and the properties that have the key.
    package let holder: Model.ID
    package let holders: [Property.ID]
    /// The property that has to have the name of a type, and that name.
    package let type: Property.ID?
    package let typeName: String
    /// The rows, held: those that the change is going to change.
    package let look: Change
}

extension Change {
    /// The rows whose keys it says in part only, or computes, of what is kept right (`sync`).
    package func partlyReferred(in schema: Schema) -> [PartlyReferred] {
        parts.indices.flatMap { position -> [PartlyReferred] in
            guard case .update(let update) = parts[position].action else { return [] }
            return schema.copies.held(by: parts[position].model).compactMap { group in
                guard group.isPartly(update.cells, schema), let look = look(at: position, update.match, schema) else {
                    return nil
                }
                return PartlyReferred(
                    source: group.source, properties: group.key.map(\.source), holder: parts[position].model,
                    holders: group.key.map(\.holder), type: group.type, typeName: group.typeName ?? "", look: look)
            }
        }
    }

    /// The rows that a part is about; nil where that rests on what other parts write.
    private func look(at position: Int, _ match: RowMatch, _ schema: Schema) -> Change? {
        var match = match
        (match.after, match.counted) = (nil, nil)
        var needed = Set(match.parts)
        var kept: [ChangePart] = []
        for part in parts[..<position].reversed() where needed.contains(part.name) {
            guard case .find(let find) = part.action else { return nil }
            needed.formUnion(find.match.parts)
            kept.insert(part, at: 0)
        }
        var find = Find(match, lock: .noKeyUpdate)
        find.order = schema.completedOrder([], for: parts[position].model)
        var look = Change(
            kept + [ChangePart("looked_at", parts[position].model, .find(find), output: .answer)],
            answers: ["looked_at"])
        look.ahead = ahead
        return look
    }
}

extension KeptCopies.Group {
    /// Whether cells say a part of the key and the type, and not all of it by values or by one row that they are taken from.
    fileprivate func isPartly(_ cells: [Insert.Cell], _ schema: Schema) -> Bool {
        func value(_ property: Property.ID) -> ChangeValue? { cells.first { $0.property == property }?.value }
        let keys = key.map { value($0.holder) }
        let typeValue = type.map { value($0) }
        guard keys.contains(where: { $0 != nil }) || (typeValue ?? nil) != nil else { return false }
        func isNull(_ value: ChangeValue?) -> Bool {
            if case .value(let value)? = value { value.contents == .null } else { false }
        }
        // Nobody is referred to.
        if keys.contains(where: isNull) { return false }
        if let typeValue, case .value(let value)? = typeValue {
            guard case .text(let name) = value.contents, name.lowercased() == (typeName ?? "").lowercased() else {
                return false
            }
        }
        func isSaid(_ value: ChangeValue?) -> Bool {
            switch value {
            case .value?, .list?, .listOrDefault?: true
            default: false
            }
        }
        let isTypeSaid = typeValue.map(isSaid) ?? true
        if keys.allSatisfy(isSaid), isTypeSaid { return false }
        var names: Set<String> = []
        for (value, pair) in zip(keys, key) {
            guard case .part(let name, let model, let from)? = value,
                schema[model].tableSchema == schema[source].tableSchema, schema[model].table == schema[source].table,
                schema[model].properties[from].column == schema[source].properties[pair.source].column
            else { return true }
            names.insert(name)
        }
        return names.count != 1 || !isTypeSaid
    }
}
