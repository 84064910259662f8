// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Whether conditions hold of rows.
extension TreeRows {
    /// Whether a condition holds; nil where SQL has NULL.
    func holds(_ condition: JSONValue, _ model: Int, _ row: Row) -> Bool? {
        var result: Bool? = true
        for member in condition.members ?? [] {
            let part: Bool?
            switch member.key {
            case "and": part = all((member.value.elements ?? []).map { holds($0, model, row) })
            case "or":
                // NOT (NOT a AND NOT b).
                part = all((member.value.elements ?? []).map { holds($0, model, row).map { !$0 } }).map { !$0 }
            case "not": part = holds(member.value, model, row) != true
            case "nor": part = !(member.value.elements ?? []).contains { holds($0, model, row) == true }
            default:
                if let column = world.models[model].columns.firstIndex(where: { $0.name == member.key }) {
                    part = holds(member.value, of: rows[model][row][column])
                } else if let relation = world.models[model].relations.first(where: { $0.name == member.key }) {
                    part = holds(member.value, ofRowsOf: relation, from: row)
                } else {
                    return false
                }
            }
            result = all([result, part])
        }
        return result
    }

    func meets(_ conditions: [JSONValue], _ model: Int, _ row: Row) -> Bool {
        conditions.allSatisfy { holds($0, model, row) == true }
    }

    /// What is said of how many of the related rows (B1); never NULL.
    private func holds(_ words: JSONValue, ofRowsOf relation: TreeRelation, from row: Row) -> Bool {
        guard let target = relation.target else { return false }
        let related =
            relation.isToMany ? allowed(by: relation, from: row) : shown(relation, from: row).map { [$0] } ?? []
        let counted = related.filter { row in words["where"].map { holds($0, target, row) == true } ?? true }
        return (words.members ?? []).allSatisfy { word in
            switch word.key {
            case "where": return true
            case "count": return holds(word.value, of: .number(String(counted.count))) == true
            case "sum", "avg", "min", "max":
                return (word.value.members ?? []).allSatisfy { property in
                    guard let column = world.models[target].columns.firstIndex(where: { $0.name == property.key })
                    else { return false }
                    let values = counted.map { rows[target][$0][column] }.filter { $0 != .null }
                    return holds(property.value, of: Self.aggregate(word.key, values)) == true
                }
            default: break
            }
            // Null is no condition, but no row at all.
            if word.value == .null { return related.isEmpty == (word.key == "is") }
            let meeting = related.filter { holds(word.value, target, $0) == true }
            return switch word.key {
            case "some", "is": !meeting.isEmpty
            case "every": meeting.count == related.count
            default: meeting.isEmpty
            }
        }
    }

    private func all(_ parts: [Bool?]) -> Bool? {
        if parts.contains(false) { return false }
        return parts.contains(nil) ? nil : true
    }

    private func holds(_ operand: JSONValue, of value: JSONValue) -> Bool? {
        guard let operators = operand.members else { return equal(operand, value) }
        return all(operators.map { holds($0.key, $0.value, of: value) })
    }

    private func equal(_ operand: JSONValue, _ value: JSONValue) -> Bool? {
        if operand == .null { return value == .null }
        return value == .null ? nil : TreeRows.compare(value, operand) == 0
    }

    private func holds(_ word: String, _ operand: JSONValue, of value: JSONValue) -> Bool? {
        let list = operand.elements ?? []
        switch word {
        case "eq": return equal(operand, value)
        case "neq": return operand == .null ? value != .null : equal(operand, value).map { !$0 }
        case "inq":
            // NULL is one of the values where the list has it (D6).
            if value == .null { return list.contains(.null) ? true : nil }
            return list.contains { $0 != .null && TreeRows.compare(value, $0) == 0 }
        case "nin":
            if list.isEmpty { return true }
            if value == .null { return list.contains(.null) ? false : nil }
            return !list.contains { $0 != .null && TreeRows.compare(value, $0) == 0 }
        default:
            guard value != .null, operand != .null else { return nil }
            let order = TreeRows.compare(value, operand)
            switch word {
            case "gt": return order > 0
            case "gte": return order >= 0
            case "lt": return order < 0
            case "lte": return order <= 0
            default: return nil
            }
        }
    }
}
