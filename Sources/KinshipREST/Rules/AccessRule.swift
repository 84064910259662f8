// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// One rule of a model's `acls`, or a row of the table of rules: who may do what, or may not.
struct AccessRule: Sendable, Hashable {
    /// Whom it is about.
    enum Principal: Sendable, Hashable {
        case user(String)
        case application(String)
        case role(String)
    }

    /// What it says; what is further down weighs more.
    enum Permission: Int, Sendable, Hashable, Comparable {
        case allow, alarm, audit, deny

        static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
    }

    /// The methods or the property it names; nil for all methods.
    var names: [String]?
    /// What the methods do; nil for anything.
    var accessType: String?
    var principal: Principal
    var permission: Permission
    /// Whether it is a row of the table, which knows a method by its other names too.
    var isRow = false
    /// Whether it is about the model by name, and not about all of them.
    var namesModel = true
}

extension AccessRule {
    /// A rule as it is written; nil for one that counts for nothing: without a permission, or without whom it is about.
    ///
    /// - Throws: ``AccessRuleProblem`` for words that there are none of.
    init?(_ json: JSONValue, namesMethod: Bool = true) throws(AccessRuleProblem) {
        guard json.members != nil else { throw AccessRuleProblem("is \(json.kindName), not an object") }
        func word(_ name: String) throws(AccessRuleProblem) -> String? {
            guard let value = json[name], value != .null else { return nil }
            guard let word = value.word else {
                throw AccessRuleProblem("has a \(name) that is \(value.kindName), not a text")
            }
            return word
        }
        guard let permission = try word("permission"), let type = try word("principalType") else { return nil }
        guard let known = Permission(word: permission) else {
            throw AccessRuleProblem("has the permission \"\(permission)\"; it is ALLOW, DENY, AUDIT or ALARM")
        }
        guard let id = try word("principalId") else { return nil }
        guard let principal = Principal(type, id) else {
            throw AccessRuleProblem("is about a \"\(type)\"; principalType is ROLE, USER or APP")
        }
        let access = try word("accessType")
        guard access == nil || ["*", "READ", "WRITE", "EXECUTE", "REPLICATE"].contains(access) else {
            throw AccessRuleProblem(
                "has the access type \"\(access ?? "")\"; it is READ, WRITE, EXECUTE, REPLICATE or *")
        }
        // A slip of the pen would be a role that nobody has, and keep nobody out.
        guard !principal.isUnknownRole else {
            throw AccessRuleProblem(
                "is about the role \"\(id)\"; with a dollar there are $everyone, $authenticated, $unauthenticated, $owner and $related"
            )
        }
        (self.principal, self.permission) = (principal, known)
        accessType = access == "*" ? nil : access
        names = try namesMethod ? Self.names(json["property"], isDenial: known == .deny) : nil
    }

    private static func names(_ json: JSONValue?, isDenial: Bool) throws(AccessRuleProblem) -> [String]? {
        switch json {
        case nil, .null, "*": return nil
        case .string(let name): return [name]
        case .array(let elements):
            let names = elements.compactMap(\.word)
            guard names.count == elements.count else { throw AccessRuleProblem("names properties that aren't text") }
            // All is meant; LoopBack finds no method of the name. What keeps somebody out is taken as it is meant.
            return isDenial && names.contains("*") ? nil : names
        default: throw AccessRuleProblem("has a property that is neither a name nor a list of names")
        }
    }
}

extension AccessRule.Permission {
    init?(word: String) {
        switch word {
        case "ALLOW": self = .allow
        case "ALARM": self = .alarm
        case "AUDIT": self = .audit
        case "DENY": self = .deny
        default: return nil
        }
    }
}

extension AccessRule.Principal {
    init?(_ type: String, _ id: String) {
        switch type {
        case "USER": self = .user(id)
        case "APP", "APPLICATION": self = .application(id)
        case "ROLE": self = .role(id)
        default: return nil
        }
    }
}

extension AccessRule.Principal {
    /// Whether it is called like a role of LoopBack's own, and is none.
    fileprivate var isUnknownRole: Bool {
        guard case .role(let name) = self, name.hasPrefix("$") else { return false }
        return !["$everyone", "$authenticated", "$unauthenticated", "$owner", "$related"].contains(name)
    }
}

/// What is wrong with a rule.
struct AccessRuleProblem: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
