// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The models of a LoopBack application: those that `model-config.json` lists, with what it says about them, and the
/// bases of those (D38).
///
/// ```swift
/// let application = try ApplicationDefinition(files: files, configuration: configuration)
/// let schema = try Schema(definitions: application.definitions, warnings: application.warnings)
/// ```
///
/// Files that are not listed are not read; a model that a listed one refers to is there by its name, without a table.
public struct ApplicationDefinition: Sendable {
    /// The models.
    public private(set) var definitions: [ModelDefinition] = []
    /// What was odd but usable.
    public private(set) var warnings: [DefinitionWarning]

    /// Puts an application together.
    ///
    /// - Parameters:
    ///   - files: the model files of all its folders; of several with one name the last one counts.
    ///   - configuration: its `model-config.json`.
    ///   - dataSources: its `datasources.json`, for which models are not in PostgreSQL.
    ///   - leniency: whether what can't be read of a file is left out with a warning.
    /// - Throws: ``SchemaError`` with the files that hold no model; what else is wrong in them is told with the schema.
    public init(
        files: [ModelFile], configuration: ModelConfiguration, dataSources: DataSources = DataSources(),
        leniency: Leniency = .strict
    ) throws(SchemaError) {
        warnings = configuration.warnings
        var byName: [String: ModelFile] = [:]
        for file in files {
            guard let name = file.name else {
                warnings.append(file.warning)
                continue
            }
            byName[name] = file
        }
        let entries = Dictionary(configuration.entries.map { ($0.model, $0) }, uniquingKeysWith: { $1 })
        var problems: [PlannerError] = []
        var wanted = configuration.entries.map(\.model)
        var seen: Set<String> = []
        while let name = wanted.first {
            wanted.removeFirst()
            guard seen.insert(name).inserted else { continue }
            var definition: ModelDefinition
            if let file = byName[name] {
                let (read, failures) = file.read(leniency)
                guard let read else {
                    problems += failures
                    continue
                }
                definition = read
                if byName[definition.base] != nil { wanted.append(definition.base) }
            } else if let builtIn = BuiltInModels.definition(name) {
                definition = builtIn
            } else {
                warnings.append(
                    DefinitionWarning(
                        .leftOut,
                        "No file describes the model \(name), so it is left out. Copy the file, or remove the entry.",
                        file: configuration.file, path: name))
                continue
            }
            definition.configuration = entries[name]
            definition.isPublic = entries[name]?.isPublic ?? false
            definition.attachment = Self.attachment(entries[name], dataSources)
            definitions.append(definition)
        }
        guard problems.isEmpty else { throw SchemaError(problems) }
        addMentioned(byName)
    }

    private static func attachment(_ entry: ModelConfiguration.Entry?, _ sources: DataSources) -> Attachment {
        guard let source = entry?.dataSource else { return .nowhere }
        return sources.isPostgreSQL(source) ? .attached : .elsewhere(dataSource: source)
    }

    /// Models that have a file, are referred to, and aren't listed: LoopBack leaves relations to them out. They are there
    /// by name only, so that the relation can be judged when the database is known.
    private mutating func addMentioned(_ files: [String: ModelFile]) {
        let known = Set(definitions.map(\.name))
        var mentioned: [String] = []
        for definition in definitions {
            for name in definition.mentions where !known.contains(name) && !mentioned.contains(name) {
                if files[name] != nil { mentioned.append(name) }
            }
        }
        for name in mentioned {
            var definition = ModelDefinition(name)
            definition.file = files[name]?.path
            definition.attachment = .unlisted
            definition.isPublic = false
            definitions.append(definition)
        }
        let unlisted = files.values.filter { file in file.name.map { !known.contains($0) } ?? false }
        for file in unlisted.sorted(by: { $0.path < $1.path }) {
            warnings.append(
                DefinitionWarning(
                    .leftOut,
                    "The model \(file.name ?? "") isn't listed in model-config.json, so it isn't loaded.",
                    file: file.path))
        }
    }
}
