// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Whose a record is, as LoopBack's `$owner` has it.
struct Ownership: Sendable {
    private let schema: Schema
    /// The model whose records are people; nil where none is.
    let people: Model?
    /// What is wrong: several models of people, of which none is named, would make one's key another's.
    let problem: String?

    init(_ schema: Schema, userModel: String?) {
        self.schema = schema
        let own = schema.models.filter {
            $0.isPersisted && $0.definition.attachment != .implied && schema.isUser($0)
        }
        if let userModel {
            people = schema.model(userModel)
            problem = people == nil ? "There is no model \(userModel), which is said to be that of the users." : nil
        } else {
            people = own.first ?? schema.model("User").flatMap { $0.isPersisted ? $0 : nil }
            let names = own.map(\.name).joined(separator: ", ")
            problem =
                own.count > 1 ? "Several models are made of User (\(names)); say whose records the users are." : nil
        }
    }

    /// Whether a model's records are people.
    func isUser(_ model: Model) -> Bool { model.id == people?.id }

    /// Whether records of a model can be somebody's own, whatever the keys of people are.
    func canBeOwned(_ model: Model) -> Bool {
        ["1", "00000000-0000-0000-0000-000000000000"].contains { condition(model, user: $0) != nil }
    }

    /// What a record of a model meets that is somebody's own; nil where none is anybody's.
    func condition(_ model: Model, user: String) -> JSONValue? {
        let user = JSONValue.string(user)
        if isUser(model) {
            guard let key = model.primaryKey.first, model.primaryKey.count == 1 else { return nil }
            return usable(.object([.init(model.properties[key].name, user)]), model)
        }
        let setting = model.definition.settings.last { $0.key == "ownerRelations" }?.value
        let relations = model.relations.filter { relation in
            guard relation.kind == .belongsTo, let target = relation.target else { return false }
            return target == people?.id
        }
        switch setting {
        case .bool(true): return any(relations, user, model)
        case .array(let names):
            let named = Set(names.compactMap(\.word))
            return any(relations.filter { named.contains($0.name) }, user, model)
        default: break
        }
        let properties = ["userId", "owner"].filter { model.property($0) != nil }
        let last = relations.first.flatMap { any([$0], user, model) }
        return properties.reversed().reduce(last) { otherwise, name in
            guard let own = usable(.object([.init(name, user)]), model) else { return otherwise }
            guard let otherwise else { return own }
            return .some(["or": [own, ["and": [.object([.init(name, .null)]), otherwise]]]])
        }
    }

    private func any(_ relations: [Relation], _ user: JSONValue, _ model: Model) -> JSONValue? {
        let conditions = relations.compactMap { relation in
            usable(["\(relation.name)": ["is": key(of: relation, user)]], model)
        }
        return conditions.isEmpty ? .none : .some(["or": .array(conditions)])
    }

    private func key(of relation: Relation, _ user: JSONValue) -> JSONValue {
        guard let target = relation.target.map({ schema[$0] }), let key = target.primaryKey.first else { return [:] }
        return .object([.init(target.properties[key].name, user)])
    }

    /// A condition with a value of another type than the property's is nobody's.
    private func usable(_ condition: JSONValue, _ model: Model) -> JSONValue? {
        (try? schema.trustedWhere(condition, for: model)) == nil ? .none : .some(condition)
    }
}

extension Schema {
    /// The model whose records are people; nil where none is.
    package func people(named name: String?) -> Model? { Ownership(self, userModel: name).people }
}
