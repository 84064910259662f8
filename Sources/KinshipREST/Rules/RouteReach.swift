// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Who can get through to a route, as far as rules say it without looking at records.
enum RouteReach: String, Sendable {
    /// Anybody, with a token and without.
    case everyone
    /// Who is known.
    case token
    /// Some of those who are known: owners, those who have a role, and those whom a rule names.
    case rights
    case nobody
}

/// Finds out who can get through to a route: what it does has to be allowed, of its model and of those that it leads to.
struct ReachFinder {
    let keeper: RuleKeeper

    /// What has to be allowed.
    private struct Need {
        let method: RuledMethod
        let model: Model
        /// Whether it can matter whose a record is.
        let mayBeOwn: Bool
    }

    func reach(of route: Route, _ model: Model) -> RouteReach {
        let needs = needs(of: route, model)
        let stranger = RuleBook.Asker()
        // No key of a user, and so nobody that a rule names.
        let somebody = RuleBook.Asker(user: "\u{0}")
        // Who has no token has none for something in particular.
        let takesStrangers = RuledMethod(route).tokenScopes.contains("DEFAULT")
        if takesStrangers, needs.allSatisfy({ allows($0, stranger) }) { return .everyone }
        if needs.allSatisfy({ allows($0, somebody) }) { return .token }
        return needs.allSatisfy(canBeMet) ? .rights : .nobody
    }

    private func allows(_ need: Need, _ asker: RuleBook.Asker, isOwner: Bool = false) -> Bool {
        keeper.book.decision(need.method, of: need.model, for: asker, isOwner: isOwner, []) == .allow
    }

    /// Whether there can be somebody who may.
    private func canBeMet(_ need: Need) -> Bool {
        let isOwned = need.mayBeOwn && keeper.ownership.canBeOwned(need.model)
        return people(of: need.model).contains { allows(need, $0) || (isOwned && allows(need, $0, isOwner: true)) }
    }

    /// One of each kind that the rules of a model tell apart.
    private func people(of model: Model) -> [RuleBook.Asker] {
        let somebody = RuleBook.Asker(user: "\u{0}")
        return [somebody]
            + keeper.book.rules(of: model, []).compactMap { rule -> RuleBook.Asker? in
                switch rule.principal {
                case .user(let key): return RuleBook.Asker(user: key)
                case .application(let key): return RuleBook.Asker(application: key)
                case .role(let name):
                    guard !name.hasPrefix("$") else { return nil }
                    var asker = somebody
                    asker.roles = [name]
                    return asker
                }
            }
    }

    // MARK: What has to be allowed

    private func needs(of route: Route, _ model: Model) -> [Need] {
        let method = RuledMethod(route)
        let schema = keeper.schema
        var needs = [Need(method: method, model: model, mayBeOwn: isAboutOne(route))]
        switch route.operation {
        case .relation(let name, let operation):
            guard let relation = model.relation(name), !isAllowedBySource(method, model) else { break }
            needs += self.needs(of: relation, operation)
        case .nested(let outer, let inner, let operation):
            guard let between = model.relation(outer)?.target.map({ schema[$0] }) else { break }
            needs.append(Need(method: .findById, model: between, mayBeOwn: true))
            guard let relation = between.relation(inner), !isAllowedBySource(method, model) else { break }
            needs += self.needs(of: relation, operation)
        case .records(.createChangeStream): needs.append(Need(method: .find, model: model, mayBeOwn: false))
        case .records(.createGraph), .records(.updateGraph), .records(.upsertGraph):
            needs += [RuledMethod.find, .findById, .create, .patchAttributes, .deleteById].map {
                Need(method: $0, model: model, mayBeOwn: false)
            }
        case .records, .scope, .method, .user: break
        }
        return needs
    }

    /// Whether it names one record, in its path or in its body.
    private func isAboutOne(_ route: Route) -> Bool {
        switch route.operation {
        case .records(.patchOrCreate), .records(.replaceOrCreate), .records(.upsertGraph): true
        default: route.segments.contains(.parameter("id"))
        }
    }

    /// What has to be allowed of what a relation leads to.
    private func needs(of relation: Relation, _ operation: RelationOperation) -> [Need] {
        // What is kept in a property is as open as the property.
        guard relation.embedded == nil, let target = relation.target.map({ keeper.schema[$0] }) else { return [] }
        let (method, mayBeOwn): (RuledMethod, Bool) =
            switch operation {
            case .get: (relation.isToMany ? .find : .findById, true)
            case .count: (.find, true)
            case .findById, .exists, .link, .unlink: (.findById, true)
            case .create: (.create, false)
            case .update, .updateById: (.patchAttributes, true)
            case .delete: (.deleteById, !relation.isToMany)
            case .deleteById: (.deleteById, true)
            }
        var needs = [Need(method: method, model: target, mayBeOwn: mayBeOwn)]
        guard let through = relation.through.map({ keeper.schema[$0.model] }), through.isDescribed else { return needs }
        let ofLinks: RuledMethod? =
            switch operation {
            case .create, .link: .create
            case .delete, .deleteById, .unlink: .deleteById
            case .get, .count, .exists: .find
            case .findById, .update, .updateById: nil
            }
        if let ofLinks { needs.append(Need(method: ofLinks, model: through, mayBeOwn: false)) }
        return needs
    }

    /// Whether what the source says may stand for what the target says, for one who may be allowed by it.
    private func isAllowedBySource(_ method: RuledMethod, _ source: Model) -> Bool {
        guard keeper.control.relationRules == .source else { return false }
        return keeper.book.rules(of: source, []).contains { rule in
            rule.permission != .deny && rule.names != nil && method.isNamed(by: rule)
        }
    }
}
