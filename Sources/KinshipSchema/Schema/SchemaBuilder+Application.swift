// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension SchemaBuilder {
    /// Adds LoopBack's own models that are referred to and that no definition describes, and those that they refer to.
    mutating func addBuiltIns() {
        var names = Set(definitions.map(\.name))
        var lowercased = Set(names.map { $0.lowercased() })
        var next = 0
        while next < definitions.count {
            let definition = definitions[next]
            next += 1
            for name in definition.mentions where !names.contains(name) {
                // A base is found by its exact name: `user` may well extend User.
                let isBase = name == definition.base
                guard isBase || !lowercased.contains(name.lowercased()),
                    let builtIn = BuiltInModels.definition(name, ignoringCase: !isBase)
                else { continue }
                names.insert(builtIn.name)
                lowercased.insert(name.lowercased())
                definitions.append(builtIn)
            }
        }
    }

    /// What `model-config.json` says of each model, now that it has what it inherits.
    mutating func applyConfigurations() {
        for index in drafts.indices {
            defer { drafts[index].definition = withoutLeftOut(drafts[index].definition) }
            guard let entry = drafts[index].definition.configuration else { continue }
            var reader = DefinitionReader(file: entry.file, leniency: leniency)
            reader.modelName = entry.model
            drafts[index].definition.apply(entry, &reader)
            mistakes += reader.problems.map { DefinitionMistake(error: $0) }
            warnings += reader.warnings
        }
    }

    /// Mixins are code, so what they do to their models is not known: each is named once.
    mutating func noteMixins() {
        var users: [String: [String]] = [:]
        var order: [String] = []
        for draft in drafts {
            guard case .object(let mixins)? = draft.definition.settings["mixins"] else { continue }
            for mixin in mixins where mixin.value != .bool(false) && mixin.value != .null {
                if users[mixin.key] == nil { order.append(mixin.key) }
                users[mixin.key, default: []].append(draft.definition.name)
            }
        }
        for name in order {
            let models = users[name] ?? []
            let list = models.prefix(6).joined(separator: ", ") + (models.count > 6 ? " …" : "")
            warnings.append(
                DefinitionWarning(
                    .mixin,
                    "The mixin \(name) (of \(list)) is code, which isn't read: write the properties it adds into the model's file.",
                    path: "mixins.\(name)", model: models.first))
        }
    }
}

extension ModelDefinition {
    /// Takes over what an application's configuration says.
    mutating func apply(_ entry: ModelConfiguration.Entry, _ reader: inout DefinitionReader) {
        for member in entry.relations {
            let path = "\(entry.model).relations.\(member.key)"
            let known = relations.firstIndex { $0.name == member.key }
            guard
                let relation = reader.relation(
                    member.key, member.value, path, changing: known.map { relations[$0] })
            else { continue }
            if let known { relations[known] = relation } else { relations.append(relation) }
        }
        if !entry.acls.isEmpty { apply(rules: entry.acls) }
        for member in entry.options {
            if ["base", "super", "relations", "acls", "dataSource", "properties"].contains(member.key) {
                reader.warnOfUnknownKey(member.key, "\(entry.model).options.\(member.key)")
            } else {
                settings.removeAll { $0.key == member.key }
                reader.read(member, "\(entry.model).options.", into: &self)
            }
        }
    }

    /// A rule replaces the one for the same property, access type and principal; others are added.
    private mutating func apply(rules: [JSONValue]) {
        var known: [JSONValue] = []
        if case .array(let elements)? = settings["acls"] { known = elements }
        let keys = ["property", "accessType", "principalType", "principalId"]
        for rule in rules {
            if let place = known.firstIndex(where: { other in keys.allSatisfy { rule[$0] == other[$0] } }) {
                known[place] = rule
            } else {
                known.append(rule)
            }
        }
        settings.removeAll { $0.key == "acls" }
        settings.append(.init("acls", .array(known)))
    }
}
