// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Which rules a filter touches that a model's file has: a scope's.
struct FilterHabits {
    private(set) var rules: Set<TouchedRule> = []

    /// Looks through a filter.
    init(_ filter: JSONValue) { look(filter) }

    private mutating func look(_ filter: JSONValue) {
        guard case .object(let members) = filter else { return }
        if let condition = members["where"] { look(condition: condition) }
        if let order = members["order"] { look(order: order) }
        let skip = members["skip"] ?? members["offset"]
        if let skip, skip != .number("0"), skip != .null, members["limit"] == nil { rules.insert(.d16) }
        guard let include = members["include"] else { return }
        if members["fields"] != nil { rules.insert(.d14) }
        look(include: include)
    }

    private mutating func look(condition: JSONValue) {
        for member in condition.members ?? [] {
            switch member.key {
            case "and", "or", "nor":
                let branches = member.value.elements ?? []
                if member.key == "nor" { rules.insert(.d4) }
                if member.key != "and", branches.isEmpty || branches.contains(.object([])) { rules.insert(.d5) }
                for branch in branches { look(condition: branch) }
            default:
                if member.key.contains(".") { rules.insert(.d26) }
                look(operators: member.value)
            }
        }
    }

    private mutating func look(operators value: JSONValue) {
        guard case .object(let members) = value else { return }
        // These go with another operator in LoopBack as well.
        let counted = members.filter { !["options", "maxDistance", "minDistance", "unit"].contains($0.key) }
        if counted.count > 1 { rules.insert(.d3) }
        for member in members {
            switch member.key {
            case "not": rules.insert(.d4)
            case "inq", "nin": if member.value.elements?.contains(.null) == true { rules.insert(.d6) }
            default: break
            }
        }
    }

    private mutating func look(order: JSONValue) {
        for text in [order.text].compactMap({ $0 }) + (order.elements ?? []).compactMap(\.text) {
            if text.lowercased().contains("nulls ") { rules.insert(.d17) }
            if text.hasPrefix(" ") || text.hasSuffix(" ") || text.contains("  ") { rules.insert(.d36) }
        }
    }

    private mutating func look(include: JSONValue) {
        var names: [String] = []
        for entry in include.elements ?? [include] {
            if let name = entry.text { names.append(name) }
            guard case .object(let members) = entry else { continue }
            if let name = members["relation"] ?? members["rel"] {
                names += [name.text].compactMap { $0 }
                guard let scope = members["scope"] else { continue }
                if Self.isLimited(scope) { rules.insert(.d10) }
                look(scope)
            } else {
                names += members.map(\.key)
                if members.count > 1 { rules.insert(.d8) }
                for member in members { look(include: member.value) }
            }
        }
        if Set(names).count < names.count { rules.insert(.d9) }
    }

    /// Whether a filter has what counts for each parent.
    static func isLimited(_ filter: JSONValue) -> Bool {
        ["limit", "skip", "offset", "order"].contains { filter[$0] != nil }
    }
}
