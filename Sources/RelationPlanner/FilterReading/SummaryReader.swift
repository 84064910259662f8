// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads the counts and aggregates of an include, and of all that a query finds.
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
                    summary.aggregates = try aggregates(member.value, target, relation)
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

    /// Functions of the properties of all records that are found.
    func summary(_ functions: JSONValue, count: Bool, of model: Model) throws(PlannerError) -> Include.Summary {
        let summary = Include.Summary(count: count, aggregates: try aggregates(functions, model, nil))
        guard count || !summary.aggregates.isEmpty else {
            throw error(
                .invalidFilter, "No number is asked for: name a function and a property, as in {\"sum\": \"total\"}.",
                model: model)
        }
        return summary
    }

    /// - Parameter relation: the relation whose records they are about; nil for the records of the model that is asked for.
    private func aggregates(
        _ json: JSONValue, _ target: Model, _ relation: Relation?
    ) throws(PlannerError) -> [Include.Summary.Term] {
        if json == .null { return [] }
        let code: PlannerError.Code = relation == nil ? .invalidFilter : .invalidInclude
        guard case .object(let functions) = json else {
            throw error(
                code, "\"aggregate\" is an object such as {\"sum\": \"total\"}, not \(json.kindName).",
                relation: relation?.name)
        }
        var terms: [Include.Summary.Term] = []
        for member in functions {
            try at(member.key) { () throws(PlannerError) in
                guard let function = Aggregate(rawValue: member.key), function != .count else {
                    throw error(
                        code, "There is no aggregate \"\(member.key)\": sum, avg, min and max.",
                        operator: member.key)
                }
                let names: [JSONValue] = member.value.listElements ?? [member.value]
                for json in names {
                    try countNode()
                    guard case .string(let name) = json else {
                        throw error(code, "An aggregate is of a property's name, not \(json.kindName).")
                    }
                    let property = try orderReader.aggregated(name, function, target, isRoot: relation == nil)
                    let term = Include.Summary.Term(function, property)
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
