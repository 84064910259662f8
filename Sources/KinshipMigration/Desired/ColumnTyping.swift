// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Which column a property is kept in.
struct ColumnTyping {
    private typealias Place = DesiredBuilder.Place

    private let schema: Schema
    private let relations: RelationFacts

    init(_ schema: Schema, _ relations: RelationFacts) {
        self.schema = schema
        self.relations = relations
    }

    /// The column, and how strictly it is asked for.
    func column(of property: Property, in model: Model) -> (TableCatalog.Column, DesiredTables.Demand) {
        let definition = property.definition
        let isKey = model.primaryKey.contains(property.id)
        let type = type(Place(model: model.id, property: property.id), [])
        var column = TableCatalog.Column(property.column, type)
        column.isNullable = !(isKey || property.isRequired || definition.isNullable == false)
        var demand = DesiredTables.Demand(origin: "\(model.name).\(property.name)")
        if definition.dataType == nil {
            // What a key refers to may be another kind than is written.
            let ownKind = ColumnType(named: type).kind
            demand.kind =
                relations.keyLists[Place(model: model.id, property: property.id)] != nil || definition.isDocument
                ? .any
                : relations.typeOrigins[Place(model: model.id, property: property.id)] == nil
                    ? property.kind : ownKind
            demand.isSized = definition.length != nil || definition.precision != nil
        }
        column.filling = filling(of: property, type: type, &demand)
        // A column that numbers its rows has no NULL, whatever is said of it.
        if case .identity = column.filling { column.isNullable = false }
        return (column, demand)
    }

    // MARK: Types

    private func type(_ place: Place, _ seen: Set<Place>) -> String {
        let model = schema[place.model]
        let property = model.properties[place.property]
        let definition = property.definition
        if let written = definition.dataType {
            return TypeText.normal(
                written, length: definition.length, precision: definition.precision, scale: definition.scale)
        }
        let seen = seen.union([place])
        if let key = relations.keyLists[place] { return type(key, seen) + "[]" }
        // A key that refers to another is given by it; a circle of keys ends where it began.
        if let origin = relations.typeOrigins[place], !seen.contains(origin) { return type(origin, seen) }
        if model.primaryKey.contains(place.property), definition.isGenerated, !definition.keepsKeyType {
            return "bigint"
        }
        if definition.isDocument { return "jsonb" }
        switch property.kind {
        case .string: return definition.length.map { $0 > 0 ? "character varying(\($0))" : "text" } ?? "text"
        case .number:
            return definition.precision.map { "numeric(\($0),\(definition.scale ?? 0))" } ?? "integer"
        case .boolean: return "boolean"
        case .date: return "timestamp with time zone"
        case .buffer: return "bytea"
        case .geopoint: return "point"
        case .object, .any, .array, .model: return "jsonb"
        }
    }

    // MARK: Defaults

    private func filling(
        of property: Property, type: String, _ demand: inout DesiredTables.Demand
    ) -> TableCatalog.Filling {
        let definition = property.definition
        if let expression = definition.generatedExpression { return .generated(expression) }
        if let expression = definition.databaseDefault, !expression.isEmpty { return .expression(expression) }
        if let identity = definition.identity { return .identity(always: identity == .always) }
        let columnType = ColumnType(named: type)
        if definition.isGenerated {
            if columnType.isInteger { return .identity(always: false) }
            // The generator that a mapping names.
            if let named = definition.settings["defaultFn"]?.text { return .expression(named) }
            if type == "uuid" { return .expression("gen_random_uuid()") }
            if columnType.isText { return .expression("(gen_random_uuid())::text") }
        }
        switch definition.defaultFunction {
        case "now" where columnType.kind == .date:
            demand.isFilledByPrograms = true
            return .expression("now()")
        case "guid", "uuid", "uuidv4":
            demand.isFilledByPrograms = true
            if type == "uuid" { return .expression("gen_random_uuid()") }
            if columnType.isText { return .expression("(gen_random_uuid())::text") }
            return .none
        case .some: return .none
        case nil: break
        }
        // As a constant `now` would be the time at which the column is made.
        if columnType.kind == .date, let text = definition.defaultValue?.text?.lowercased(),
            ["now", "$now"].contains(text)
        {
            demand.isFilledByPrograms = true
            return .expression("now()")
        }
        return literalDefault(definition.defaultValue, columnType, type).map { .expression($0) } ?? .none
    }

    /// A constant as the server writes it back.
    private func literalDefault(_ value: JSONValue?, _ columnType: ColumnType, _ type: String) -> String? {
        switch value {
        case nil, .null?: return nil
        case _ where columnType.isJSON: return literal(value?.description ?? "null") + "::\(type)"
        case .bool(let flag)?: return columnType.category == .bool ? String(flag) : nil
        case .number(let text)?:
            if columnType.isNumeric { return text }
            return columnType.isText ? literal(text) + "::\(type)" : nil
        case .string(let text)?:
            guard text.utf8.allSatisfy({ $0 != 0 }) else { return nil }
            return literal(text) + "::\(type)"
        case .array(let elements)? where elements.isEmpty && columnType.element != nil: return "'{}'::\(type)"
        default: return nil
        }
    }
}
