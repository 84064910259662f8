// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// Reads LoopBack model files: a folder of them, or a whole application.
///
/// ```swift
/// let schema = try SchemaLoader.load(directory: "Examples/models")
/// let application = try SchemaLoader.load(application: "../shop-api")
/// let scoped = try SchemaLoader.load(directory: "Examples/models") { definition in
///     guard definition.name == "Order" else { return }
///     definition.addScope("since") { parameters in ["where": ["placedAt": ["gte": parameters["from"] ?? .null]]] }
/// }
/// ```
public enum SchemaLoader {
    /// Files that lie beside models and are none.
    package static let otherFiles: Set<String> = [
        "model-config.json", "datasources.json", "config.json", "component-config.json", "middleware.json",
        "package.json", "package-lock.json",
    ]

    /// The schema of every `*.json` file of a folder, checked as a whole; `model-config.json` is left out.
    ///
    /// - Parameters:
    ///   - directory: the folder.
    ///   - tableSchema: the PostgreSQL schema of models that name none, or `public`; nil leaves them as they are.
    ///   - leniency: whether what doesn't work is left out with a warning instead of stopping everything.
    ///   - configure: adds to each definition what a file can't say, such as scopes that are functions.
    /// - Throws: `SchemaError` with every problem found in any file: unreadable files, JSON that does not parse,
    ///   definitions that contradict each other. Each names its file and the path inside it.
    public static func load(
        directory: String, tableSchema: String? = nil, leniency: Leniency = .strict,
        configure: (inout ModelDefinition) -> Void = { _ in }
    ) throws(SchemaError) -> Schema {
        var reading = DefinitionReading(leniency: leniency)
        try ModelFolder(directory).read(into: &reading)
        return try schema(reading, tableSchema, configure)
    }

    /// The schema of a LoopBack application: the models that its `model-config.json` lists, from all the folders that
    /// this file names, with what it adds to them (D38).
    ///
    /// ```swift
    /// let schema = try SchemaLoader.load(application: "../shop-api")  // has server/model-config.json
    /// ```
    ///
    /// Models that are attached to no data source, or to one that isn't PostgreSQL (`datasources.json`), need no table.
    ///
    /// - Parameters:
    ///   - application: the project's folder, or the one that holds `model-config.json`.
    ///   - tableSchema: the PostgreSQL schema of models that name none, or `public`; nil leaves them as they are.
    ///   - leniency: whether what doesn't work is left out with a warning instead of stopping everything.
    ///   - configure: adds to each definition what a file can't say, such as scopes that are functions.
    /// - Throws: `SchemaError` with every problem found in any file that is read.
    public static func load(
        application: String, tableSchema: String? = nil, leniency: Leniency = .strict,
        configure: (inout ModelDefinition) -> Void = { _ in }
    ) throws(SchemaError) -> Schema {
        guard let folder = ApplicationFolder(application) else {
            throw SchemaError([
                PlannerError(
                    .invalidDefinition,
                    "The folder \"\(application)\" holds no application: there is neither model-config.json nor server/model-config.json in it.",
                    file: application)
            ])
        }
        var reading = DefinitionReading(leniency: leniency)
        try folder.read(into: &reading)
        return try schema(reading, tableSchema, configure)
    }

    /// The schema of several folders together, each an application or a folder of model files.
    ///
    /// ```swift
    /// let schema = try SchemaLoader.load(paths: ["common/models", "server/models"])
    /// ```
    ///
    /// - Parameters:
    ///   - paths: the folders; one that has a `model-config.json`, or `server/model-config.json`, is an application.
    ///   - tableSchema: the PostgreSQL schema of models that name none, or `public`; nil leaves them as they are.
    ///   - leniency: whether what doesn't work is left out with a warning instead of stopping everything.
    ///   - configure: adds to each definition what a file can't say, such as scopes that are functions.
    /// - Throws: `SchemaError` with every problem found in any file; a model that is in two of the folders is one.
    public static func load(
        paths: [String], tableSchema: String? = nil, leniency: Leniency = .strict,
        configure: (inout ModelDefinition) -> Void = { _ in }
    ) throws(SchemaError) -> Schema {
        try load(paths: paths, texts: [:], tableSchema: tableSchema, leniency: leniency, configure: configure)
    }

    /// The schema that several folders would have if some of their files held other texts: for what is checked before it is written.
    ///
    /// - Parameter texts: what files hold instead, by their paths as definitions name them; a path that isn't there is a new file.
    package static func load(
        paths: [String], texts: [String: [UInt8]], tableSchema: String? = nil, leniency: Leniency = .strict,
        configure: (inout ModelDefinition) -> Void = { _ in }
    ) throws(SchemaError) -> Schema {
        try schema(reading(paths, texts: texts, leniency), tableSchema, configure)
    }

    /// What several folders hold, with what is wrong in their files.
    static func reading(
        _ paths: [String], texts: [String: [UInt8]] = [:], _ leniency: Leniency
    ) -> DefinitionReading {
        var reading = DefinitionReading(leniency: leniency)
        for path in paths {
            do throws(SchemaError) {
                if let application = ApplicationFolder(path, texts: texts) {
                    try application.read(into: &reading)
                } else {
                    try ModelFolder(path, texts: texts).read(into: &reading)
                }
            } catch {
                reading.fail(error.problems, path)
            }
        }
        return reading
    }

    private static func schema(
        _ reading: DefinitionReading, _ tableSchema: String?, _ configure: (inout ModelDefinition) -> Void
    ) throws(SchemaError) -> Schema {
        var reading = reading
        place(&reading, in: tableSchema)
        for index in reading.definitions.indices { configure(&reading.definitions[index]) }
        return try reading.schema()
    }

    /// Says the PostgreSQL schema of the models that name none, or `public`.
    static func place(_ reading: inout DefinitionReading, in tableSchema: String?) {
        guard let tableSchema else { return }
        for index in reading.definitions.indices
        where (reading.definitions[index].tableSchema ?? "public") == "public" {
            reading.definitions[index].tableSchema = tableSchema
        }
    }
}
