// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A query string, its brackets taken apart: `filter[where][age][gt]=20&filter[include][]=orders`.
///
/// ```swift
/// let query = try QueryString("filter[limit]=5")
/// query["filter"]  // {"limit":"5"}
/// ```
///
/// Values stay strings: what is a number is decided by the property they are compared with (K3). A name that occurs
/// several times, and an object whose keys are 0, 1, 2 …, becomes a list; so does one with gaps among keys up to 20.
public struct QueryString: Sendable, Hashable {
    /// The parameters, in order of their first occurrence.
    public let parameters: [JSONValue.Member]
    private let limits: FilterLimits

    /// Reads a query string, without its question mark.
    ///
    /// - Throws: ``PlannerError``: `INVALID_FILTER` for broken percent-encoding, text that isn't UTF-8 and contradictions
    ///   like `a=1&a[b]=2`; `QUERY_OBJECT_TOO_DEEP` and `FILTER_TOO_LARGE`.
    public init(_ text: String, limits: FilterLimits = .standard) throws(PlannerError) {
        guard text.utf8.count <= limits.bytes else {
            throw PlannerError(
                .filterTooLarge,
                "The query string has \(text.utf8.count) bytes, more than the limit of \(limits.bytes). Ask for less at once."
            )
        }
        self.limits = limits
        var root = Node()
        var count = 0
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            count += 1
            guard count <= limits.listLength else {
                throw PlannerError(.filterTooLarge, "The query string has more than \(limits.listLength) parts.")
            }
            let sides = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decoded(sides[0])
            let value = sides.count > 1 ? try Self.decoded(sides[1]) : ""
            let keys = Self.keys(name)
            guard keys.count <= max(64, limits.depth * 3) else {
                throw PlannerError(
                    .filterTooDeep, "The query string is nested deeper than \(limits.depth) levels.", path: keys.first)
            }
            guard root.set(keys[...], value) else {
                throw PlannerError(
                    .invalidFilter, "\"\(keys.joined(separator: "."))\" is given as a value and as an object.",
                    path: keys.first)
            }
        }
        parameters = root.members.map { JSONValue.Member($0.key, $0.node.json) }
    }

    /// The value of a parameter, nil when there is none.
    public subscript(name: String) -> JSONValue? { parameters[name] }

    /// The value of a parameter that is an object: in brackets, or as JSON text; `null` when there is none.
    ///
    /// - Throws: ``PlannerError`` `INVALID_JSON` or `INVALID_FILTER`.
    public func object(_ name: String) throws(PlannerError) -> JSONValue {
        switch self[name] {
        case nil, .string(""): return .null
        case .string(let text):
            let value: JSONValue
            do {
                value = try JSONValue(parsing: Array(text.utf8), maximumDepth: max(64, limits.depth * 3 + 8))
            } catch {
                throw PlannerError(error.code, "Cannot parse JSON-encoded object value. \(error.message)", path: name)
            }
            if value == .null { return .null }
            guard case .object = value else {
                throw PlannerError(.invalidFilter, "Value is not an object: \(value.kindName).", path: name)
            }
            return value
        case .object(let members)?: return .object(members)
        case let value?:
            throw PlannerError(.invalidFilter, "Value is not an object: \(value.kindName).", path: name)
        }
    }

    // MARK: Reading

    /// A parameter's tree on its way.
    private struct Node {
        var value: String?
        var members: [(key: String, node: Node)] = []
        /// Positions by key's bytes, so that long lists don't take quadratic time.
        var positions: [[UInt8]: Int] = [:]

        /// False when a value stands where an object should, or the other way round.
        mutating func set(_ keys: ArraySlice<String>, _ text: String) -> Bool {
            guard let first = keys.first else {
                if let value, members.isEmpty {
                    // a=1&a=2 is a list.
                    self.value = nil
                    _ = set(["0"], value)
                    return set(["1"], text)
                }
                if members.isEmpty {
                    value = text
                    return true
                }
                return isList && set([""], text)
            }
            guard value == nil else { return false }
            let key = first.isEmpty ? nextKey : first
            let bytes = Array(key.utf8)
            if let position = positions[bytes] { return members[position].node.set(keys.dropFirst(), text) }
            var node = Node()
            guard node.set(keys.dropFirst(), text) else { return false }
            positions[bytes] = members.count
            members.append((key, node))
            return true
        }

        /// The key of one more element.
        private var nextKey: String {
            var position = members.count
            while positions[Array(String(position).utf8)] != nil { position += 1 }
            return String(position)
        }

        /// The elements of a list that was written with gaps, in order, as qs reads it: up to its `arrayLimit`.
        private var spacedElements: [JSONValue]? {
            var elements: [(position: Int, node: Node)] = []
            for member in members {
                guard let position = Int(member.key), (0...20).contains(position), String(position) == member.key else {
                    return nil
                }
                elements.append((position, member.node))
            }
            return elements.isEmpty ? nil : elements.sorted { $0.position < $1.position }.map(\.node.json)
        }

        private var isList: Bool { positions[Array("0".utf8)] != nil }

        var json: JSONValue {
            if let value { return .string(value) }
            let object = JSONValue.object(members.map { JSONValue.Member($0.key, $0.node.json) })
            return (object.listElements ?? spacedElements).map(JSONValue.array) ?? object
        }
    }

    /// `filter[where][a.b]` is `filter`, `where`, `a.b`; brackets that don't close belong to the name.
    private static func keys(_ name: String) -> [String] {
        guard let open = name.firstIndex(of: "["), name.last == "]" else { return [name] }
        var keys = [String(name[..<open])]
        var rest = name[open...]
        while rest.first == "[", let close = rest.firstIndex(of: "]") {
            keys.append(String(rest[rest.index(after: rest.startIndex)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return rest.isEmpty ? keys : [name]
    }

    private static func decoded(_ bytes: String.UTF8View.SubSequence) throws(PlannerError) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var rest = bytes
        func digit(_ byte: UInt8?) -> UInt8? {
            guard let byte, byte < 0x80 else { return nil }
            return Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
        }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = digit(rest.popFirst()), let low = digit(rest.popFirst()) else {
                    throw PlannerError(.invalidFilter, "The query string has a % without two hexadecimal digits.")
                }
                decoded.append(high << 4 | low)
            default: decoded.append(byte)
            }
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw PlannerError(.invalidFilter, "The query string is not valid UTF-8.")
        }
        return text
    }
}

extension Schema {
    /// Checks the filter of a query string: `filter={…}` as JSON, or `filter[where][age][gt]=20` in brackets.
    ///
    /// - Throws: ``PlannerError``, as ``filter(_:for:limits:)-(JSONValue,_,_)`` and ``QueryString`` do.
    public func filter(
        query: String, for model: Model.ID, limits: FilterLimits = .standard
    ) throws(PlannerError) -> Filter {
        try filter(try QueryString(query, limits: limits).object("filter"), for: model, limits: limits)
    }

    /// Checks the condition of a query string: `where={…}`, or `where[age][gt]=20`.
    ///
    /// - Throws: ``PlannerError``, as ``where(_:for:limits:)`` and ``QueryString`` do.
    package func `where`(
        query: String, for model: Model.ID, limits: FilterLimits = .standard
    ) throws(PlannerError) -> Condition {
        try `where`(try QueryString(query, limits: limits).object("where"), for: model, limits: limits)
    }
}
