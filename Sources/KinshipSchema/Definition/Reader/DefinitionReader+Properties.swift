// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension DefinitionReader {
    private static let propertyKeys = [
        "type", "id", "generated", "required", "default", "defaultFn", "index", "unique", "length", "precision",
        "scale", "hidden", "description", "postgresql", "jsonSchema", "nullable", "dataType", "limit",
        "readOnly", "dbDefault",
    ]

    mutating func property(_ name: String, _ json: JSONValue, _ path: String) -> PropertyDefinition? {
        guard !name.isEmpty else {
            problem(path, "A property needs a name.")
            return nil
        }
        // "name": "string" is short for {"type": "string"}.
        guard case .object(let members) = json else {
            guard let kind = kind(json, path, property: name) else { return nil }
            return PropertyDefinition(name, kind)
        }
        guard let kind = kind(of: members, path, property: name) else { return nil }
        var property = PropertyDefinition(name, kind)
        property.isDocument = kind == .string && members["type"]?.text?.lowercased() == "json"
        for member in members {
            let value = member.value
            let path = "\(path).\(member.key)"
            switch member.key {
            case "type": break
            case _ where isRecord(members): property.settings.append(member)
            case "id":
                switch value {
                case .bool(let flag): property.keyPosition = flag ? 1 : nil
                case .null: break
                case .string(let text) where ["true", "false", "0", "1"].contains(text.lowercased()):
                    property.keyPosition = flag(value, path) == true ? 1 : nil
                case .number(let text):
                    if let position = DecimalText(text)?.int64, position >= 0, position < 100 {
                        property.keyPosition = position == 0 ? nil : Int(position)
                    } else {
                        problem(path, "\"id\" is true, false or the place in a composite key (1, 2 …).", property: name)
                    }
                case .string(let text) where text.allSatisfy(\.isWhitespace): break
                case .string:
                    // LoopBack takes whatever isn't false for true.
                    warn(
                        .oddValue, path,
                        "\"id\" is true, false or the place in a composite key; \(value) is read as true.",
                        property: name)
                    property.keyPosition = 1
                default: problem(path, "\"id\" is true, false or the place in a composite key.", property: name)
                }
            case "generated": property.isGenerated = flag(value, path) ?? false
            case "useDefaultIdType": property.keepsKeyType = flag(value, path) == false
            case "required": property.isRequired = flag(value, path) ?? false
            case "nullable": property.isNullable = nullable(value, path)
            case "hidden": property.isHidden = flag(value, path) ?? false
            case "readOnly": property.isReadOnly = flag(value, path) ?? false
            // Of both the mapping's counts.
            case "dbDefault": property.databaseDefault = property.databaseDefault ?? Self.expression(value)
            case "default": property.defaultValue = value
            case "defaultFn":
                property.defaultFunction = defaultFunction(value, path, name)
                if let function = property.defaultFunction, !Self.defaultFunctions.contains(function) {
                    problem(
                        path,
                        "\"\(function)\" is no default function. There are \(Self.defaultFunctions.joined(separator: ", ")).",
                        property: name)
                }
            case "index": readIndex(value, path, into: &property)
            case "unique": property.isUnique = flag(value, path) ?? false
            case "length", "limit": property.length = property.length ?? count(value, path)
            case "precision": property.precision = property.precision ?? count(value, path)
            case "scale": property.scale = property.scale ?? count(value, path)
            case "description", "doc": property.summary = summary(value)
            case "postgresql": readMapping(value, path, into: &property)
            case "jsonSchema", "mysql", "mongodb", "mssql", "oracle", "db2", "sqlite3", "cassandra", "memory",
                "acls", "renamedFrom", "comments", "title", "format", "min", "max", "minLength", "maxLength", "pattern",
                "enum":
                property.settings.append(member)
            case "columnName", "column", "dataType":
                property.settings.append(member)
                let key = member.key == "column" ? "columnName" : member.key
                misplaced(member.key, path, "write {\"postgresql\": {\"\(key)\": …}}", property: name)
            default:
                property.settings.append(member)
                warnOfUnknownKey(member.key, path, among: Self.propertyKeys, property: name)
            }
        }
        return property
    }

    private static let defaultFunctions = ["guid", "uuid", "uuidv4", "now", "shortid", "nanoid"]

    private mutating func readIndex(_ json: JSONValue, _ path: String, into property: inout PropertyDefinition) {
        switch json {
        case .bool(let flag): property.isIndexed = flag
        case .null: break
        case .string(let text) where ["true", "false", "0", "1"].contains(text.lowercased()):
            property.isIndexed = flag(json, path) ?? false
        case .number: property.isIndexed = flag(json, path) ?? false
        case .object(let members):
            property.isIndexed = true
            if let unique = members["unique"] { property.isUnique = flag(unique, path + ".unique") ?? false }
            if members["kind"]?.text?.lowercased() == "unique" { property.isUnique = true }
            property.indexMethod = members["type"]?.text?.lowercased()
        case .string: property.isIndexed = true
        default: problem(path, "\"index\" is true, false or an object, not \(json.kindName).", property: property.name)
        }
    }

    /// `$now` and `Date.now` are ways to write `now`.
    private mutating func defaultFunction(_ json: JSONValue, _ path: String, _ property: String) -> String? {
        guard let text = string(json, path) else { return nil }
        var plain = text.hasPrefix("$") ? String(text.dropFirst()) : text
        if plain.hasSuffix("()") { plain.removeLast(2) }
        if plain == "Date.now" { plain = "now" }
        guard plain != text, Self.defaultFunctions.contains(plain) else { return text }
        warn(.oddValue, path, "\"\(text)\" is read as \"\(plain)\".", property: property)
        return plain
    }

    /// Whether an object without a type describes a nested record: it has members that no property has.
    private func isRecord(_ members: [JSONValue.Member]) -> Bool {
        members["type"] == nil && members.contains { !Self.propertyKeys.contains($0.key) }
    }

    /// The type that the members of a property say.
    private mutating func kind(of members: [JSONValue.Member], _ path: String, property: String) -> PropertyKind? {
        if isRecord(members) { return .object }
        switch members["type"] {
        case nil where members.isEmpty:
            problem(
                path + ".type", "The property has no type. Write {\"type\": \"string\"} or another type.",
                property: property)
            return nil
        case nil, .null?:
            warn(
                .oddValue, path + ".type", "The property has no type; it is shown as its column's type.",
                property: property)
            return .any
        case let type?: return kind(type, path + ".type", property: property)
        }
    }

    /// A property type: a name, `[type]`, or an object that describes an anonymous embedded model.
    mutating func kind(_ json: JSONValue, _ path: String, property: String, depth: Int = 0) -> PropertyKind? {
        switch json {
        case .string(let name):
            switch name.lowercased() {
            case "string", "text", "json": return .string
            case "number", "integer", "int", "float", "double", "decimal", "long", "bignumber": return .number
            case "boolean", "bool": return .boolean
            case "date", "datetime", "dateonly", "timestamp": return .date
            case "buffer", "binary": return .buffer
            case "geopoint", "point": return .geopoint
            case "object": return .object
            case "any", "": return .any
            case "array": return .array(of: .any)
            default: return .model(name)
            }
        case .array(let elements):
            guard depth < 8 else { break }
            guard elements.count <= 1 else {
                problem(path, "A list type names one type of elements: [\"string\"].", property: property)
                return nil
            }
            guard let first = elements.first else { return .array(of: .any) }
            return kind(first, path + "[0]", property: property, depth: depth + 1).map { .array(of: $0) }
        case .object: return .object
        default: break
        }
        problem(
            path, "A type is a name such as \"string\" or a list such as [\"number\"], not \(json.kindName).",
            property: property)
        return nil
    }

    mutating func indexes(_ json: JSONValue, _ path: String) -> [IndexDefinition] {
        var found: [IndexDefinition] = []
        for member in members(json, path) {
            let path = "\(path).\(member.key)"
            var columns: [IndexDefinition.Column] = []
            if let elements = member.value.elements, elements.contains(where: { $0.text == nil }) {
                warn(.oddValue, path, "An index is an object: {\"keys\": {\"name\": 1}}. This one is ignored.")
                continue
            }
            if member.value.text != nil || member.value.elements != nil {
                // "by_name": "name" and "by_name": ["name", "id"].
                warn(.oddValue, path, "An index is an object; the names are read as {\"columns\": …}.")
                let names =
                    member.value.text.map { $0.split(separator: ",").map(\.trimmingSpace) }
                    ?? self.names(member.value, path)
                columns = names.map { .init(name: $0, isDescending: false) }
                if !columns.isEmpty {
                    found.append(IndexDefinition(name: member.key, columns: columns, isUnique: false, method: nil))
                }
                continue
            }
            if case .bool = member.value {
                warn(.oddValue, path, "An index names its columns: {\"keys\": {\"name\": 1}}. This one is ignored.")
                continue
            }
            guard member.value != .null, let members = object(member.value, path) else { continue }
            if let keys = members["keys"], let names = keys.elements {
                columns = names.compactMap(\.text).map { .init(name: $0, isDescending: false) }
            } else if let keys = members["keys"] {
                for key in object(keys, path + ".keys") ?? [] {
                    let isDescending = key.value == .number("-1") || key.value.text?.lowercased() == "desc"
                    columns.append(.init(name: key.key, isDescending: isDescending))
                }
            } else if let list = members["columns"] {
                let names =
                    list.text.map { $0.split(separator: ",").map(\.trimmingSpace) }
                    ?? self.names(list, path + ".columns")
                columns = names.map { .init(name: $0, isDescending: false) }
            } else {
                // {"customerId": 1, "status": 1} is LoopBack's oldest form.
                columns = members.filter { $0.key != "options" }.map {
                    .init(name: $0.key, isDescending: $0.value == .number("-1"))
                }
            }
            let options = members["options"]
            let isUnique = options?["unique"]?.flag ?? (members["kind"]?.text?.lowercased() == "unique")
            if columns.isEmpty { problem(path, "The index names no columns.") }
            var index = IndexDefinition(
                name: member.key, columns: columns, isUnique: isUnique, method: members["type"]?.text)
            if options?["constraint"]?.flag == true {
                index.isConstraint = isUnique && index.method == nil && !columns.contains(where: \.isDescending)
                if !index.isConstraint {
                    warn(
                        .oddValue, path,
                        "A constraint is unique, ascending and of no type; \"constraint\" is ignored.")
                }
            }
            found.append(index)
        }
        return found
    }

    mutating func foreignKeys(_ json: JSONValue, _ path: String) -> [ForeignKeyDefinition] {
        var found: [ForeignKeyDefinition] = []
        for member in members(json, path) {
            let path = "\(path).\(member.key)"
            guard let members = object(member.value, path) else { continue }
            func part(_ key: String) -> [String] { members[key].map { names($0, "\(path).\(key)") } ?? [] }
            guard let entity = members["entity"].flatMap({ string($0, path + ".entity") }) else {
                problem(path + ".entity", "A foreign key names the model it points to in \"entity\".")
                continue
            }
            let keys = part("foreignKey")
            if keys.isEmpty { problem(path + ".foreignKey", "A foreign key names its column in \"foreignKey\".") }
            found.append(
                ForeignKeyDefinition(
                    name: members["name"]?.text ?? member.key, entity: entity, entityKey: part("entityKey"),
                    foreignKey: keys, onDelete: members["onDelete"]?.text, onUpdate: members["onUpdate"]?.text))
        }
        return found
    }
}
