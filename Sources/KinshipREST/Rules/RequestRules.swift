// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Synchronization

/// Keeps the rules for one request of somebody.
struct RequestRules: Sendable {
    let keeper: RuleKeeper
    let identity: Identity?
    private let asker: RuleBook.Asker
    private let rows: [String: [AccessRule]]
    /// What a request was refused with that came to a relation it may not see.
    private let refusal = Refusal()

    init(keeper: RuleKeeper, identity: Identity?, roles: Set<String>, rows: [String: [AccessRule]]) {
        self.keeper = keeper
        self.identity = identity
        asker = RuleBook.Asker(
            user: identity?.user, application: identity?.application, roles: roles.union(identity?.roles ?? []))
        self.rows = rows
    }

    private var book: RuleBook { keeper.book }
    private func rows(of model: Model) -> [AccessRule] { (rows[model.name] ?? []) + (rows["*"] ?? []) }

    // MARK: The record a method is about

    /// Returns where a method may be called.
    ///
    /// - Parameters:
    ///   - id: the key of the one record that it is about; nil where it is about no single one.
    ///   - source: the model whose route it is, which decides the status of what is refused.
    /// - Throws: ``RESTError`` of what is refused.
    /// - Note: One statement where it matters whose the record is, and what role resolvers ask.
    func require(
        _ method: RuledMethod, of model: Model, id: JSONValue?, scopes: Set<String> = ["DEFAULT"], from source: Model,
        in database: Database
    ) async throws {
        let isGiven = identity.map { !$0.scopes.isDisjoint(with: scopes) } ?? scopes.contains("DEFAULT")
        guard isGiven, try await allows(method, of: model, id: id, in: database) else { throw refused(source) }
    }

    private func allows(
        _ method: RuledMethod, of model: Model, id: JSONValue?, in database: Database
    ) async throws -> Bool {
        let rows = rows(of: model)
        var asker = asker
        for name in book.roles(of: model, rows).sorted() where !asker.roles.contains(name) {
            guard let resolver = keeper.control.roles[name] else { continue }
            if try await resolver.holds(name, identity, model: model, id: id, in: database) { asker.roles.insert(name) }
        }
        func may(_ isOwner: Bool) -> Bool {
            book.decision(method, of: model, for: asker, isOwner: isOwner, rows) == .allow
        }
        let (asOther, asOwner) = (may(false), may(true))
        guard asOther != asOwner else { return asOther }
        guard let id, let user = asker.user, let own = keeper.ownership.condition(model, user: user) else {
            return asOther
        }
        return try await database.meets(model.name, id: id, own) ? asOwner : asOther
    }

    /// The key of the user who asks, where a path has the word for it; nil for any other key.
    func own(_ key: String?, _ model: Model) -> String? {
        guard let key, key == keeper.control.currentUserLiteral, keeper.ownership.isUser(model) else { return nil }
        return identity?.user
    }

    /// The same rules for somebody who has just logged in.
    func acting(as user: String) -> RequestRules {
        RequestRules(keeper: keeper, identity: Identity(user: keeper.spelling.spelled(user)), roles: [], rows: rows)
    }

    /// Returns where no rule denies a relation's method by name.
    ///
    /// - Parameter verb: what the method does, as its name says: `create`.
    func requireUndenied(
        _ verb: String, _ accessType: AccessType, _ relation: Relation, of model: Model, from source: Model
    ) throws {
        let method = RuledMethod("__\(verb)__\(relation.name)", accessType)
        guard book.byName(method, of: model, for: asker, rows(of: model)) != .deny else { throw refused(source) }
    }

    // MARK: Records behind relations

    /// What may be shown of records that a request comes to through relations.
    ///
    /// - Parameter known: a relation about which the request has been decided already.
    func related(from source: Model, except known: Relation? = nil) -> RelatedAccess {
        var hidden: [Model.ID: Set<Property.ID>] = [:]
        for model in keeper.schema.models {
            let denied = denied(.read, of: model)
            if !denied.isEmpty { hidden[model.id] = denied }
        }
        return RelatedAccess(hiding: hidden) { (relation, model, place) throws(PlannerError) in
            if let known, known.source == relation.source, known.id == relation.id { return nil }
            return try condition(relation, model, place, source)
        }
    }

    private func condition(
        _ relation: Relation, _ model: Model, _ place: RelatedAccess.Place, _ source: Model
    ) throws(PlannerError) -> JSONValue? {
        let owner = keeper.schema[relation.source]
        let rows = rows(of: model)
        if place == .links {
            guard model.isDescribed else { return nil }
        } else {
            let method = RuledMethod.reading(relation.name)
            switch book.byName(method, of: owner, for: asker, self.rows(of: owner)) {
            case .deny: throw refuse(source, relation)
            case nil: break
            default: if keeper.control.relationRules == .source { return nil }
            }
        }
        let method = place == .record || (place == .condition && !relation.isToMany) ? RuledMethod.findById : .find
        var asker = asker
        // Whether somebody has it depends on the record: what it allows isn't, what it denies is.
        let undecided = book.roles(of: model, rows).filter { keeper.control.roles[$0] != nil }
        var strict = asker
        strict.roles.formUnion(undecided)
        asker.roles.subtract(undecided)
        func may(_ isOwner: Bool) -> Bool {
            book.decision(method, of: model, for: asker, isOwner: isOwner, rows) == .allow
                && (undecided.isEmpty
                    || !book.denies(method, of: model, for: strict, by: undecided, isOwner: isOwner, rows))
        }
        let (asOther, asOwner) = (may(false), may(true))
        let own = asker.user.flatMap { keeper.ownership.condition(model, user: $0) }
        guard asOther != asOwner, let own else {
            guard asOther else { throw refuse(source, relation) }
            return nil
        }
        // What is asked about tells of all records, whosever they are.
        guard place == .list || place == .record else { throw refuse(source, relation) }
        return asOwner ? own : ["not": own]
    }

    private func refuse(_ source: Model, _ relation: Relation) -> PlannerError {
        refusal.note(refused(source))
        return PlannerError(
            .unsupported, "The records of \(relation.name) may not be seen.", model: source.name,
            relation: relation.name)
    }

    /// What the answer is where an error came of a relation that may not be seen.
    func told(_ error: any Error) -> any Error { refusal.error ?? error }

    /// Whether a rule of the source that names a route's method stands for what the target says.
    func isAllowedBySource(_ route: Route, _ source: Model) -> Bool {
        guard keeper.control.relationRules == .source else { return false }
        return book.byName(RuledMethod(route), of: source, for: asker, rows(of: source)).map { $0 != .deny } ?? false
    }

    // MARK: Properties

    /// The properties of a model that may not be seen, or set.
    func denied(_ accessType: AccessType, of model: Model) -> Set<Property.ID> {
        book.denied(accessType, of: model, for: asker, rows(of: model))
    }

    // MARK: The answer

    /// The error of what is refused: who isn't known is always asked to say who they are.
    func refused(_ model: Model) -> any Error {
        let setting = model.definition.settings.last { $0.key == "aclErrorStatus" }?.value.word.flatMap { Int($0) }
        let status = identity == nil ? 401 : setting ?? keeper.control.errorStatus
        switch status {
        case 403: return RESTError(.accessDenied, "That may not be done with this \(model.name) by who asks.")
        case 404:
            return PlannerError(.modelNotFound, "There is no such \(model.name).", model: model.name)
        default: return RESTError(.authorizationRequired, "That takes rights that who asks doesn't have here.")
        }
    }
}

/// The error that a request was refused with where it came to it.
private final class Refusal: Sendable {
    private let known = Mutex<(any Error)?>(nil)

    var error: (any Error)? { known.withLock { $0 } }

    func note(_ error: any Error) { known.withLock { $0 = error } }
}
