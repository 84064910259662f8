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
            switch part.action {
            case .insert(let insert): (cells, lists) = (insert.cells, insert.lists)
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
