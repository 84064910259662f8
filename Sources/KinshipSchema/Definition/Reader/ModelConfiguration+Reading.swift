// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ModelConfiguration {
    /// Reads the file.
    ///
    /// - Throws: ``SchemaError`` with every problem of the file, each naming the place inside it.
    public init(json: [UInt8], file: String? = nil) throws(SchemaError) {
        try self.init(try JSONValue(file: file, parsing: json), file: file)
    }

    /// Reads a configuration that has been parsed.
    ///
    /// - Throws: ``SchemaError`` with every problem of the configuration.
    public init(_ json: JSONValue, file: String? = nil) throws(SchemaError) {
        self.init()
        self.file = file
        var reader = DefinitionReader(file: file)
        for member in reader.object(json, "") ?? [] {
            if member.key == "_meta" {
                let meta = reader.object(member.value, "_meta") ?? []
                sources = meta["sources"].map { reader.names($0, "_meta.sources") }
                continue
            }
            reader.modelName = member.key
            guard case .object(let members) = member.value else {
                reader.problem(
                    member.key,
                    "What is said about a model is an object such as {\"dataSource\": \"db\"}, not \(member.value.kindName)."
                )
                continue
            }
            entries.append(Self.entry(member.key, members, &reader))
        }
        guard reader.problems.isEmpty else { throw SchemaError(reader.problems) }
        warnings = reader.warnings
    }

    private static let keys = ["dataSource", "public", "relations", "acls", "options"]

    private static func entry(_ model: String, _ members: [JSONValue.Member], _ reader: inout DefinitionReader) -> Entry
    {
        var entry = Entry(model: model)
        entry.file = reader.file
        for member in members {
            let value = member.value
            let path = "\(model).\(member.key)"
            switch member.key {
            case "dataSource", "datasource":
                if value != .bool(false) { entry.dataSource = reader.string(value, path) }
            case "public": entry.isPublic = reader.flag(value, path) ?? true
            case "relations": entry.relations = reader.object(value, path) ?? []
            case "acls":
                if case .array(let rules) = value {
                    entry.acls = rules
                } else if value != .null {
                    reader.problem(path, "Access rules are a list, not \(value.kindName).")
                }
            case "options": entry.options = reader.object(value, path) ?? []
            case "methods", "mixins", "http": break
            default:
                // Tools leave members of their own here, such as "$promise".
                if !member.key.hasPrefix("$") { reader.warnOfUnknownKey(member.key, path, among: keys) }
            }
        }
        return entry
    }
}
