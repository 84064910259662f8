// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ModelDefinition {
    /// The definition as a model file has it, without what has LoopBack's default.
    ///
    /// ```swift
    /// let file = definition.json
    /// let same = try ModelDefinition(file)
    /// ```
    ///
    /// Reading it gives the same definition. Functions have no place in a file, so scopes that are functions are left out.
    public var json: JSONValue {
        var writer = MemberWriter()
        writer.add("name", name)
        if base != "PersistedModel" { writer.add("base", base) }
        writer.add("plural", plural)
        writer.add("description", summary)
        if let httpPath { writer.add("http", ["path": .string(httpPath)]) }
        writer.add(
            "postgresql",
            object: [
                ("schema", tableSchema.map { .string($0) }), ("table", table.map { .string($0) }),
                ("view", isView ? .some(.bool(true)) : .none),
            ])
        writer.add("idInjection", idInjection)
        writer.add("forceId", forceId)
        switch strict {
        case nil: break
        case .refuse: writer.add("strict", true)
        case .allow: writer.add("strict", false)
        case .filter: writer.add("strict", "filter")
        }
        for (key, flag) in [
            ("replaceOnPUT", replaceOnPUT), ("validateUpsert", validateUpsert), ("updateOnLoad", updateOnLoad),
            ("automaticValidation", automaticValidation), ("strictDelete", strictDelete),
            ("persistUndefinedAsNull", persistUndefinedAsNull), ("defaultIdSort", defaultIdSort),
        ] { writer.add(key, flag) }
        writer.add("softDelete", softDelete)
        writer.add("tenant", tenant)
        writer.add("version", version)
        writer.add("properties", members: properties.map { .init($0.name, $0.json) })
        writer.add("excludeBaseProperties", excludeBaseProperties)
        writer.add("hidden", hidden)
        writer.add("protected", protected)
        writer.add("relations", members: relations.map { .init($0.name, $0.json) })
        writer.add("scope", scope)
        writer.add("scopes", members: scopes)
        writer.add("indexes", members: indexes.map { .init($0.name, $0.json) })
        writer.add("foreignKeys", members: foreignKeys.map { .init($0.name, $0.json) })
        writer.members += settings
        return .object(writer.members)
    }
}

extension PropertyDefinition {
    /// The property as a model file has it.
    var json: JSONValue {
        var writer = MemberWriter()
        writer.add("type", isDocument ? "json" : kind.json)
        if let keyPosition { writer.add("id", keyPosition == 1 ? .bool(true) : .number(String(keyPosition))) }
        if isGenerated { writer.add("generated", true) }
        if keepsKeyType { writer.add("useDefaultIdType", false) }
        if isRequired { writer.add("required", true) }
        if isHidden { writer.add("hidden", true) }
        if isReadOnly { writer.add("readOnly", true) }
        writer.add("default", defaultValue)
        writer.add("defaultFn", defaultFunction)
        if let indexMethod {
            writer.add("index", ["type": .string(indexMethod)])
        } else if isIndexed {
            writer.add("index", true)
        }
        if isUnique { writer.add("unique", true) }
        writer.add("description", summary)
        func number(_ value: Int?) -> JSONValue? { value.map { .number(String($0)) } }
        writer.add(
            "postgresql",
            object: [
                ("columnName", column.map { .string($0) }), ("dataType", dataType.map { .string($0) }),
                ("dataLength", number(length)), ("dataPrecision", number(precision)), ("dataScale", number(scale)),
                ("nullable", isNullable.map { .string($0 ? "Y" : "N") }),
                ("dbDefault", databaseDefault.map { .string($0) }),
                ("generated", generatedExpression.map { .string($0) }),
                ("identity", identity.map { .string($0.rawValue) }), ("domain", domain?.json),
                ("enum", typeValues.isEmpty ? .none : .some(.array(typeValues.map { .string($0) }))),
            ])
        writer.members += settings
        return .object(writer.members)
    }
}

extension PropertyKind {
    /// The type as a model file has it.
    fileprivate var json: JSONValue {
        switch self {
        case .string: "string"
        case .number: "number"
        case .boolean: "boolean"
        case .date: "date"
        case .buffer: "buffer"
        case .geopoint: "geopoint"
        case .object: "object"
        case .any: "any"
        case .array(.any): "array"
        case .array(let element): .array([element.json])
        case .model(let name): .string(name)
        }
    }
}

extension IndexDefinition {
    /// The index as a model file has it.
    fileprivate var json: JSONValue {
        var writer = MemberWriter()
        writer.add("keys", members: columns.map { .init($0.name, .number($0.isDescending ? "-1" : "1")) })
        var options: [JSONValue.Member] = []
        if isUnique { options.append(.init("unique", .bool(true))) }
        if isUnique, isConstraint { options.append(.init("constraint", .bool(true))) }
        writer.add("options", members: options)
        writer.add("type", method)
        return .object(writer.members)
    }
}

extension ForeignKeyDefinition {
    /// The constraint as a model file has it.
    fileprivate var json: JSONValue {
        var writer = MemberWriter()
        writer.add("name", name)
        writer.add("entity", entity)
        writer.add("entityKey", entityKey)
        writer.add("foreignKey", foreignKey)
        writer.add("onDelete", onDelete)
        writer.add("onUpdate", onUpdate)
        return .object(writer.members)
    }
}
