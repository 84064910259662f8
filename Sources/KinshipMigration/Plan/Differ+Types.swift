// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Differ {
    // MARK: Types

    /// Types ahead of the tables that have columns of them; domains behind the enumerations that they may stand on.
    mutating func compareTypes() {
        for (name, type) in Self.inOrder(desired.catalog.types) {
            switch (current.types[name], type) {
            case (nil, _):
                // A state that was written down without its types.
                if !current.uses(name) { create(type, name) }
            case (.enumeration(let old)?, .enumeration(let new)): compareValues(old, new, of: name)
            case (.domain(let old)?, .domain(let new)):
                if !old.isSame(as: new) { unmanaged.append("\(name.shown) (domain as \(old.sql(named: name.sql)))") }
            // A column of another type may be limited to some values as well.
            default: break
            }
        }
        for name in known?.types.keys.map(\.self) ?? []
        where desired.catalog.types[name] == nil && current.types[name] != nil && !desired.catalog.uses(name) {
            unmanaged.append("\(name.shown) (type)")
        }
    }

    private static func inOrder(
        _ types: [Catalog.TableName: TableCatalog.UserType]
    ) -> [(key: Catalog.TableName, value: TableCatalog.UserType)] {
        func place(_ type: TableCatalog.UserType) -> Int { if case .enumeration = type { 0 } else { 1 } }
        return types.sorted {
            (place($0.value), $0.key.schema, $0.key.name) < (place($1.value), $1.key.schema, $1.key.name)
        }
    }

    /// Each new value beside the one that it is beside in the models. Values are never taken away: rows may have them.
    private mutating func compareValues(_ old: [String], _ new: [String], of name: Catalog.TableName) {
        var there = old
        for (index, value) in new.enumerated() where !there.contains(value) {
            let before = index == 0 ? new.first { there.contains($0) } : nil
            let after = index == 0 ? nil : new[index - 1]
            add(.addTypeValue(value, before: before, after: after), to: name)
            there = TableCatalog.UserType.inserting(value, before: before, after: after, into: there)
        }
        let gone = old.filter { !new.contains($0) }
        unmanaged += gone.map { "\(name.shown) (value \($0))" }
        if there.filter(new.contains) != new { unmanaged.append("\(name.shown) (order of its values)") }
    }
}

extension TableCatalog.UserType {
    /// The values of an enumeration with one more.
    static func inserting(_ value: String, before: String?, after: String?, into values: [String]) -> [String] {
        var values = values
        if let before, let index = values.firstIndex(of: before) {
            values.insert(value, at: index)
        } else if let after, let index = values.firstIndex(of: after) {
            values.insert(value, at: index + 1)
        } else {
            values.append(value)
        }
        return values
    }
}
