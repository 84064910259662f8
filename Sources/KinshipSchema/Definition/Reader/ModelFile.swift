// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A JSON file of a folder of models, parsed but not checked.
///
/// ```swift
/// let file = try ModelFile(json: Array(#"{"properties": {"title": "string"}}"#.utf8), path: "models/blog-post.json")
/// print(file.name ?? "no model")  // BlogPost
/// ```
public struct ModelFile: Sendable, Hashable {
    /// Where it was found.
    public var path: String
    /// What it holds.
    public var json: JSONValue

    /// A file that has been parsed.
    public init(_ json: JSONValue, path: String) {
        self.json = json
        self.path = path
    }

    /// Reads a file.
    ///
    /// - Throws: ``SchemaError`` when it is no JSON.
    public init(json: [UInt8], path: String) throws(SchemaError) {
        self.init(try JSONValue(file: path, parsing: json), path: path)
    }

    /// The model's name: as the file says it, or made of the file's own name as LoopBack does; nil for a file that isn't
    /// a model's.
    public var name: String? {
        guard case .object(let members) = json else { return nil }
        if let name = members["name"]?.text, !name.isEmpty {
            return Self.signs.contains { members[$0] != nil } || members.count == 1 ? name : nil
        }
        guard Self.signs.contains(where: { members[$0] != nil }) else { return nil }
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let base = file.hasSuffix(".json") ? String(file.dropLast(5)) : file
        let name = Inflection.camelCase(base.replacing(".", with: "_"))
        return name.isEmpty ? nil : name.prefix(1).uppercased() + name.dropFirst()
    }

    /// Members that only models have.
    private static let signs = [
        "properties", "relations", "relationships", "base", "super", "plural", "options", "scopes", "idInjection",
        "strict", "acls", "mixins", "hidden", "hiddenProperties", "protected", "protectedProperties", "scope",
        "indexes", "methods", "validations", "forceId", "postgresql", "http",
    ]

    /// The model with what is wrong in it; without one, what keeps it from being read.
    package func read(_ leniency: Leniency) -> (definition: ModelDefinition?, problems: [PlannerError]) {
        var reader = DefinitionReader(file: path, leniency: leniency)
        var definition = reader.model(named)
        definition?.warnings = reader.warnings
        definition?.problems = reader.problems
        return (definition, reader.problems)
    }

    /// What the file holds, with the name that it may leave to the file's own.
    private var named: JSONValue {
        guard let name, case .object(var members) = json, members["name"] == nil else { return json }
        members.insert(.init("name", .string(name)), at: 0)
        return .object(members)
    }

    /// The model.
    ///
    /// - Throws: ``SchemaError`` with every problem of the file.
    public func definition() throws(SchemaError) -> ModelDefinition {
        try ModelDefinition(named, file: path)
    }

    /// What is said about a file that is no model's.
    public var warning: DefinitionWarning {
        DefinitionWarning(
            .leftOut, "The file holds no model, so it is skipped. A model has \"name\" and \"properties\".",
            file: path)
    }
}

extension JSONValue {
    /// Parses a file, which may begin with a byte order mark.
    package init(file: String?, parsing json: [UInt8]) throws(SchemaError) {
        do {
            self = try JSONValue(parsing: json.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(json.dropFirst(3)) : json)
        } catch {
            throw SchemaError([
                PlannerError(.invalidDefinition, "The file can't be read. \(error.message)", file: file)
            ])
        }
    }
}
