// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema

/// Writes what a definition says of the model as a whole.
struct SettingsWriter {
    private let model: GeneratedModel

    init(_ model: GeneratedModel) { self.model = model }

    func write(_ text: inout SwiftText) {
        if SwiftText.Collected(settings).isEmpty { return }
        text.block("$0.also {", settings)
    }

    private func settings(_ text: inout SwiftText) {
        let definition = model.model.definition
        words(definition, &text)
        flags(definition, &text)
        if let attachment = definition.attachment, let written = written(attachment) {
            text.line("$0.attachment = \(written)")
        }
        if let scope = definition.scope { text.json("$0.scope = ", scope) }
        text.members("$0.scopes", definition.scopes)
        for index in definition.indexes { write(index, &text) }
        for key in definition.foreignKeys { write(key, &text) }
        text.members("$0.settings", definition.settings)
    }

    private func write(_ index: IndexDefinition, _ text: inout SwiftText) {
        let columns = index.columns.map { column in
            ".init(name: \(SwiftLiteral.text(column.name))\(column.isDescending ? ", isDescending: true" : ""))"
        }
        var arguments = [
            "name: \(SwiftLiteral.text(index.name))", "columns: [\(columns.joined(separator: ", "))]",
        ]
        if index.isUnique { arguments.append("isUnique: true") }
        if let method = index.method { arguments.append("method: \(SwiftLiteral.text(method))") }
        text.block("do {") { text in
            text.call("\(index.isConstraint ? "var" : "let") index = IndexDefinition", arguments)
            if index.isConstraint { text.line("index.isConstraint = true") }
            text.line("$0.indexes.append(index)")
        }
    }

    private func write(_ key: ForeignKeyDefinition, _ text: inout SwiftText) {
        var arguments = [
            "name: \(SwiftLiteral.text(key.name))", "entity: \(SwiftLiteral.text(key.entity))",
            "entityKey: \(SwiftLiteral.texts(key.entityKey))", "foreignKey: \(SwiftLiteral.texts(key.foreignKey))",
        ]
        for (name, word) in [("onDelete", key.onDelete), ("onUpdate", key.onUpdate)] {
            if let word { arguments.append("\(name): \(SwiftLiteral.text(word))") }
        }
        text.block("do {") { text in
            text.call("let key = ForeignKeyDefinition", arguments)
            text.line("$0.foreignKeys.append(key)")
        }
    }

    private func words(_ definition: ModelDefinition, _ text: inout SwiftText) {
        // Properties say themselves that they are hidden; relations can't.
        let relations = definition.hidden.filter { model.model.relation($0) != nil }
        if !relations.isEmpty { text.line("$0.hidden = \(SwiftLiteral.texts(relations))") }
        if !definition.protected.isEmpty { text.line("$0.protected = \(SwiftLiteral.texts(definition.protected))") }
        for (name, word) in [
            ("httpPath", definition.httpPath), ("softDelete", definition.softDelete), ("tenant", definition.tenant),
            ("version", definition.version),
        ] {
            if let word { text.line("$0.\(name) = \(SwiftLiteral.text(word))") }
        }
    }

    private func flags(_ definition: ModelDefinition, _ text: inout SwiftText) {
        switch definition.strict {
        case nil: break
        case .refuse: text.line("$0.strict = .refuse")
        case .filter: text.line("$0.strict = .filter")
        case .allow: text.line("$0.strict = .allow")
        }
        for (name, flag) in [
            ("forceId", definition.forceId), ("replaceOnPUT", definition.replaceOnPUT),
            ("validateUpsert", definition.validateUpsert), ("updateOnLoad", definition.updateOnLoad),
            ("automaticValidation", definition.automaticValidation), ("strictDelete", definition.strictDelete),
            ("persistUndefinedAsNull", definition.persistUndefinedAsNull), ("defaultIdSort", definition.defaultIdSort),
        ] {
            if let flag { text.line("$0.\(name) = \(flag)") }
        }
        if definition.isView { text.line("$0.isView = true") }
        if !definition.isPublic { text.line("$0.isPublic = false") }
    }

    private func written(_ attachment: Attachment) -> String? {
        switch attachment {
        case .attached: nil
        case .elsewhere(let source): ".elsewhere(dataSource: \(SwiftLiteral.text(source)))"
        case .nowhere: ".nowhere"
        case .unlisted: ".unlisted"
        case .implied: ".implied"
        }
    }
}
