// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema

/// Writes the struct of a model.
struct StructWriter {
    private let model: GeneratedModel
    private let models: GeneratedModels
    private let options: GeneratorOptions
    private var modifier: String { options.modifier }

    init(_ model: GeneratedModel, _ models: GeneratedModels, _ options: GeneratorOptions) {
        self.model = model
        self.models = models
        self.options = options
    }

    mutating func text() -> String {
        var text = SwiftText(options)
        text.imports(foundation: model.foundation)
        text.blank()
        text.lines += declarations()
        return text.text
    }

    mutating func declarations() -> [String] {
        var text = SwiftText(options)
        let table = model.model.isPersisted ? " of the table `\(model.model.table)`" : ""
        text.comment(model.model.definition.summary ?? "A record\(table).")
        text.block("\(modifier)struct \(model.type): TypedModel, Codable, Hashable {") { text in
            members(&text)
            text.blank()
            definition(&text)
            if options.access != .internal {
                text.blank()
                initializer(&text)
            }
        }
        text.blank()
        reader(&text)
        targets(&text)
        scopes(&text)
        return text.lines
    }

    // MARK: Members

    private func members(_ text: inout SwiftText) {
        for property in model.properties {
            text.comment(property.property.definition.summary ?? documented(property))
            text.line("\(modifier)var \(SwiftNames.written(property.name)): \(property.typeName)")
        }
        for relation in model.relations {
            if options.access != .internal { text.comment("The relation `\(relation.relation.name)`.") }
            text.line(
                "\(modifier)var \(SwiftNames.written(relation.name)) = \(relation.typeName)(\(SwiftLiteral.text(relation.relation.name)))"
            )
        }
        identity(&text)
    }

    /// What is public has to be documented, whatever the model says.
    private func documented(_ property: GeneratedProperty) -> String {
        options.access == .internal ? "" : "The property `\(property.property.name)`."
    }

    /// What tells records apart, where no property is called `id`.
    private func identity(_ text: inout SwiftText) {
        guard model.properties.allSatisfy({ $0.name != "id" }) else { return }
        let keys = model.model.primaryKey.compactMap { id in model.properties.first { $0.property.id == id } }
        text.blank()
        if keys.isEmpty || keys.count < model.model.primaryKey.count {
            text.comment("There is no key that may be shown: records that are equal are one.")
            text.line("\(modifier)var id: Self { self }")
        } else if keys.count == 1 {
            text.comment("The key.")
            text.line("\(modifier)var id: \(keys[0].typeName) { \(SwiftNames.written(keys[0].name)) }")
        } else {
            text.comment("The key.")
            text.block("\(modifier)struct Key: Hashable, Sendable {") { text in
                for key in keys {
                    if options.access != .internal { text.comment("The property `\(key.property.name)`.") }
                    text.line("\(modifier)var \(SwiftNames.written(key.name)): \(key.typeName)")
                }
                guard options.access != .internal else { return }
                text.blank()
                text.comment("A key.")
                text.call(
                    "\(modifier)init", keys.map { "\(argument($0.name)): \($0.typeName)" }, tail: " {")
                text.indented { text in
                    for key in keys { text.line("self.\(key.name) = \(argument(key.name))") }
                }
                text.line("}")
            }
            text.blank()
            text.comment("The key.")
            text.block("\(modifier)var id: Key {") { text in
                text.call("Key", keys.map { "\($0.name): \(SwiftNames.written($0.name))" })
            }
        }
    }

    private func definition(_ text: inout SwiftText) {
        var arguments = [SwiftLiteral.text(model.model.name)]
        let definition = model.model.definition
        if model.model.table != model.model.name.lowercased() {
            arguments.append("table: \(SwiftLiteral.text(model.model.table))")
        }
        if model.model.tableSchema != "public" {
            arguments.append("tableSchema: \(SwiftLiteral.text(model.model.tableSchema))")
        }
        if let plural = definition.plural { arguments.append("plural: \(SwiftLiteral.text(plural))") }
        let base = models.schema.rootBase(of: model.model)
        if base != "PersistedModel" { arguments.append("base: \(SwiftLiteral.text(base))") }
        if options.access != .internal { text.comment("What the model's properties and relations are called.") }
        let isEmpty = model.properties.isEmpty && model.hidden.isEmpty && model.relations.isEmpty
        text.call(
            "\(modifier)static let definition = TypedDefinition<\(model.type)>", arguments,
            tail: isEmpty ? " { _ in" : " {")
        text.indented { text in
            PropertyWriter(model).write(&text)
            RelationWriter(model, models).write(&text)
            SettingsWriter(model).write(&text)
        }
        text.line("}")
    }

    /// Swift's own initializer is nobody else's.
    private func initializer(_ text: inout SwiftText) {
        text.comment("A record that isn't stored yet.")
        let properties = model.properties.map { property in
            "\(argument(property.name)): \(property.typeName)" + (property.isOptional ? " = nil" : "")
        }
        let relations = model.relations.map { relation in
            "\(argument(relation.name)): \(relation.typeName) = .init(\(SwiftLiteral.text(relation.relation.name)))"
        }
        text.call("\(modifier)init", properties + relations, tail: " {")
        text.indented { text in
            for name in model.properties.map(\.name) + model.relations.map(\.name) {
                text.line("self.\(name) = \(argument(name))")
            }
        }
        text.line("}")
    }

    private func argument(_ name: String) -> String { SwiftNames.written(name) }

    private func reader(_ text: inout SwiftText) {
        text.block("extension \(model.type) {") { text in
            if options.access != .internal { text.comment("Reads a record.") }
            text.block("\(modifier)init(row: inout RecordReader) throws {") { text in
                for property in model.properties {
                    let isPlain = !SwiftNames.needsSelf(property.name)
                    let member = isPlain ? SwiftNames.written(property.name) : "self.\(property.name)"
                    text.line("\(member) = try row(\(SwiftLiteral.text(property.property.name)))")
                }
            }
        }
    }

    // MARK: What belongs to it

    /// An enumeration for each belongsTo that leads to several models.
    private func targets(_ text: inout SwiftText) {
        for relation in model.relations {
            guard case .oneOf(let name, let targets) = relation.form else { continue }
            let types = targets.compactMap { models.model($0)?.type }
            var taken: Set<String> = ["types"]
            var cases: [(name: String, type: String)] = []
            for type in types {
                let word = SwiftNames.member(type.prefix(1).lowercased() + type.dropFirst(), taken: taken)
                taken.insert(word)
                cases.append((word, type))
            }
            text.blank()
            text.block("extension \(model.type) {") { text in
                text.comment("What `\(relation.relation.name)` can lead to.")
                text.block("\(modifier)enum \(name): PolymorphicTarget, Hashable {") { text in
                    for (word, type) in cases {
                        if options.access != .internal { text.comment("A record of \(type).") }
                        text.line("case \(SwiftNames.written(word))(\(type))")
                    }
                    text.blank()
                    if options.access != .internal { text.comment("The models, each with its case.") }
                    text.block("\(modifier)static let types = PolymorphicTypes<\(name)> {") { text in
                        for (word, type) in cases {
                            text.line("$0.type(\(type).self, \(name).\(SwiftNames.written(word)))")
                        }
                    }
                }
            }
        }
    }

    /// A member of queries for each named scope.
    private func scopes(_ text: inout SwiftText) {
        let scopes = model.model.definition.scopes
        guard !scopes.isEmpty else { return }
        var taken: Set<String> = []
        text.blank()
        text.block("extension TypedQuery where Record == \(model.type) {") { text in
            for (index, scope) in scopes.enumerated() {
                let name = SwiftNames.scope(scope.key, taken: taken)
                taken.insert(name)
                if index > 0 { text.blank() }
                text.comment("Of these the ones of the scope `\(scope.key)`.")
                text.line(
                    "\(modifier)var \(SwiftNames.written(name)): Self { scope(\(SwiftLiteral.text(scope.key))) }")
            }
        }
    }
}
