// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension SchemaBuilder {
    /// Tells of names in the lists of hidden and protected properties that nothing has.
    ///
    /// The lists count when a model is finished, for whatever it has by then: what it lists, what it inherits, what relations
    /// imply, an injected `id`, and relations themselves.
    mutating func checkVisibility(_ index: Int) {
        // Inherited lists have been judged where they are written.
        guard !broken.models.contains(drafts[index].definition.name) else { return }
        guard let written = definitions.first(where: { $0.name == drafts[index].definition.name }) else { return }
        check(written.hidden, "hidden", of: index)
        check(written.protected, "protected", of: index)
        checkVersion(written, of: index)
    }

    /// The property that counts changes has to be one that can be counted in, and the one that says what is deleted has to have
    /// something to say.
    private mutating func checkVersion(_ written: ModelDefinition, of index: Int) {
        if let name = written.version, let property = setting("version", name, of: index),
            !property.columnType.isInteger || property.keyPosition != nil
        {
            problem(
                index, "version",
                "\(written.name).\(name) can't count changes: it has to be a whole number, and not the key.",
                property: name)
        }
        if let name = written.softDelete, let property = setting("softDelete", name, of: index),
            property.kind != .date && property.kind != .boolean || property.keyPosition != nil || property.isRequired
        {
            problem(
                index, "softDelete",
                "\(written.name).\(name) can't say what is deleted: it has to be a date or a boolean that may be left out.",
                property: name)
        }
    }

    /// The property that a setting names.
    private mutating func setting(_ setting: String, _ name: String, of index: Int) -> PropertyDefinition? {
        if let position = drafts[index].positions[name] { return drafts[index].properties[position].definition }
        let near = Suggestion.text(for: name, among: drafts[index].positions.keys)
        problem(
            index, setting,
            "\(drafts[index].definition.name) has no property \"\(name)\", which \"\(setting)\" names." + near)
        return nil
    }

    private mutating func check(_ names: [String], _ list: String, of index: Int) {
        for name in names where !has(name, index) {
            // A base may hide what only the models below it have.
            if drafts.indices.contains(where: { $0 != index && derives($0, from: index) && has(name, $0) }) { continue }
            let definition = drafts[index].definition
            if definition.excludeBaseProperties.contains(name) { continue }
            let message = "\(definition.name) has no property \"\(name)\", which is in the list \"\(list)\"."
            let near = Suggestion.text(for: name, among: drafts[index].positions.keys)
            if near.isEmpty {
                warnings.append(
                    DefinitionWarning(
                        .unknownName, message, file: definition.file, path: list, model: definition.name, property: name
                    ))
            } else {
                // What was to be kept back would be shown.
                problem(index, list, message + near, property: name)
            }
        }
    }

    private func has(_ name: String, _ index: Int) -> Bool {
        drafts[index].positions[name] != nil || drafts[index].definition.relations.contains { $0.name == name }
    }

    private func derives(_ index: Int, from base: Int) -> Bool {
        var name = drafts[index].definition.base
        for _ in drafts {
            guard let next = indexes[name] else { return false }
            if next == base { return true }
            name = drafts[next].definition.base
        }
        return false
    }
}
