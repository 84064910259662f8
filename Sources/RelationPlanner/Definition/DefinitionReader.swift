// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads LoopBack's JSON form of a model, collecting every problem.
struct DefinitionReader {
    let file: String?
    var problems: [PlannerError] = []
    var warnings: [DefinitionWarning] = []
    var modelName: String?

    init(file: String?) { self.file = file }

    /// The model; nil when there is too little of it. Problems are in ``problems``.
    mutating func model(_ json: JSONValue) -> ModelDefinition? {
        guard case .object(let members) = json else {
            problem("", "A model definition is an object, not \(json.kindName).")
            return nil
        }
        guard let name = json["name"]?.text, !name.isEmpty else {
            problem("name", "The model has no name. Give it one: {\"name\": \"Customer\", …}.")
            return nil
        }
        modelName = name
        var definition = ModelDefinition(name)
        definition.file = file

        // Settings stand at the top or in `options`, which win.
        var options: [JSONValue.Member] = []
        if let json = json["options"] { options = object(json, "options") ?? [] }
        for member in members where member.key != "options" {
            if options.contains(where: { $0.key.hasSameBytes(as: member.key) }) { continue }
            read(member, "", into: &definition)
        }
        for member in options { read(member, "options.", into: &definition) }
        return definition
    }

    mutating func read(_ member: JSONValue.Member, _ prefix: String, into definition: inout ModelDefinition) {
        let value = member.value
        let path = prefix + member.key
        switch member.key {
        case "name": break
        case "base", "super":
            if let text = string(value, path) { definition.base = text }
        case "plural": definition.plural = string(value, path)
        case "description": definition.summary = summary(value)
        case "http":
            if let members = object(value, path), let json = members["path"] {
                definition.httpPath = string(json, path + ".path")
            }
        case "properties":
            for member in object(value, path) ?? [] {
                if let property = property(member.key, member.value, "\(path).\(member.key)") {
                    definition.properties.append(property)
                }
            }
        case "relations", "relationships":
            for member in object(value, path) ?? [] {
                if let relation = relation(member.key, member.value, "\(path).\(member.key)") {
                    definition.relations.append(relation)
                }
            }
        case "scope":
            if value != .null, object(value, path) != nil { definition.scope = value }
        case "scopes":
            for member in object(value, path) ?? [] where object(member.value, "\(path).\(member.key)") != nil {
                definition.scopes.append(member)
            }
        case "hidden", "hiddenProperties": definition.hidden += flagged(value, path)
        case "protected", "protectedProperties": definition.protected += flagged(value, path)
        case "idInjection": definition.idInjection = flag(value, path)
        case "forceId":
            // "auto": when the key is generated, which is what nil means.
            if value.text != "auto" { definition.forceId = flag(value, path) }
        case "strict":
            switch value {
            case .bool(let flag): definition.strict = flag ? .refuse : .allow
            case .string("filter"): definition.strict = .filter
            case .string("throw"), .string("validate"): definition.strict = .refuse
            default: problem(path, "\"strict\" is true, false or \"filter\", not \(value.kindName).")
            }
        case "excludeBaseProperties": definition.excludeBaseProperties = names(value, path)
        case "replaceOnPUT": definition.replaceOnPUT = flag(value, path)
        case "validateUpsert": definition.validateUpsert = flag(value, path)
        case "updateOnLoad": definition.updateOnLoad = flag(value, path)
        case "automaticValidation": definition.automaticValidation = flag(value, path)
        case "strictDelete": definition.strictDelete = flag(value, path)
        case "persistUndefinedAsNull": definition.persistUndefinedAsNull = flag(value, path)
        case "defaultIdSort":
            // "numericIdOnly" is LoopBack's half-way setting; keys of all types are ordered here.
            if value.text != "numericIdOnly" { definition.defaultIdSort = flag(value, path) }
        case "indexes": definition.indexes = indexes(value, path)
        case "foreignKeys": definition.foreignKeys = foreignKeys(value, path)
        case "postgresql":
            for member in object(value, path) ?? [] {
                switch member.key {
                case "schema": definition.tableSchema = string(member.value, path + ".schema")
                case "table", "tableName": definition.table = string(member.value, path + ".table")
                default: warnOfUnknownKey(member.key, "\(path).\(member.key)", among: ["schema", "table"])
                }
            }
        case "acls", "methods", "mixins", "validations", "remoting", "injectOptionsFromRemoteContext", "public",
            "dataSource", "id", "caseSensitiveEmail", "restrictResetPasswordTokenScope", "emailVerificationRequired",
            "ttl", "maxTTL", "saltWorkFactor", "configureModelMerge", "normalizeUndefinedInQuery", "maxDepthOfQuery",
            "maxDepthOfData", "prohibitHiddenPropertiesInQuery", "disableDefaultSort", "allowExtendedOperators":
            definition.settings.append(member)
        default:
            definition.settings.append(member)
            // LoopBack files carry settings of mixins and other connectors at this place: no mistake as such.
            warnOfUnknownKey(member.key, path, among: Self.modelKeys)
        }
    }

    private static let modelKeys = [
        "base", "plural", "description", "properties", "relations", "scope", "scopes", "hidden", "protected",
        "idInjection", "forceId", "strict", "excludeBaseProperties", "replaceOnPUT", "validateUpsert", "updateOnLoad",
        "automaticValidation", "strictDelete", "persistUndefinedAsNull", "indexes", "foreignKeys", "postgresql",
        "options", "acls", "methods", "mixins", "validations", "remoting",
    ]

    // MARK: Pieces

    mutating func problem(_ path: String, _ message: String, property: String? = nil, relation: String? = nil) {
        problems.append(
            PlannerError(
                .invalidDefinition, message, path: path.isEmpty ? nil : path, file: file, model: modelName,
                property: property, relation: relation))
    }

    mutating func warn(
        _ code: DefinitionWarning.Code, _ path: String, _ message: String, property: String? = nil,
        relation: String? = nil
    ) {
        warnings.append(
            DefinitionWarning(
                code, message, file: file, path: path, model: modelName, property: property, relation: relation))
    }

    mutating func warnOfUnknownKey(
        _ key: String, _ path: String, among known: [String] = [], property: String? = nil, relation: String? = nil
    ) {
        warn(
            .unknownKey, path, "\"\(key)\" isn't known here and is ignored.\(Suggestion.text(for: key, among: known))",
            property: property, relation: relation)
    }

    mutating func object(_ json: JSONValue, _ path: String) -> [JSONValue.Member]? {
        switch json {
        case .object(let members): return members
        case .null: return []
        default:
            problem(path, "An object is due here, not \(json.kindName).")
            return nil
        }
    }

    mutating func string(_ json: JSONValue, _ path: String) -> String? {
        switch json {
        case .string(let text): return text.isEmpty ? nil : text
        case .null: return nil
        default:
            problem(path, "A string is due here, not \(json.kindName).")
            return nil
        }
    }

    mutating func flag(_ json: JSONValue, _ path: String) -> Bool? {
        switch json {
        case .bool(let flag): return flag
        case .string("true"): return true
        case .string("false"): return false
        case .null: return nil
        default:
            problem(path, "true or false is due here, not \(json.kindName).")
            return nil
        }
    }

    mutating func count(_ json: JSONValue, _ path: String) -> Int? {
        switch json {
        case .number(let text), .string(let text):
            if let value = DecimalText(text)?.int64, value >= 0, value <= Int64(Int32.max) { return Int(value) }
        case .null: return nil
        default: break
        }
        problem(path, "A whole number of at least 0 is due here, not \(json.kindName).")
        return nil
    }

    /// One name, or a list of them.
    mutating func names(_ json: JSONValue, _ path: String) -> [String] {
        switch json {
        case .string(let text): return text.isEmpty ? [] : [text]
        case .null: return []
        case .array(let elements):
            return elements.enumerated().compactMap { string($0.element, "\(path)[\($0.offset)]") }
        default:
            problem(path, "A name or a list of names is due here, not \(json.kindName).")
            return []
        }
    }

    /// A list of names, or an object of those that are true.
    mutating func flagged(_ json: JSONValue, _ path: String) -> [String] {
        guard case .object(let members) = json else { return names(json, path) }
        return members.filter { flag($0.value, "\(path).\($0.key)") ?? false }.map(\.key)
    }

    /// Descriptions may be written as a list of lines.
    func summary(_ json: JSONValue) -> String? {
        switch json {
        case .string(let text): text
        case .array(let lines): lines.compactMap(\.text).joined(separator: "\n")
        default: nil
        }
    }
}

extension [JSONValue.Member] {
    subscript(key: String) -> JSONValue? { first { $0.key.hasSameBytes(as: key) }?.value }
}
