// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Who may call what, as a service decides without looking at records.
///
/// ```swift
/// for entry in service.accessListing { print(entry) }
/// ```
///
/// Rows of the table of rules, and roles that depend on a record, come on top of it.
public struct AccessListing: Sendable, Hashable, CustomStringConvertible {
    /// The model.
    public let model: String
    /// Whom it is about: `everyone`, `signed in`, `owner`, or the name of a role.
    public let who: String
    /// The methods that they may call and those listed ahead of them may not.
    public let methods: [String]

    /// `Order, signed in: create, find`.
    public var description: String { "\(model), \(who): \(methods.joined(separator: ", "))" }
}

/// Finds out who may call the methods of a model.
struct AccessLister {
    let keeper: RuleKeeper
    let model: Model
    let routes: [Route]

    private struct Who {
        let name: String
        let asker: RuleBook.Asker
        var isOwner = false
    }

    var entries: [AccessListing] {
        let methods = Array(Set(routes.map { RuledMethod($0) })).sorted { $0.name < $1.name }
        let ofRecords = Set(
            routes.filter { $0.segments.contains(.parameter("id")) }.map { RuledMethod($0) })
        var known: Set<String> = []
        var entries: [AccessListing] = []
        for (place, who) in people.enumerated() {
            // Whose it is matters where it is about one record.
            let asked = who.isOwner ? methods.filter(ofRecords.contains) : methods
            let allowed = Set(asked.filter { may(who, $0) }.map(\.name))
            // What anybody may is said once.
            let new = place > 1 ? allowed.subtracting(known) : allowed.subtracting(place == 1 ? known : [])
            if place < 2 { known.formUnion(allowed) }
            guard !new.isEmpty else { continue }
            let isAll = new.count == methods.count
            entries.append(AccessListing(model: model.name, who: who.name, methods: isAll ? ["*"] : new.sorted()))
        }
        return entries
    }

    private func may(_ who: Who, _ method: RuledMethod) -> Bool {
        keeper.book.decision(method, of: model, for: who.asker, isOwner: who.isOwner, []) == .allow
    }

    private var people: [Who] {
        // No key of a user, and so nobody that a rule names.
        let somebody = RuleBook.Asker(user: "\u{0}")
        var people = [Who(name: "everyone", asker: RuleBook.Asker()), Who(name: "signed in", asker: somebody)]
        if keeper.ownership.canBeOwned(model) {
            people.append(Who(name: "owner", asker: somebody, isOwner: true))
        }
        for role in keeper.book.roles(of: model, []).sorted() {
            var asker = somebody
            asker.roles = [role]
            people.append(Who(name: role, asker: asker))
        }
        return people
    }
}
