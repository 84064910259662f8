// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The values that a property is limited to, as a check.
enum Enumeration {
    static func check(of property: Property, in table: Catalog.TableName, typedAs type: String) -> TableCatalog.Check? {
        let settings = property.definition.settings
        let listed = settings["enum"]?.elements ?? settings["jsonSchema"]?["enum"]?.elements ?? []
        let values = listed.filter { $0 != .null }
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
