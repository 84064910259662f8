// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension FilterExpression {
    private static let words: Set<String> = ["and", "or", "nor", "not"]
    private static let comparisons: Set<String> = ["eq", "neq", "gt", "gte", "lt", "lte"]

    /// Conditions as one, AND-ed; nil for none.
    ///
    /// As a person would write them: `{"age": {"gt": 21}, "name": {"like": "A%"}}` and no list of two, so that requests that
    /// differ in their values only are known to be alike, and chains of any length aren't nested.
    static func simplified(_ conditions: [JSONValue]) -> JSONValue? {
        let all = conditions.flatMap { parts(of: $0, "and") }
        var members: [JSONValue.Member] = []
        var rest: [JSONValue] = []
        for part in all {
            guard case .object(let own) = part, !own.contains(where: { !canJoin($0, members) }) else {
                rest.append(part)
                continue
            }
            for member in own { join(member, to: &members) }
        }
        if rest.isEmpty { return members.isEmpty ? nil : .object(members) }
        if !members.isEmpty { rest.insert(.object(members), at: 0) }
        return rest.count == 1 ? rest[0] : .object([.init("and", .array(rest))])
    }

    /// What an `and` or `or` consists of, those inside of it taken apart as well.
    private static func parts(of condition: JSONValue, _ word: String) -> [JSONValue] {
        guard case .object(let members) = condition else { return [condition] }
        if members.count == 1, members[0].key == word, case .array(let inner) = members[0].value {
            return inner.flatMap { parts(of: $0, word) }
        }
        return members.isEmpty && word == "and" ? [] : [simplified(condition)]
    }

    /// The same inside of `or`, `nor` and `not`.
    private static func simplified(_ condition: JSONValue) -> JSONValue {
        guard case .object(let members) = condition else { return condition }
        return .object(
            members.map { member in
                switch (member.key, member.value) {
                case ("or", .array(let inner)):
                    .init("or", .array(inner.flatMap { parts(of: $0, "or") }.map { simplified([$0]) ?? [:] }))
                case ("not", .object): .init("not", simplified([member.value]) ?? [:])
                default: member
                }
            })
    }

    private static func canJoin(_ member: JSONValue.Member, _ members: [JSONValue.Member]) -> Bool {
        guard let known = members.first(where: { $0.key == member.key }) else { return true }
        // What is joined is asked of one property; a property may be called like a comparison, and be asked about in a "not".
        guard !words.contains(member.key), case .object(let own) = known.value, case .object(let more) = member.value
        else { return false }
        let keys = (own + more).map(\.key)
        return keys.allSatisfy { comparisons.contains($0) } && Set(keys).count == keys.count
    }

    private static func join(_ member: JSONValue.Member, to members: inout [JSONValue.Member]) {
        guard let index = members.firstIndex(where: { $0.key == member.key }),
            case .object(let own) = members[index].value, case .object(let more) = member.value
        else { return members.append(member) }
        members[index].value = .object(own + more)
    }
}
