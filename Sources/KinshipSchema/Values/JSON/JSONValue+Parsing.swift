// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension JSONValue {
    /// Parses a JSON text.
    ///
    /// ```swift
    /// let value = try JSONValue(parsing: Array(#"{"limit": 5}"#.utf8))
    /// value["limit"]  // .number("5")
    /// ```
    ///
    /// Numbers keep all their digits. Invalid UTF-8 and half surrogate pairs are refused; `__proto__` is a key like
    /// any other. The parser doesn't recurse.
    ///
    /// - Throws: ``PlannerError`` `INVALID_JSON` with byte offset, line and column in its message;
    ///   `QUERY_OBJECT_TOO_DEEP` when arrays and objects are nested deeper than `maximumDepth`.
    public init(parsing bytes: [UInt8], maximumDepth: Int = 64) throws(PlannerError) {
        var parser = JSONParser(bytes, maximumDepth: maximumDepth)
        self = try parser.parse()
    }

    /// Parses a JSON text that a row holds, of any length and depth: what is nested deeper than `depth` levels is kept as it is
    /// written.
    ///
    /// - Throws: ``PlannerError`` `INVALID_JSON`, and what the budget throws.
    package init(stored bytes: [UInt8], depth: Int = 512, budget: inout StepBudget) throws {
        var parser = JSONParser(bytes, maximumDepth: depth, keepsDeeper: true, budget: budget)
        defer { budget = parser.budget ?? budget }
        do throws(PlannerError) { self = try parser.parse() } catch { throw parser.interruption ?? error }
    }

    /// Parses a JSON text held in a string; see ``init(parsing:maximumDepth:)-([UInt8],_)``.
    public init(parsing text: String, maximumDepth: Int = 64) throws(PlannerError) {
        try self.init(parsing: Array(text.utf8), maximumDepth: maximumDepth)
    }

    /// The members of an object, nil for anything else.
    public var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The elements of an array, nil for anything else.
    public var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The contents of a string, nil for anything else.
    public var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value of an object's member, nil when there is none or this is no object. Linear in the members.
    public subscript(key: String) -> JSONValue? {
        members?.first { $0.key == key }?.value
    }

    /// `true`, `false`; nil for anything else.
    package var flag: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// What the value is, for messages.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// Whether it is an array or an object.
    package var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }

    /// An array's elements, or those of an object whose keys are 0, 1, 2 …, which is what bracket-style query strings
    /// with many elements become.
    package var listElements: [JSONValue]? {
        switch self {
        case .array(let elements): return elements
        case .object(let members):
            guard !members.isEmpty else { return nil }
            var elements = [JSONValue?](repeating: nil, count: members.count)
            for member in members {
                guard let position = Int(member.key), elements.indices.contains(position),
                    String(position).hasSameBytes(as: member.key)
                else { return nil }
                elements[position] = member.value
            }
            return elements.compactMap { $0 }
        default: return nil
        }
    }
}

extension JSONValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .number(String(value)) }
    /// A number; the literal's nearest double, `null` for one beyond the doubles.
    public init(floatLiteral value: Double) { self = .init(value) }
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object; of a repeated key the last value counts, at the first one's place.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var members: [Member] = []
        for (key, value) in elements {
            if let known = members.firstIndex(where: { $0.key.hasSameBytes(as: key) }) {
                members[known].value = value
            } else {
                members.append(Member(key, value))
            }
        }
        self = .object(members)
    }

    /// A number as the shortest decimal that gives the value back; what isn't finite becomes its name as a string.
    public init(_ value: Double) {
        guard value.isFinite else {
            self = .string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
            return
        }
        var text = value.description
        if text.hasSuffix(".0") { text.removeLast(2) }
        self = .number(text)
    }
}

extension [JSONValue.Member] {
    package subscript(key: String) -> JSONValue? { first { $0.key.hasSameBytes(as: key) }?.value }
}
