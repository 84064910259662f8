// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A condition written in Swift: names that no schema has checked yet.
///
/// ```swift
/// let large = Field("total") > 100 && Field("status").isIn(["open", "shipped"])
/// ```
///
/// It means what its JSON form means, and is checked where it is used. A dictionary literal is one too, with variables in it:
///
/// ```swift
/// let count = try await database.count("Order", where: ["customerId": id, "placedAt": ["gte": since]]).count
/// ```
public struct FilterExpression: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    private var content: JSONValue
    /// The first value that has no JSON form.
    private var mistake: PlannerError?

    /// A condition in JSON form.
    public init(_ json: JSONValue) { content = json }

    /// A condition of properties and operators, as in JSON; of a repeated key the last value counts.
    ///
    /// A value that can't be part of a filter is `INVALID_FILTER` with its place when the condition is used.
    public init(dictionaryLiteral elements: (String, (any FilterPart)?)...) {
        var members: [JSONValue.Member] = []
        for (key, value) in elements {
            do {
                members.removeAll { $0.key == key }
                members.append(.init(key, try JSONValue.part(of: value as Any)))
            } catch {
                mistake = mistake ?? error.below(key).below("where")
            }
        }
        content = .object(members)
    }

    /// A condition that has no JSON form, for this reason.
    package init(failing error: PlannerError) {
        content = [:]
        mistake = error
    }

    private init(_ parts: [FilterExpression], _ make: ([JSONValue]) -> JSONValue) {
        content = make(parts.map(\.content))
        for part in parts { mistake = mistake ?? part.mistake }
    }

    /// The condition as JSON.
    ///
    /// - Throws: ``PlannerError`` `INVALID_FILTER` for a value of a literal that can't be part of a filter, with its place.
    public var json: JSONValue {
        get throws(PlannerError) {
            if let mistake { throw mistake }
            return content
        }
    }

    /// Both.
    public static func && (one: FilterExpression, other: FilterExpression) -> FilterExpression {
        FilterExpression([one, other]) { ["and": .array($0)] }
    }

    /// One of them, or both.
    public static func || (one: FilterExpression, other: FilterExpression) -> FilterExpression {
        FilterExpression([one, other]) { ["or": .array($0)] }
    }

    /// Where the condition is false or NULL.
    public static prefix func ! (condition: FilterExpression) -> FilterExpression {
        FilterExpression([condition]) { ["not": $0[0]] }
    }

    /// What a property or relation is asked with a condition on what it leads to.
    static func related(
        _ name: String, _ word: String, _ condition: FilterExpression
    ) -> FilterExpression {
        FilterExpression([condition]) { .object([.init(name, .object([.init(word, $0[0])]))]) }
    }
}
