// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads the counts and aggregates of an include.
struct SummaryReader: ContextReader {
    let context: ReadingContext

    func summary(
        _ members: [JSONValue.Member], _ relation: Relation, _ target: Model
    ) throws(PlannerError) -> Include.Summary? {
        var summary = Include.Summary()
        var isAsked = false
        for member in members {
            try at(member.key) { () throws(PlannerError) in
                switch member.key {
                case "count":
                    summary.count = try flag(member.value)
                    isAsked = isAsked || summary.count
                case "rows": summary.rows = try flag(member.value)
                case "aggregate":
                    if member.value == .null { return }
                    guard case .object(let functions) = member.value else {
                        throw error(
                            .invalidInclude,
                            "\"aggregate\" is an object such as {\"sum\": \"total\"}, not \(member.value.kindName).",
                            relation: relation.name)
                    }
                    summary.aggregates = try aggregates(functions, target)
                    isAsked = isAsked || !summary.aggregates.isEmpty
                default: break
                }
            }
        }
        guard isAsked else { return nil }
        if !relation.isToMany {
            throw error(
                .invalidInclude, "\(relation.name) leads to at most one row: there is nothing to count.",
                relation: relation.name)
        }
        return summary
    }

    private func aggregates(
        _ functions: [JSONValue.Member], _ target: Model
    ) throws(PlannerError) -> [Include.Summary.Term] {
        var terms: [Include.Summary.Term] = []
        for member in functions {
            try at(member.key) { () throws(PlannerError) in
                guard let function = Aggregate(rawValue: member.key), function != .count else {
                    throw error(
                        .invalidInclude, "There is no aggregate \"\(member.key)\": sum, avg, min and max.",
                        operator: member.key)
                }
                let names: [JSONValue] = member.value.listElements ?? [member.value]
                for json in names {
                    try countNode()
                    guard case .string(let name) = json else {
                        throw error(.invalidInclude, "An aggregate is of a property's name, not \(json.kindName).")
                    }
                    let term = Include.Summary.Term(function, try orderReader.aggregated(name, function, target))
                    if !terms.contains(term) { terms.append(term) }
                }
            }
        }
        return terms
    }

    private func flag(_ json: JSONValue) throws(PlannerError) -> Bool {
        switch json {
        case .bool(let flag): return flag
        case .string("true"), .string("1"): return true
        case .string("false"), .string("0"), .null: return false
        default: throw error(.invalidInclude, "true or false is expected here, not \(json.kindName).")
        }
    }
}
