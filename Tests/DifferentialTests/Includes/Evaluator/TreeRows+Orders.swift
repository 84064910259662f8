// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner

/// What rows are ordered by.
extension TreeRows {
    func value(of term: TreeAsk.Term, _ model: Int, _ row: Row) -> JSONValue {
        guard !term.path.isEmpty else { return rows[model][row][term.column] }
        // Names of relations are unique in a world.
        if let known = values[term.name]?[row] { return known }
        let value = followed(term, term.path[...], row)
        values[term.name, default: [:]][row] = value
        return value
    }

    private func followed(_ term: TreeAsk.Term, _ path: ArraySlice<TreeRelation>, _ row: Row) -> JSONValue {
        guard let relation = path.first, let target = relation.target else { return .null }
        let rest = path.dropFirst()
        if rest.isEmpty, let function = term.function {
            let found = allowed(by: relation, from: row)
            if function == "count" { return .number(String(found.count)) }
            return Self.aggregate(function, found.map { rows[target][$0][term.column] }.filter { $0 != .null })
        }
        guard let first = shown(relation, from: row) else { return .null }
        return rest.isEmpty ? rows[target][first][term.column] : followed(term, rest, first)
    }

    /// A function of values without NULLs.
    static func aggregate(_ function: String, _ values: [JSONValue]) -> JSONValue {
        guard !values.isEmpty else { return .null }
        switch function {
        case "min": return values.min { TreeRows.compare($0, $1) < 0 } ?? .null
        case "max": return values.max { TreeRows.compare($0, $1) < 0 } ?? .null
        default:
            var sum: Decimal = 0
            for case .number(let text) in values { sum += Decimal(string: text) ?? 0 }
            return .number("\(function == "sum" ? sum : sum / Decimal(values.count))")
        }
    }
}
