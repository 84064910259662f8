// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The values that a property is limited to, as a check.
enum Enumeration {
    /// The values of the type that a property is kept in, each once, where that is an enumeration; empty where nobody says them.
    static func values(of property: Property) -> [String] {
        let definition = property.definition
        var values = definition.typeValues
        if values.isEmpty, definition.dataType?.hasSuffix("[]") != true {
            let listed = listed(definition.settings)
            values = listed.compactMap(\.text)
            guard values.count == listed.count else { return [] }
        }
        var seen: Set<String> = []
        return values.filter { !$0.utf8.contains(0) && seen.insert($0).inserted }
    }

    private static func listed(_ settings: [JSONValue.Member]) -> [JSONValue] {
        let listed = settings["enum"]?.elements ?? settings["jsonSchema"]?["enum"]?.elements ?? []
        return listed.filter { $0 != .null }
    }

    static func check(of property: Property, in table: Catalog.TableName, typedAs type: String) -> TableCatalog.Check? {
        let values = listed(property.definition.settings)
        guard !values.isEmpty else { return nil }
        let columnType = ColumnType(named: type)
        let texts = values.compactMap(\.text)
        let name = "\(table.name)_\(property.column)_check"
        if columnType.isText, texts.count == values.count, texts.allSatisfy({ !$0.utf8.contains(0) }) {
            return .init(name: name, rule: .oneOf(column: property.column, values: Set(texts), areNumbers: false))
        }
        let numbers = values.compactMap { value in if case .number(let text) = value { text } else { nil } }
        if columnType.isNumeric, numbers.count == values.count {
            return .init(name: name, rule: .oneOf(column: property.column, values: Set(numbers), areNumbers: true))
        }
        return nil
    }
}
