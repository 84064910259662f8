// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner

extension Evaluator {
    /// What a `where` says about one operand.
    func tests(of operand: Operand, _ json: JSONValue, _ spec: TableSpec) throws(Refusal) -> Test {
        guard case .object(let members) = json,
            !(operand.column.kind == .point && (json["lat"] != nil || json["lng"] != nil))
        else { return try comparison("eq", json, operand, spec) }
        if members.isEmpty { throw Refusal(.invalidFilter) }
        var tests: [Test] = []
        for member in members { tests.append(try test(member.key, member.value, members, operand, spec)) }
        return all(tests)
    }

    private func test(
        _ name: String, _ value: JSONValue, _ members: [JSONValue.Member], _ operand: Operand, _ spec: TableSpec
    ) throws(Refusal) -> Test {
        switch name {
        case "eq", "neq", "gt", "gte", "lt", "lte": return try comparison(name, value, operand, spec)
        case "between":
            guard let bounds = value.elements, bounds.count == 2 else { throw Refusal(.invalidValue) }
            let low = try comparison("gte", bounds[0], operand, spec)
            let high = try comparison("lte", bounds[1], operand, spec)
            if bounds.contains(.null) { return { _ in false } }
            if operand.isPath, kind(bounds[0]) != kind(bounds[1]) { throw Refusal(.invalidValue) }
            return all([low, high])
        case "inq", "nin": return try membership(value, operand, spec, isNegated: name == "nin")
        case "like", "nlike", "ilike", "nilike":
            let pattern = try text(value)
            if pattern.reversed().prefix(while: { $0 == "\\" }).count % 2 == 1 { throw Refusal(.invalidValue) }
            let (ignoringCase, isNegated) = (name.hasSuffix("ilike"), name.hasPrefix("n"))
            return onText(operand) { Patterns.like($0, pattern, ignoringCase: ignoringCase) != isNegated }
        case "startsWith":
            let part = try text(value)
            return onText(operand) { $0.utf8.starts(with: part.utf8) }
        case "endsWith":
            let part = try text(value)
            return onText(operand) { $0.utf8.reversed().starts(with: part.utf8.reversed()) }
        case "regexp": return try regularExpression(value, operand)
        case "exists":
            guard let wanted = flag(value) else { throw Refusal(.invalidValue) }
            return { operand.isNull($0) != wanted }
        case "contains", "containedBy", "containsAnyOf": return try containment(name, value, operand)
        case "near": return try near(value, members, operand)
        case "maxDistance", "minDistance", "unit":
            if members[utf8: "near"] == nil { throw Refusal(.invalidFilter) }
            return { _ in true }
        case "not":
            if case .object = value { return not(try tests(of: operand, value, spec)) }
            return not(try comparison("eq", value, operand, spec))
        default: throw Refusal(.unknownOperator)
        }
    }

    private func text(_ value: JSONValue) throws(Refusal) -> String {
        guard case .string(let text) = value, !text.utf8.contains(0) else { throw Refusal(.invalidValue) }
        return text
    }

    private func flag(_ value: JSONValue) -> Bool? {
        switch value {
        case .bool(let flag): flag
        case .string("true"), .string("1"), .number("1"): true
        case .string("false"), .string("0"), .number("0"): false
        default: nil
        }
    }

    private func kind(_ json: JSONValue) -> Int {
        switch json {
        case .null: 0
        case .bool: 1
        case .number: 2
        case .string: 3
        case .array, .object: 4
        }
    }

    private func onText(_ operand: Operand, _ body: @escaping (String) -> Bool) -> Test {
        { row in operand.text(row).map(body) }
    }

    // MARK: Comparison

    private func comparison(
        _ name: String, _ value: JSONValue, _ operand: Operand, _ spec: TableSpec
    ) throws(Refusal) -> Test {
        let isEquality = name == "eq" || name == "neq"
        if !operand.isPath, !isEquality, operand.column.kind == .jsonb || operand.column.kind == .point {
            throw Refusal(.invalidFilter)
        }
        if value == .null {
            // K4 in reverse: null asks for NULL; nothing is greater or less than it.
            return isEquality ? { operand.isNull($0) == (name == "eq") } : { _ in false }
        }
        func holds(_ order: Int) -> Bool {
            switch name {
            case "eq": order == 0
            case "neq": order != 0
            case "gt": order > 0
            case "gte": order >= 0
            case "lt": order < 0
            default: order <= 0
            }
        }
        if operand.isPath {
            if !isEquality && kind(value) == 4 || ValueReading.value(value, .jsonb) == nil {
                throw Refusal(.invalidValue)
            }
            // D26: values of another JSON type never match.
            let wanted = scalar(value)
            return { row in
                guard let found = operand.json(row), self.kind(found) == self.kind(value) else { return nil }
                return Comparing.order(self.scalar(found), wanted).map(holds)
            }
        }
        if operand.column.kind != .jsonb, case .object(let members) = value, members.count == 1,
            members[0].key == "column", let name = members[0].value.text
        {
            return try columns(holds, operand, name, spec)
        }
        guard let wanted = ValueReading.value(value, operand.column.kind) else { throw Refusal(.invalidValue) }
        return { row in operand.cell(row).value.flatMap { Comparing.order($0, wanted) }.map(holds) }
    }

    private func scalar(_ json: JSONValue) -> Value {
        switch json {
        case .number(let text): Decimal(string: text).map { .exact($0) } ?? .json(json)
        case .string(let text): .text(text)
        case .bool(let flag): .bool(flag)
        default: .json(json)
        }
    }

    private func columns(
        _ holds: @escaping (Int) -> Bool, _ operand: Operand, _ name: String, _ spec: TableSpec
    ) throws(Refusal) -> Test {
        guard spec.position(of: name) != nil else { throw Refusal(.unknownProperty) }
        let other = try Operand(name, spec)
        let numbers: [TableSpec.Kind] = [.int2, .int4, .int8, .numeric, .float8]
        let dates: [TableSpec.Kind] = [.timestamptz, .date]
        let (left, right) = (operand.column.kind, other.column.kind)
        guard
            left == right && left != .point && left != .jsonb || numbers.contains(left) && numbers.contains(right)
                || dates.contains(left) && dates.contains(right)
        else { throw Refusal(.invalidValue) }
        return { row in
            guard let left = operand.cell(row).value, let right = other.cell(row).value else { return nil }
            return Comparing.order(left, right).map(holds)
        }
    }

    // MARK: Lists (D6)

    private func membership(
        _ value: JSONValue, _ operand: Operand, _ spec: TableSpec, isNegated: Bool
    ) throws(Refusal) -> Test {
        guard let elements = value.elements else { throw Refusal(.invalidValue) }
        var tests: [Test] = []
        for element in elements where element != .null {
            tests.append(try comparison("eq", element, operand, spec))
        }
        let isIn = any(tests)
        let hasNull = elements.contains(.null)
        if elements.isEmpty { return { _ in isNegated } }
        if !isNegated { return hasNull ? any([isIn, { operand.isNull($0) }]) : isIn }
        // At a path: values of the types in the list only.
        let kinds = Set(elements.map(kind))
        return { row in
            if operand.isNull(row) { return hasNull ? false : nil }
            if operand.isPath, tests.count > 0, let found = operand.json(row), !kinds.contains(self.kind(found)) {
                return nil
            }
            return isIn(row) != true
        }
    }

    private func containment(_ name: String, _ value: JSONValue, _ operand: Operand) throws(Refusal) -> Test {
        if case .list(let element) = operand.column.kind {
            guard value != .null,
                case .list(let wanted)? = ValueReading.value(
                    value.elements == nil ? .array([value]) : value, .list(element))
            else { throw Refusal(.invalidValue) }
            func holds(_ whole: [Value?], _ part: Value?) -> Bool {
                guard let part else { return false }
                return whole.contains { $0.flatMap { Comparing.order($0, part) } == 0 }
            }
            return { row in
                guard case .list(let found)? = operand.cell(row).value else { return nil }
                // A null in an array is equal to nothing.
                switch name {
                case "contains": return wanted.allSatisfy { holds(found, $0) }
                case "containedBy": return found.allSatisfy { holds(wanted, $0) }
                default: return wanted.contains { holds(found, $0) }
                }
            }
        }
        guard name == "contains" else { throw Refusal(.invalidValue) }
        if operand.column.kind == .jsonb, value != .null, !operand.isPath || value.text == nil {
            if ValueReading.value(value, .jsonb) == nil { throw Refusal(.invalidValue) }
            return { row in
                guard case .json(let document)? = operand.cell(row).value else { return nil }
                // JSON's null is a value here.
                guard let found = operand.isPath ? operand.json(row) : document else { return nil }
                return Comparing.contains(found, value)
            }
        }
        if operand.column.kind == .jsonb, !operand.isPath { throw Refusal(.invalidValue) }
        let part = try text(value)
        return onText(operand) { text in part.isEmpty || Array(text.utf8).firstRange(of: Array(part.utf8)) != nil }
    }

    private func regularExpression(_ value: JSONValue, _ operand: Operand) throws(Refusal) -> Test {
        var pattern = try text(value)
        var ignoringCase = false
        if pattern.hasPrefix("/"), let end = pattern.lastIndex(of: "/"), end > pattern.startIndex {
            let flags = pattern[pattern.index(after: end)...]
            guard flags.allSatisfy({ "gim".contains($0) }) else { throw Refusal(.invalidValue) }
            ignoringCase = flags.contains("i")
            pattern = String(pattern[pattern.index(after: pattern.startIndex)..<end])
        }
        guard let expression = try? Patterns.expression(pattern, ignoringCase: ignoringCase) else {
            throw Refusal(.invalidValue)
        }
        return onText(operand) { Patterns.matches($0, expression) }
    }
}
