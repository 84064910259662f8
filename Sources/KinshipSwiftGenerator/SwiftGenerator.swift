// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import KinshipSchema

/// Makes typed models of a schema: a struct for each model, an enumeration for each type of PostgreSQL that has labels.
///
/// ```swift
/// let schema = try SchemaLoader.load(directory: "models")
/// for file in SwiftGenerator(schema).files() { print(file.name, file.text.count) }
/// ```
///
/// The same schema and options give the same texts, in the order of the definitions. Nothing is read or written.
///
/// - Complexity: linear in the properties and relations.
public struct SwiftGenerator: Sendable {
    private let models: GeneratedModels
    private let options: GeneratorOptions

    /// A generator for the models of a schema, with the columns' types as far as the schema knows them.
    public init(_ schema: Schema, options: GeneratorOptions = GeneratorOptions()) {
        models = GeneratedModels(schema, options)
        self.options = options
    }

    /// A file for each model and enumeration, and one that lists them.
    public func files() -> [GeneratedFile] {
        var files = models.all.map { model in
            var writer = StructWriter(model, models, options)
            return file(model.type, writer.text(), "the model \(SwiftLiteral.text(model.model.name))")
        }
        files += models.enumerations.all.map { enumeration in
            file(
                enumeration.name, EnumerationWriter(enumeration, options).text(),
                "the database's type \(SwiftLiteral.text(enumeration.type))")
        }
        files.append(file(ListWriter.name, ListWriter(models, options).text(), "all models"))
        return files
    }

    /// All of it as one file, for tools that have to know beforehand how many files there will be.
    public func file(named name: String) -> GeneratedFile {
        var body = SwiftText(options)
        var parts = models.all.map { model in
            var writer = StructWriter(model, models, options)
            return writer.declarations()
        }
        parts += models.enumerations.all.map { EnumerationWriter($0, options).declarations() }
        parts.append(ListWriter(models, options).declarations())
        let uses = models.all.compactMap(\.foundation)
        body.imports(foundation: uses.contains(.shown) ? .shown : uses.first)
        for part in parts {
            body.blank()
            body.lines += part
        }
        return file(name, body.text, "all models")
    }

    private func file(_ name: String, _ body: String, _ origin: String) -> GeneratedFile {
        GeneratedFile(
            name: name + ".swift", text: FileHead.text(of: body, named: name, origin: origin, header: options.header))
    }
}
