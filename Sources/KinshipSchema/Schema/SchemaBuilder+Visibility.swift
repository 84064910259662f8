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

    /// The property that counts changes has to be one that can be counted in.
    private mutating func checkVersion(_ written: ModelDefinition, of index: Int) {
        guard let name = written.version else { return }
        guard let position = drafts[index].positions[name] else {
            let near = Suggestion.text(for: name, among: drafts[index].positions.keys)
            return problem(index, "version", "\(written.name) has no property \"\(name)\" to count its changes in." + near)
        }
        let property = drafts[index].properties[position].definition
        guard property.columnType.isInteger, property.keyPosition == nil else {
            return problem(
                index, "version",
                "\(written.name).\(name) can't count changes: it has to be a whole number, and not the key.", property: name)
        }
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
