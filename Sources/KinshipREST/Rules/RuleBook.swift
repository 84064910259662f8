// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// The rules of a schema's models, and how the one that counts is found.
struct RuleBook: Sendable {
    typealias Decision = AccessControl.Permission

    /// Who asks, as far as rules look at it.
    struct Asker: Sendable {
        var user: String?
        var application: String?
        /// Roles by name, besides those that begin with a dollar.
        var roles: Set<String> = []
        var isAuthenticated: Bool { user != nil || application != nil }
    }

    private let rules: [Model.ID: [AccessRule]]
    private let defaults: [Model.ID: Decision]
    /// Rules of properties: those that are written at one.
    private let ofProperties: [Model.ID: [String: [AccessRule]]]
    /// The models of which a rule is written at a property, or names one.
    private let hasPropertyRules: Set<Model.ID>
    let problems: [String]
    /// What holds for models where nothing is said at all.
    private let otherwise: Decision?
    private let spelling: UserKeySpelling

    init(_ schema: Schema, otherwise: Decision?, _ spelling: UserKeySpelling) {
        self.spelling = spelling
        var (rules, defaults, properties):
            ([Model.ID: [AccessRule]], [Model.ID: Decision], [Model.ID: [String: [AccessRule]]]) =
                ([:], [:], [:])
        var problems: [String] = []
        func read(_ json: JSONValue?, _ model: Model, _ place: String, namesMethod: Bool = true) -> [AccessRule] {
            var found: [AccessRule] = []
            if let json, json.elements == nil, json != .null {
                problems.append("\(place).acls of \(model.name) is \(json.kindName), not a list of rules.")
            }
            for (index, element) in (json?.elements ?? []).enumerated() {
                do throws(AccessRuleProblem) {
                    if let rule = try AccessRule(element, namesMethod: namesMethod) { found.append(rule) }
                } catch {
                    problems.append("\(place).acls.\(index) of \(model.name) \(error.message).")
                }
            }
            return found
        }
        for model in schema.models {
            let settings = model.definition.settings
            let own = read(settings.last { $0.key == "acls" }?.value, model, "settings")
            if !own.isEmpty { rules[model.id] = own }
            // What says who may do what is nobody's to read or change unless a rule says so.
            if own.isEmpty, ["ACL", "Role", "RoleMapping", "AccessToken"].contains(model.name) {
                defaults[model.id] = .deny
            }
            switch settings.last(where: { $0.key == "defaultPermission" })?.value.word {
            case "DENY": defaults[model.id] = .deny
            case "ALLOW", "AUDIT", "ALARM": defaults[model.id] = .allow
            case nil, "DEFAULT": break
            case let other?:
                problems.append("The defaultPermission \"\(other)\" of \(model.name) is neither ALLOW nor DENY.")
            }
            for property in model.definition.properties {
                let own = read(
                    property.settings.last { $0.key == "acls" }?.value, model, "properties.\(property.name)",
                    namesMethod: false)
                if !own.isEmpty { properties[model.id, default: [:]][property.name] = own }
            }
        }
        (self.rules, self.defaults, ofProperties, self.problems) = (rules, defaults, properties, problems)
        hasPropertyRules = Set(
            schema.models.filter { model in
                properties[model.id] != nil || Self.namesProperty(rules[model.id] ?? [], of: model)
            }.map(\.id))
        self.otherwise = otherwise
    }

    /// The rules that there are for a model, rows among them.
    func rules(of model: Model, _ rows: [AccessRule]) -> [AccessRule] { (rules[model.id] ?? []) + rows }

    /// The names of roles that its rules are about.
    func roles(of model: Model, _ rows: [AccessRule]) -> Set<String> {
        Set(
            rules(of: model, rows).compactMap { rule in
                if case .role(let name) = rule.principal, !name.hasPrefix("$") { name } else { nil }
            })
    }

    /// Whether somebody may call a method.
    ///
    /// - Parameters:
    ///   - rows: rules of the table for the model, and for all models.
    ///   - isOwner: whether the record that it is about is the asker's.
    func decision(
        _ method: RuledMethod, of model: Model, for asker: Asker, isOwner: Bool, _ rows: [AccessRule]
    ) -> Decision {
        let all = rules(of: model, rows)
        if let best = greatest(all, method, asker, isOwner) { return best == .deny ? .deny : .allow }
        if let known = defaults[model.id] ?? otherwise { return known }
        // Silence is no permission to write, and none at all where others have been given some (D40).
        return method.accessType == .read && !all.contains(where: \.namesModel) ? .allow : .deny
    }

    /// What the rules say that name a method; nil where none does: what is said of a relation's own method holds for includes of it too.
    func byName(
        _ method: RuledMethod, of model: Model, for asker: Asker, _ rows: [AccessRule]
    ) -> AccessRule.Permission? {
        let named = rules(of: model, rows).filter { $0.names != nil }
        return greatest(named, method, asker, false)
    }

    /// Whether a rule denies a method to one of some roles, which somebody may or may not have, whatever other rules weigh.
    func denies(
        _ method: RuledMethod, of model: Model, for asker: Asker, by roles: Set<String>, isOwner: Bool,
        _ rows: [AccessRule]
    ) -> Bool {
        rules(of: model, rows).contains { rule in
            guard case .role(let name) = rule.principal, roles.contains(name), rule.permission == .deny else {
                return false
            }
            return weight(rule, method, asker, isOwner) != nil
        }
    }

    /// The properties that somebody may not see, or set: what rules say that are written at one, or name one.
    func denied(_ accessType: AccessType, of model: Model, for asker: Asker, _ rows: [AccessRule]) -> Set<Property.ID> {
        // Most models have none, and each request asks about all of them.
        guard hasPropertyRules.contains(model.id) || Self.namesProperty(rows, of: model) else { return [] }
        let written = ofProperties[model.id] ?? [:]
        let all = rules(of: model, rows)
        var denied: Set<Property.ID> = []
        for property in model.properties {
            let method = RuledMethod(property.name, accessType)
            var own = written[property.name] ?? []
            for index in own.indices { own[index].names = [property.name] }
            own += all.filter { $0.names?.contains(property.name) == true }
            if greatest(own, method, asker, false) == .deny { denied.insert(property.id) }
        }
        return denied
    }

    private static func namesProperty(_ rules: [AccessRule], of model: Model) -> Bool {
        rules.contains { $0.names?.contains { model.property($0) != nil } == true }
    }

    // MARK: Precedence

    /// How much a rule weighs that applies: each member decides only where all before it are equal.
    private struct Weight: Comparable {
        let parts: [Int]

        static func < (one: Weight, other: Weight) -> Bool { one.parts.lexicographicallyPrecedes(other.parts) }
    }

    /// What the rule says that counts.
    private func greatest(
        _ rules: [AccessRule], _ method: RuledMethod, _ asker: Asker, _ isOwner: Bool
    ) -> AccessRule.Permission? {
        rules.compactMap { rule in weight(rule, method, asker, isOwner).map { ($0, rule.permission) } }
            .max { $0.0 < $1.0 }?.1
    }

    private func weight(
        _ rule: AccessRule, _ method: RuledMethod, _ asker: Asker, _ isOwner: Bool
    ) -> Weight? {
        guard rule.names == nil || method.isNamed(by: rule), let isTyped = method.fits(rule),
            let (kind, role) = rank(rule.principal, asker, isOwner)
        else { return nil }
        return Weight(parts: [
            rule.namesModel ? 1 : 0, rule.names == nil ? 0 : 1, isTyped ? 1 : 0, kind, role, rule.permission.rawValue,
        ])
    }

    /// How a rule's principal ranks where the asker is it.
    private func rank(_ principal: AccessRule.Principal, _ asker: Asker, _ isOwner: Bool) -> (Int, Int)? {
        switch principal {
        // By their bytes: to the database two spellings of one letter are two keys; those of one number are one.
        case .user(let id): asker.user.map { spelling.areSame($0, id) } == true ? (2, 0) : nil
        case .application(let id): asker.application.map { $0.utf8.elementsEqual(id.utf8) } == true ? (1, 0) : nil
        case .role("$everyone"): (0, 0)
        case .role("$authenticated"): asker.isAuthenticated ? (0, 1) : nil
        case .role("$unauthenticated"): asker.isAuthenticated ? nil : (0, 1)
        case .role("$owner"): isOwner ? (0, 3) : nil
        // Nobody has it in LoopBack either.
        case .role("$related"): nil
        // By its bytes: to Swift two spellings of one letter are equal.
        case .role(let name): asker.roles.contains { $0.utf8.elementsEqual(name.utf8) } ? (0, 4) : nil
        }
    }
}
