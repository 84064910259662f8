// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema

/// Writes the whole definition of a relation, as `var relation`.
struct DefinitionWriter {
    private let definition: RelationDefinition

    init(_ definition: RelationDefinition) { self.definition = definition }

    func write(_ text: inout SwiftText) {
        var arguments = [SwiftLiteral.text(definition.name), ".\(definition.kind.rawValue)"]
        if let model = definition.model { arguments.append("model: \(SwiftLiteral.text(model))") }
        let isPlain = definition == RelationDefinition(definition.name, definition.kind, model: definition.model)
        text.call("\(isPlain ? "let" : "var") relation = RelationDefinition", arguments)
        keys(&text)
        if let polymorphic = definition.polymorphic {
            text.line("relation.polymorphic = \(written(polymorphic))")
        }
        flags(&text)
        if let property = definition.propertyDefinition {
            InlineProperty(property).write(&text)
            text.line("relation.propertyDefinition = property")
        }
        for (name, json) in [
            ("scope", definition.scope), ("throughScope", definition.throughScope),
            ("defaultValue", definition.defaultValue),
        ] {
            if let json { text.json("relation.\(name) = ", json) }
        }
        text.members("relation.options", definition.options)
    }

    private func keys(_ text: inout SwiftText) {
        for (name, keys) in [
            ("foreignKey", definition.foreignKey), ("primaryKey", definition.primaryKey),
            ("keyThrough", definition.keyThrough),
        ] where !keys.isEmpty {
            text.line("relation.\(name) = \(SwiftLiteral.texts(keys))")
        }
        for (name, word) in [
            ("through", definition.through), ("throughTable", definition.throughTable), ("idName", definition.idName),
            ("property", definition.property), ("httpPath", definition.httpPath),
            ("embeddedBelongsTo", definition.embeddedBelongsTo),
        ] {
            if let word { text.line("relation.\(name) = \(SwiftLiteral.text(word))") }
        }
        for (name, copies) in [
            ("properties", definition.properties), ("throughProperties", definition.throughProperties),
        ] {
            for copy in copies {
                text.line(
                    "relation.\(name).append(.init(from: \(SwiftLiteral.text(copy.from)), to: \(SwiftLiteral.text(copy.to))))"
                )
            }
        }
    }

    private func flags(_ text: inout SwiftText) {
        for (name, flag) in [
            ("invert", definition.invert), ("invertProperties", definition.invertProperties), ("sync", definition.sync),
            ("embedsProperties", definition.embedsProperties), ("includeDisabled", definition.includeDisabled),
            ("nestRemoting", definition.nestRemoting),
        ] where flag {
            text.line("relation.\(name) = true")
        }
    }

    private func written(_ polymorphic: RelationDefinition.Polymorphic) -> String {
        func type(_ name: String?) -> String { name.map { ", idType: \(SwiftLiteral.text($0))" } ?? "" }
        return switch polymorphic {
        case .automatic: ".automatic"
        case .selector(let name, let idType): ".selector(\(SwiftLiteral.text(name))\(type(idType)))"
        case .keys(let key, let discriminator, let idType):
            ".keys(foreignKey: \(SwiftLiteral.text(key)), discriminator: \(SwiftLiteral.text(discriminator))\(type(idType)))"
        }
    }
}

/// Writes a property that only a relation has, as `var property`.
private struct InlineProperty {
    private let property: PropertyDefinition

    init(_ property: PropertyDefinition) { self.property = property }

    func write(_ text: inout SwiftText) {
        var arguments = [SwiftLiteral.text(property.name), SwiftLiteral.kind(property.kind)]
        for (name, word) in [("column", property.column), ("dataType", property.dataType)] {
            if let word { arguments.append("\(name): \(SwiftLiteral.text(word))") }
        }
        for (name, number) in [
            ("length", property.length), ("precision", property.precision), ("scale", property.scale),
        ] {
            if let number { arguments.append("\(name): \(number)") }
        }
        if property.isRequired { arguments.append("isRequired: true") }
        if let isNullable = property.isNullable { arguments.append("isNullable: \(isNullable)") }
        text.call("let property = PropertyDefinition", arguments)
    }
}
