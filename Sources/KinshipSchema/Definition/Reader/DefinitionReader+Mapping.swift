// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a property says of its column.
extension DefinitionReader {
    private static let mappingKeys = [
        "columnName", "dataType", "dataLength", "dataPrecision", "dataScale", "nullable", "dbDefault", "generated",
        "identity", "domain", "enum",
    ]

    private static let domainKeys = ["type", "check", "dbDefault", "nullable"]

    mutating func nullable(_ json: JSONValue, _ path: String) -> Bool? {
        switch json.text?.lowercased() {
        case "y", "yes": true
        case "n", "no": false
        default: flag(json, path)
        }
    }

    mutating func readMapping(_ json: JSONValue, _ path: String, into property: inout PropertyDefinition) {
        for member in object(json, path) ?? [] {
            let value = member.value
            let path = "\(path).\(member.key)"
            switch member.key {
            case "columnName", "column": property.column = string(value, path)
            case "dataType": property.dataType = string(value, path)
            case "dataLength": property.length = count(value, path) ?? property.length
            case "dataPrecision": property.precision = count(value, path) ?? property.precision
            case "dataScale": property.scale = count(value, path) ?? property.scale
            case "nullable": property.isNullable = nullable(value, path) ?? property.isNullable
            case "dbDefault": property.databaseDefault = Self.expression(value)
            case "generated" where value.text.map { !["true", "false"].contains($0.lowercased()) } ?? false:
                property.generatedExpression = string(value, path)
            case "identity": property.identity = identity(value, path, property.name)
            case "domain": property.domain = domain(value, path, property.name)
            case "enum":
                let values = value.elements?.compactMap(\.text) ?? []
                if value != .null, values.isEmpty || values.count != value.elements?.count {
                    problem(
                        path, "\"enum\" is a list of the type's values: [\"open\", \"closed\"].",
                        property: property.name)
                }
                property.typeValues = values
            case "defaultFn", "extension", "index", "generated", "autoIncrement", "primaryKey", "kind", "type":
                property.settings.append(member)
            default: warnOfUnknownKey(member.key, path, among: Self.mappingKeys, property: property.name)
            }
        }
        if property.dataType?.isEmpty == true { property.dataType = nil }
    }

    /// SQL, or a value that is SQL as it is written: 0, true.
    static func expression(_ json: JSONValue) -> String? {
        if case .null = json { return nil }
        return json.text ?? json.description
    }

    private mutating func identity(
        _ json: JSONValue, _ path: String, _ property: String
    ) -> PropertyDefinition.Identity? {
        if json == .null { return nil }
        if let identity = json.text.flatMap({ PropertyDefinition.Identity(rawValue: $0.lowercased()) }) {
            return identity
        }
        problem(path, "\"identity\" is \"always\" or \"by default\".", property: property)
        return nil
    }

    private mutating func domain(_ json: JSONValue, _ path: String, _ property: String) -> DomainDefinition? {
        if json == .null { return nil }
        guard case .object(let members) = json, let type = members["type"]?.text, !type.isEmpty else {
            problem(
                path, "\"domain\" says what the type stands on: {\"type\": \"text\", \"check\": \"VALUE <> ''\"}.",
                property: property)
            return nil
        }
        var domain = DomainDefinition(type)
        for member in members {
            let path = "\(path).\(member.key)"
            switch member.key {
            case "type": break
            case "check": domain.checks = names(member.value, path)
            case "dbDefault": domain.databaseDefault = Self.expression(member.value)
            case "nullable": domain.isNullable = nullable(member.value, path) ?? true
            default: warnOfUnknownKey(member.key, path, among: Self.domainKeys, property: property)
            }
        }
        return domain
    }
}
