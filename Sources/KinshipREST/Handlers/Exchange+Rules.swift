// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Exchange {
    /// The answer, as far as the rules let who asks have it.
    ///
    /// What can't be read is told ahead of what may not be done (D40): the arguments have been read, the body is now.
    func answer(keeping rules: RequestRules) async throws -> Answer {
        var own = self
        let asked = try asked()
        if route.accessType != .read { own.content = BodyContent(value: try await value()) }
        do {
            try await own.authorize(rules, asked?.filter, of: asked?.model)
            if route.accessType == .write {
                try await own.requireOwnNames(rules)
                own = try await own.keepingPasswords()
            }
            own.session = own.session(keeping: rules)
            let answer = own.concealing(try await own.done(), rules)
            own.session = session
            if route.accessType == .write { try await own.endOtherLogins(rules) }
            return answer
        } catch {
            throw rules.told(error)
        }
    }

    // MARK: The method

    private func authorize(_ rules: RequestRules, _ asked: Filter?, of model: Model?) async throws {
        try await authorize(rules)
        guard let asked, let model else { return }
        let properties = AskedProperties(schema: session.schema) { rules.denied(.read, of: $0) }
        if properties.contains(in: asked, of: model) { throw rules.refused(self.model) }
    }

    /// Returns where the method may be called.
    func authorize(_ rules: RequestRules) async throws {
        let method = RuledMethod(route)
        try await rules.require(
            method, of: model, id: ruledKey, scopes: method.tokenScopes, from: model, in: session)
        try requireProperties(rules)
        switch route.operation {
        case .relation(let name, let operation):
            guard let relation = model.relation(name) else { return }
            try await require(relation, operation, rules)
        case .nested(let outer, let inner, let operation):
            guard let between = model.relation(outer), let target = between.target.map({ session.schema[$0] }),
                let relation = target.relation(inner)
            else { return }
            if between.isToMany {
                try await rules.require(.findById, of: target, id: key("nk"), from: model, in: session)
            } else {
                let key = try await session.relatedKey(model.name, id: id, relation: outer)
                try await rules.require(.findById, of: target, id: key, from: model, in: session)
            }
            if let verb = method.verb {
                try rules.requireUndenied(verb, method.accessType, relation, of: target, from: model)
            }
            try await require(relation, operation, rules)
        case .records(.createGraph), .records(.updateGraph), .records(.upsertGraph):
            try await requireGraph(rules)
        // What it shows is what a list does.
        case .records(.createChangeStream):
            try await rules.require(.find, of: model, id: nil, from: model, in: session)
        case .records, .scope, .method, .user: break
        }
    }

    /// The key of the one record that a method is about: that of the path, or of the body of what is put or patched by its own key.
    var ruledKey: JSONValue? {
        switch route.operation {
        case .records(.patchOrCreate), .records(.replaceOrCreate), .records(.upsertGraph):
            let names = model.primaryKey.map { model.properties[$0].name }
            let values = names.map { content?.value?[$0] ?? .null }
            guard !values.isEmpty, !values.contains(.null) else { return .none }
            return .some(names.count == 1 ? values[0] : .object(zip(names, values).map { .init($0, $1) }))
        default: return parameters["id"] == nil ? .none : .some(id)
        }
    }

    // MARK: What a relation leads to

    /// What is read is decided when the relation is resolved; the rest, and what is asked for by its key, here.
    private func require(_ relation: Relation, _ operation: RelationOperation, _ rules: RequestRules) async throws {
        if let embedded = relation.embedded {
            // What is kept in a property is as open as the property.
            let owner = session.schema[relation.source]
            let isChange = ![.get, .count, .findById, .exists].contains(operation)
            if rules.denied(.read, of: owner).contains(embedded)
                || (isChange && rules.denied(.write, of: owner).contains(embedded))
            {
                throw rules.refused(model)
            }
            return
        }
        guard let target = relation.target.map({ session.schema[$0] }) else { return }
        if rules.isAllowedBySource(route, model) { return }
        func ask(_ method: RuledMethod, _ key: JSONValue?) async throws {
            try await rules.require(method, of: target, id: key, from: model, in: session)
        }
        switch operation {
        case .get, .count: return
        case .findById, .exists: try await ask(.findById, key("fk"))
        case .create: try await ask(.create, nil)
        case .updateById: try await ask(.patchAttributes, key("fk"))
        case .deleteById: try await ask(.deleteById, key("fk"))
        case .update: try await ask(.patchAttributes, try await relatedKey(relation))
        case .delete: try await ask(.deleteById, relation.isToMany ? nil : try await relatedKey(relation))
        case .link, .unlink: try await ask(.findById, key("fk"))
        }
        try await requireLinks(relation, operation, rules)
    }

    /// What is linked or let go has links, which are made or deleted.
    private func requireLinks(_ relation: Relation, _ operation: RelationOperation, _ rules: RequestRules) async throws
    {
        guard let through = relation.through.map({ session.schema[$0.model] }), through.isDescribed else { return }
        let method: RuledMethod
        switch operation {
        case .create, .link: method = .create
        case .delete, .deleteById, .unlink: method = .deleteById
        case .exists: method = .find
        case .get, .count, .findById, .update, .updateById: return
        }
        try await rules.require(method, of: through, id: nil, from: model, in: session)
    }

    private func relatedKey(_ relation: Relation) async throws -> JSONValue? {
        guard case .relation = route.operation else { return nil }
        return try await session.relatedKey(model.name, id: id, relation: relation.name)
    }

    /// A graph does anything to the records of the models that it reaches.
    private func requireGraph(_ rules: RequestRules) async throws {
        var reached = ReachedModels(session.scopedSchema)
        reached.reach(graph: content?.value ?? .null, of: model)
        for id in reached.models {
            guard rules.denied(.read, of: session.schema[id]).isEmpty,
                rules.denied(.write, of: session.schema[id]).isEmpty
            else { throw rules.refused(model) }
            for method: RuledMethod in [.find, .findById, .create, .patchAttributes, .deleteById] {
                try await rules.require(method, of: session.schema[id], id: nil, from: model, in: session)
            }
        }
    }

    /// A session that shows of related records what may be seen. What is changed has been decided; conditions of what changes are asked about.
    func session(keeping rules: RequestRules) -> Database {
        switch route.operation {
        case .method, .user: return session
        case .relation(let name, let operation):
            guard let relation = model.relation(name) else { return session }
            return session(rules, relation, operation)
        case .nested(let outer, let inner, let operation):
            guard let target = model.relation(outer)?.target, let relation = session.schema[target].relation(inner)
            else {
                return session
            }
            return session(rules, relation, operation)
        case .records, .scope: return session.showing(rules.related(from: model))
        }
    }

    private func session(_ rules: RequestRules, _ relation: Relation, _ operation: RelationOperation) -> Database {
        switch operation {
        case .get, .count:
            let known = rules.isAllowedBySource(route, model) ? relation : nil
            return session.showing(rules.related(from: model, except: known))
        default: return session.showing(rules.related(from: model, except: relation))
        }
    }

    // MARK: Properties

    /// Properties that rules keep from who asks aren't set.
    private func requireProperties(_ rules: RequestRules) throws {
        let target = shownModel
        let unset = Set(rules.denied(.write, of: target).map { target.properties[$0].name })
        guard !unset.isEmpty, let data = content?.value else { return }
        // What is replaced loses what isn't said.
        if route.operation.replaces { throw rules.refused(model) }
        func sets(_ json: JSONValue) -> Bool {
            if let elements = json.elements { return elements.contains(where: sets) }
            return (json.members ?? []).contains { member in
                // Of operators the properties stand one further down, some with a path behind.
                if member.key.hasPrefix("$") {
                    return (member.value.members ?? []).contains { named in
                        unset.contains { named.key == $0 || named.key.hasPrefix($0 + ".") }
                    }
                }
                return unset.contains { member.key == $0 || member.key.hasPrefix($0 + ".") }
            }
        }
        if sets(data) { throw rules.refused(model) }
    }

    /// The model whose records are sent and shown: of links that of the links.
    var shownModel: Model {
        switch route.operation {
        case .relation(let name, .link): linkModel(model.relation(name)) ?? model
        case .nested(let outer, let inner, .link):
            linkModel(model.relation(outer)?.target.flatMap { session.schema[$0].relation(inner) }) ?? model
        case .relation(let name, _): model.relation(name)?.target.map { session.schema[$0] } ?? model
        case .nested(let outer, let inner, _):
            model.relation(outer)?.target.flatMap { session.schema[$0].relation(inner)?.target }
                .map { session.schema[$0] } ?? model
        case .records, .scope, .method, .user: model
        }
    }

    private func linkModel(_ relation: Relation?) -> Model? {
        (relation?.through?.model ?? relation?.target).map { session.schema[$0] }
    }

    /// Takes properties out of what a change answers with; what is read doesn't have them.
    private func concealing(_ answer: Answer, _ rules: RequestRules) -> Answer {
        guard route.accessType == .write, let bytes = answer.body?.whole else { return answer }
        let unseen = Set(rules.denied(.read, of: shownModel).map { shownModel.properties[$0].name })
        guard !unseen.isEmpty, let json = try? JSONValue(parsing: bytes, maximumDepth: 512) else { return answer }
        func shown(_ json: JSONValue) -> JSONValue {
            if let elements = json.elements { return .array(elements.map(shown)) }
            guard let members = json.members else { return json }
            return .object(members.filter { !unseen.contains($0.key) })
        }
        var answer = answer
        answer.body = RESTResponseBody(shown(json).bytes)
        // A tag of all that there is tells of what isn't shown.
        answer.tag = nil
        return answer
    }
}

extension RouteOperation {
    /// Whether what isn't in the data goes.
    fileprivate var replaces: Bool {
        switch self {
        case .records(.replaceById), .records(.replaceOrCreate), .records(.upsertGraph): true
        default: false
        }
    }
}
