// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a person thinks of models that were discovered: which to leave out, and what to call the others.
///
/// ```swift
/// var choices = DiscoveryChoices()
/// choices.without = ["AuditLog", "Book.tags"]
/// choices.names = ["Book": "Volume", "Author.books": "works"]
/// let files = ModelAdoption(of: choices.applied(to: found), into: existing).files
/// ```
///
/// Models and relations are named as they were found: `Book`, `Book.tags`.
public struct DiscoveryChoices: Sendable, Hashable {
    /// Models, and relations of models, that are left out. With a model go the relations that lead to it or through it, with a guess
    /// those that come from it.
    public var without: Set<String> = []
    /// What models and relations are to be called instead.
    public var names: [String: String] = [:]

    /// No choices: all is as it was found.
    public init() {}

    /// Those of the names that nothing was found as.
    ///
    /// - Parameter found: what was found.
    public func unknown(in found: DiscoveredModels) -> [String] {
        var known: Set<String> = []
        for model in found.models {
            known.insert(model.name)
            known.formUnion(model.relations.map { "\(model.name).\($0.name)" })
        }
        return without.union(names.keys).subtracting(known).sorted()
    }

    /// Whether a model or a relation stays.
    ///
    /// - Parameters:
    ///   - relation: the relation; nil for the model itself.
    ///   - model: the model that has it.
    public func takes(_ relation: DiscoveredModels.Relation?, of model: String) -> Bool {
        guard !without.contains(model) else { return false }
        guard let relation else { return true }
        guard !without.contains("\(model).\(relation.name)") else { return false }
        if relation.guess != nil, let source = relation.inverse, without.contains(source) { return false }
        return ["model", "through"].allSatisfy { member in
            relation.json[member]?.text.map { !without.contains($0) } ?? true
        }
    }

    /// Whether rows of others hold a model's name, to say that they belong to it: one that is called otherwise wouldn't find them.
    ///
    /// - Parameter model: the model as it was found.
    public func isNamedByRows(_ model: DiscoveredModels.Model) -> Bool {
        model.relations.contains { relation in
            relation.json["polymorphic"] != nil && relation.json["type"] != "belongsTo"
                && takes(relation, of: model.name)
        }
    }

    /// The models as they are to be.
    ///
    /// - Parameter found: what was found.
    public func applied(to found: DiscoveredModels) -> DiscoveredModels {
        var result = found
        result.models = found.models.filter { takes(nil, of: $0.name) }.map { model in
            var model = model
            let old = model.name
            model.name = names[old] ?? old
            model.foreignKeys = model.foreignKeys.compactMap { key -> JSONValue.Member? in
                guard let entity = key.value["entity"]?.text, !without.contains(entity) else { return nil }
                return JSONValue.Member(key.key, renamed(key.value))
            }
            model.relations = model.relations.filter { takes($0, of: old) }.map { relation in
                var relation = relation
                relation.json = renamed(relation.json)
                relation.inverse = relation.inverse.map(renamed)
                relation.name = names["\(old).\(relation.name)"] ?? relation.name
                return relation
            }
            return model
        }
        let tables = Set(result.models.map(\.table))
        result.losses.removeAll { !tables.contains($0.table) }
        return result
    }

    private func renamed(_ json: JSONValue) -> JSONValue {
        .object(
            (json.members ?? []).map { member in
                guard ["model", "through", "entity"].contains(member.key), let name = member.value.text else {
                    return member
                }
                return .init(member.key, .string(names[name] ?? name))
            })
    }

    /// A relation with its model in front.
    private func renamed(_ path: String) -> String {
        guard let point = path.firstIndex(of: ".") else { return names[path] ?? path }
        let (model, name) = (String(path[..<point]), String(path[path.index(after: point)...]))
        return "\(names[model] ?? model).\(names[path] ?? name)"
    }
}
