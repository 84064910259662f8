// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import RelationPlanner

/// Compares JSON texts: numbers by value, all else as it is written.
enum JSONDifference {
    /// Where the texts first differ, nil when they are equal.
    static func first(_ left: [UInt8], _ right: [UInt8]) -> String? {
        if left == right { return nil }
        guard let leftValue = try? JSONValue(parsing: left), let rightValue = try? JSONValue(parsing: right) else {
            return "one of them is not valid"
        }
        return first(leftValue, rightValue, path: "$")
    }

    private static func first(_ left: JSONValue, _ right: JSONValue, path: String) -> String? {
        switch (left, right) {
        case (.number(let leftText), .number(let rightText)):
            if leftText == rightText || Double(leftText) == Double(rightText) { return nil }
            return "\(path) is \(leftText) and \(rightText)"
        case (.array(let leftElements), .array(let rightElements)):
            guard leftElements.count == rightElements.count else {
                return "\(path) has \(leftElements.count) and \(rightElements.count) elements"
            }
            for (index, pair) in zip(leftElements, rightElements).enumerated() {
                if let found = first(pair.0, pair.1, path: "\(path)[\(index)]") { return found }
            }
            return nil
        case (.object(let leftMembers), .object(let rightMembers)):
            guard leftMembers.map(\.key) == rightMembers.map(\.key) else {
                return "\(path) has the members \(leftMembers.map(\.key)) and \(rightMembers.map(\.key))"
            }
            for (leftMember, rightMember) in zip(leftMembers, rightMembers) {
                if let found = first(leftMember.value, rightMember.value, path: path + "." + leftMember.key) {
                    return found
                }
            }
            return nil
        default:
            return left == right ? nil : "\(path) is \(left) and \(right)"
        }
    }
}
