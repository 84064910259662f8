// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// A method as rules know it.
struct RuledMethod: Sendable, Hashable {
    /// Its name, without `prototype.`.
    let name: String
    /// Its other names.
    let aliases: [String]
    let accessType: AccessType
    /// Whether it is one of the program's own.
    let isCustom: Bool
    /// What a token has to be for, one of these.
    let tokenScopes: Set<String>

    init(_ route: Route) {
        name = Self.plain(route.methodName)
        aliases = route.aliases.map(Self.plain)
        guard case .method(_, let method) = route.operation else {
            let isOfUsers = if case .user = route.operation { true } else { false }
            (accessType, isCustom, tokenScopes) = (route.accessType, isOfUsers, ["DEFAULT"])
            return
        }
        // Of the program's own LoopBack takes what is asked for by GET for reading.
        let usual: AccessType = method.verb == .get ? .read : .execute
        accessType = method.accessType.flatMap(AccessType.init) ?? usual
        isCustom = true
        tokenScopes = method.tokenScopes.isEmpty ? ["DEFAULT"] : Set(method.tokenScopes)
    }

    init(_ name: String, _ accessType: AccessType, aliases: [String] = []) {
        (self.name, self.accessType, self.aliases) = (name, accessType, aliases)
        (isCustom, tokenScopes) = (false, ["DEFAULT"])
    }

    static let find = RuledMethod("find", .read)
    static let findById = RuledMethod("findById", .read)
    static let create = RuledMethod("create", .write)
    static let patchAttributes = RuledMethod("patchAttributes", .write, aliases: ["updateAttributes"])
    static let deleteById = RuledMethod("deleteById", .write, aliases: ["destroyById", "removeById"])

    /// What a relation's method does, as its name says: `create` of `__create__orders`.
    var verb: String? {
        let parts = name.split(separator: "__")
        return name.hasPrefix("__") && parts.count > 1 ? String(parts[0]) : nil
    }

    /// What a relation's method of the source is called.
    static func reading(_ relation: String) -> RuledMethod { RuledMethod("__get__\(relation)", .read) }

    private static func plain(_ name: String) -> String {
        name.hasPrefix("prototype.") ? String(name.dropFirst("prototype.".count)) : name
    }

    /// Whether a rule that names methods names this one.
    ///
    /// As in LoopBack an alias counts in rows only; but what denies an alias denies the method (D40).
    func isNamed(by rule: AccessRule) -> Bool {
        (rule.names ?? []).contains { given in
            if given == name { return true }
            guard rule.isRow || rule.permission == .deny else { return false }
            return aliases.contains(Self.plain(given)) || Self.plain(given) == name
        }
    }

    /// How well a rule's access type fits: nil for not at all, else whether it is about this type.
    func fits(_ rule: AccessRule) -> Bool? {
        guard let type = rule.accessType else { return false }
        if type == accessType.rawValue { return true }
        if type == AccessType.write.rawValue, accessType == .replicate { return true }
        guard type == AccessType.execute.rawValue, !rule.isRow else { return nil }
        // Running anything at all isn't changing anything at all (D40).
        let isLarge = rule.names == nil && accessType == .write && !isCustom && rule.permission != .deny
        return isLarge ? nil : true
    }
}
