// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads LoopBack's JSON form of a model, collecting every problem.
struct DefinitionReader {
    let file: String?
    let leniency: Leniency
    var problems: [PlannerError] = []
    var warnings: [DefinitionWarning] = []
    var modelName: String?

    init(file: String?, leniency: Leniency = .strict) {
        self.file = file
        self.leniency = leniency
    }

    /// The model; nil when there is too little of it. Problems are in ``problems``.
    mutating func model(_ json: JSONValue) -> ModelDefinition? {
        guard case .object(let members) = json else {
            problem("", "A model definition is an object, not \(json.kindName).", keepsBack: true)
            return nil
        }
        guard let name = json["name"]?.text, !name.isEmpty else {
            problem("name", "The model has no name. Give it one: {\"name\": \"Customer\", …}.", keepsBack: true)
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
            if let text = string(value, path, keepsBack: true) { definition.base = text }
        case "plural": definition.plural = string(value, path)
        case "description": definition.summary = summary(value)
        case "http":
            if value.text != nil {
                warn(
                    .oddValue, path, "\"http\" is an object: {\"path\": \"/\(value.text ?? "")\"}. The text is ignored."
                )
            } else if let members = object(value, path), let json = members["path"] {
                definition.httpPath = string(json, path + ".path")
            }
        case "properties":
            for member in object(value, path) ?? [] {
                // false and null take an inherited property away.
                if member.value == .bool(false) || member.value == .null {
                    definition.excludeBaseProperties.append(member.key)
                } else if let property = property(member.key, member.value, "\(path).\(member.key)") {
                    definition.properties.append(property)
                } else if leniency == .strict, !member.key.isEmpty {
                    // What hangs on it is not a second mistake.
                    definition.properties.append(PropertyDefinition(member.key, .any))
                }
            }
        case "relations", "relationships":
            for member in members(value, path) {
                let known = problems.count
                if let relation = relation(member.key, member.value, "\(path).\(member.key)"), problems.count == known {
                    definition.relations.append(relation)
                } else if problems.count > known {
                    definition.unreadRelations.append(member.key)
                }
            }
        case "scope":
            definition.scope = scope(value, path, keepsBack: true)
        case "scopes":
            for member in members(value, path) {
                if let scope = scope(member.value, "\(path).\(member.key)") {
                    definition.scopes.append(.init(member.key, scope))
                }
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
            case .null: break
            case .string("true"), .string("false"): definition.strict = flag(value, path) == true ? .refuse : .allow
            case .string("filter"): definition.strict = .filter
            case .string("throw"), .string("validate"): definition.strict = .refuse
            default: problem(path, "\"strict\" is true, false or \"filter\", not \(value.kindName).")
            }
        case "excludeBaseProperties": definition.excludeBaseProperties += names(value, path)
        case "replaceOnPUT": definition.replaceOnPUT = flag(value, path)
        case "validateUpsert": definition.validateUpsert = flag(value, path)
        case "updateOnLoad": definition.updateOnLoad = flag(value, path)
        case "automaticValidation": definition.automaticValidation = flag(value, path)
        case "softDelete": definition.softDelete = string(value, path)
        case "tenant": definition.tenant = tenant(value, path)
        case "version": definition.version = string(value, path)
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
                case "view": definition.isView = flag(member.value, path + ".view") ?? false
                case "schemaName", "columnName", "dataType":
                    misplaced(
                        member.key, "\(path).\(member.key)",
                        member.key == "schemaName" ? "\"schema\" is meant" : "it belongs to a property's \"postgresql\""
                    )
                default: warnOfUnknownKey(member.key, "\(path).\(member.key)", among: ["schema", "table", "view"])
                }
            }
        case "acls", "methods", "mixins", "validations", "remoting", "injectOptionsFromRemoteContext", "public",
            "dataSource", "id", "caseSensitiveEmail", "restrictResetPasswordTokenScope", "emailVerificationRequired",
            "ttl", "maxTTL", "saltWorkFactor", "configureModelMerge", "normalizeUndefinedInQuery", "maxDepthOfQuery",
            "maxDepthOfData", "prohibitHiddenPropertiesInQuery", "disableDefaultSort", "allowExtendedOperators",
            "aclErrorStatus", "defaultPermission", "ownerRelations", "allowEternalTokens", "renamedFrom", "abstract":
            definition.settings.append(member)
        case "table", "tableName", "schema", "schemaName":
            definition.settings.append(member)
            let key = member.key.hasPrefix("table") ? "table" : "schema"
            misplaced(member.key, path, "write {\"options\": {\"postgresql\": {\"\(key)\": …}}}")
        case "mysql", "mongodb", "mssql", "oracle", "db2", "sqlite3", "cassandra", "memory", "elasticsearch", "redis":
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
        "automaticValidation", "strictDelete", "version", "softDelete", "tenant", "persistUndefinedAsNull", "indexes",
        "foreignKeys", "postgresql",
        "options", "acls", "methods", "mixins", "validations", "remoting",
    ]

    // MARK: Pieces

    /// A mistake; `keepsBack` for one in what keeps records or properties back, which can't be left out.
    mutating func problem(
        _ path: String, _ message: String, property: String? = nil, relation: String? = nil, keepsBack: Bool = false
    ) {
        guard leniency == .strict || keepsBack else {
            return warn(.leftOut, path, message + " It is left out.", property: property, relation: relation)
        }
        problems.append(
            PlannerError(
                .invalidDefinition, message, path: path.isEmpty ? nil : path, file: file, model: modelName,
                property: property, relation: relation))
    }

    /// A key that means something elsewhere.
    mutating func misplaced(
        _ key: String, _ path: String, _ remedy: String, property: String? = nil, relation: String? = nil
    ) {
        warn(
            .misplacedKey, path, "\"\(key)\" has no effect here: \(remedy).", property: property, relation: relation)
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
}
