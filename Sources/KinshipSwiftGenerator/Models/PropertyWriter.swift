// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema

/// Writes what a definition says of properties: what the struct doesn't say itself.
struct PropertyWriter {
    private let model: GeneratedModel

    init(_ model: GeneratedModel) { self.model = model }

    func write(_ text: inout SwiftText) {
        var shown = model.properties.makeIterator()
        var hidden = model.hidden.makeIterator()
        // In the order of the model: of what it lists, either comes next.
        var (property, secret) = (shown.next(), hidden.next())
        while property != nil || secret != nil {
            if let next = property, secret.map({ next.property.id < $0.property.id }) ?? true {
                write(next, &text)
                property = shown.next()
            } else if let next = secret {
                write(hidden: next.property, next.type, &text)
                secret = hidden.next()
            }
        }
    }

    private func write(_ member: GeneratedProperty, _ text: inout SwiftText) {
        let property = member.property
        var arguments = [SwiftLiteral.text(property.name), "\\.\(SwiftNames.written(member.name))"]
        arguments += places(property, member.type)
        let lines = SwiftText.Collected { text in
            more(of: property, member.type, isRequired: member.isKey ? nil : !member.isOptional, isKeySaid: true, &text)
        }
        if member.isKey, lines.isEmpty {
            let position = self.position(of: property)
            if position > 1 { arguments.append("position: \(position)") }
            if property.isGenerated { arguments.append("isGenerated: true") }
            return text.call("$0.id", arguments)
        }
        write("$0.property", arguments, &text) { text in
            more(
                of: property, member.type, isRequired: member.isKey ? nil : !member.isOptional, isKeySaid: false, &text)
        }
    }

    private func write(hidden property: Property, _ type: SwiftType, _ text: inout SwiftText) {
        let name = property.isNullable && !model.model.primaryKey.contains(property.id) ? type.name + "?" : type.name
        let arguments = [SwiftLiteral.text(property.name), "\(name).self"] + places(property, type)
        write("$0.hidden", arguments, &text) { text in
            more(of: property, type, isRequired: !name.hasSuffix("?"), isKeySaid: false, &text)
        }
    }

    private func write(
        _ head: String, _ arguments: [String], _ text: inout SwiftText, _ more: (inout SwiftText) -> Void
    ) {
        if SwiftText.Collected(more).isEmpty { return text.call(head, arguments) }
        text.call(head, arguments, tail: " {")
        text.indented(more)
        text.line("}")
    }

    /// Where the property is kept, as far as it isn't where anybody would look.
    private func places(_ property: Property, _ type: SwiftType) -> [String] {
        var arguments: [String] = []
        if property.column != property.name.lowercased() {
            arguments.append("column: \(SwiftLiteral.text(property.column))")
        }
        if property.columnType.name != type.dataType, !property.isOfAnyNumber(in: model.model) {
            arguments.append("dataType: \(SwiftLiteral.text(property.columnType.name))")
        }
        return arguments
    }

    private func position(of property: Property) -> Int {
        (model.model.primaryKey.firstIndex(of: property.id) ?? 0) + 1
    }

    /// What else there is to say.
    private func more(
        of property: Property, _ type: SwiftType, isRequired: Bool?, isKeySaid: Bool, _ text: inout SwiftText
    ) {
        let definition = property.definition
        if property.kind != type.kind { text.line("$0.kind = \(SwiftLiteral.kind(property.kind))") }
        if property.isOfAnyNumber(in: model.model) { text.line("$0.dataType = nil") }
        let isKey = model.model.primaryKey.contains(property.id)
        if isKey, !isKeySaid {
            text.line("$0.keyPosition = \(position(of: property))")
            if property.isGenerated { text.line("$0.isGenerated = true") }
        }
        if !isKey, property.isGenerated { text.line("$0.isGenerated = true") }
        if let isRequired, isRequired != property.isRequired { text.line("$0.isRequired = \(property.isRequired)") }
        if property.isNullable == (isKey || property.isRequired) {
            text.line("$0.isNullable = \(property.isNullable)")
        }
        if definition.keepsKeyType, isKey { text.line("$0.keepsKeyType = true") }
        if let value = definition.defaultValue { text.json("$0.defaultValue = ", value) }
        for (name, value) in [
            ("defaultFunction", definition.defaultFunction), ("databaseDefault", definition.databaseDefault),
            ("generatedExpression", definition.generatedExpression),
        ] {
            if let value { text.line("$0.\(name) = \(SwiftLiteral.text(value))") }
        }
        if let identity = definition.identity { text.line("$0.identity = .\(identity)") }
        if let domain = definition.domain { text.line("$0.domain = \(Self.domain(domain))") }
        if !definition.typeValues.isEmpty { text.line("$0.typeValues = \(SwiftLiteral.texts(definition.typeValues))") }
        if definition.isReadOnly { text.line("$0.isReadOnly = true") }
        if definition.isIndexed { text.line("$0.isIndexed = true") }
        if definition.isUnique { text.line("$0.isUnique = true") }
        text.members("$0.settings", definition.settings)
    }

    private static func domain(_ domain: DomainDefinition) -> String {
        var arguments = [SwiftLiteral.text(domain.type)]
        if !domain.checks.isEmpty { arguments.append("checks: \(SwiftLiteral.texts(domain.checks))") }
        if let expression = domain.databaseDefault {
            arguments.append("databaseDefault: \(SwiftLiteral.text(expression))")
        }
        if !domain.isNullable { arguments.append("isNullable: false") }
        return "DomainDefinition(\(arguments.joined(separator: ", ")))"
    }
}

extension SwiftText {
    /// Lines that may turn out to be none.
    struct Collected {
        let isEmpty: Bool

        init(_ body: (inout SwiftText) -> Void) {
            var text = SwiftText(GeneratorOptions())
            body(&text)
            isEmpty = text.lines.isEmpty
        }
    }
}

extension Schema {
    /// What a model extends in the end: `PersistedModel`, `Model` …
    func rootBase(of model: Model) -> String {
        var base = model.definition.base
        for _ in models {
            guard let next = self.model(base) else { break }
            base = next.definition.base
        }
        return base
    }
}
