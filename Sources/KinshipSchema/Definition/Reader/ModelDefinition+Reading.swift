// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ModelDefinition {
    /// Reads a LoopBack model file.
    ///
    /// - Parameters:
    ///   - json: what is in the file.
    ///   - file: its name, for messages.
    ///   - leniency: whether what can't be read is left out with a warning.
    /// - Throws: ``SchemaError`` with every problem of the file, each naming `file` and the place inside it.
    public init(
        json: some Collection<UInt8>, file: String? = nil, leniency: Leniency = .strict
    ) throws(SchemaError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: Array(json))
        } catch {
            throw SchemaError([
                PlannerError(.invalidDefinition, "The file can't be read. \(error.message)", file: file)
            ])
        }
        try self.init(value, file: file, leniency: leniency)
    }

    /// Reads a LoopBack model definition that has been parsed.
    ///
    /// - Throws: ``SchemaError`` with every problem of the definition.
    public init(_ json: JSONValue, file: String? = nil, leniency: Leniency = .strict) throws(SchemaError) {
        var reader = DefinitionReader(file: file, leniency: leniency)
        let definition = reader.model(json)
        guard let definition, reader.problems.isEmpty else { throw SchemaError(reader.problems) }
        self = definition
        warnings = reader.warnings
        unreadRelations = []
    }
}
