// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A filter written in Swift: names that no schema has checked yet.
///
/// ```swift
/// let request = FilterRequest()
///     .where(Field("status") == "open" && Field("total") > 100)
///     .order("total DESC")
///     .limit(10)
///     .include("items", FilterRequest().limit(3))
/// let graph = try await database.find("Order", filter: request)
/// ```
///
/// Or as a dictionary literal, with variables in it:
///
/// ```swift
/// let graph = try await database.find("Order", filter: ["where": ["customerId": id, "total": ["gt": least]], "limit": 10])
/// ```
///
/// It means what its JSON form means: the same filter comes out whichever way it is written. Every method gives a new
/// value; saying a thing twice replaces it, but conditions are AND-ed and includes added. In a literal what is inside the
/// outermost brackets is a `Dictionary` of Swift's, which has no order and traps on a key that is written twice; so give
/// several includes as a list where the order of their members in JSON matters.
public struct FilterRequest: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    private var conditions: [JSONValue] = []
    private var members: [JSONValue.Member] = []
    private var includes: [JSONValue] = []
    /// The first value that has no JSON form.
    private var mistake: PlannerError?

    /// The filter that asks for everything.
    public init() {}

    /// A filter of LoopBack's keys (`where`, `order`, `limit` …); of a repeated key the last value counts.
    ///
    /// A value that can't be part of a filter is `INVALID_FILTER` with its place when the filter is used.
    public init(dictionaryLiteral elements: (String, (any FilterPart)?)...) {
        for (key, value) in elements {
            do {
                let json = try JSONValue.part(of: value as Any)
                switch key {
                case "where": conditions = json == .null ? [] : [json]
                case "include": includes = json == .null || json == "" ? [] : json.elements ?? [json]
                default: self = setting(key, json)
                }
            } catch {
                note(error.below(key))
            }
        }
    }

    /// The filter as JSON.
    ///
    /// - Throws: ``PlannerError`` `INVALID_FILTER` for a value of a literal that can't be part of a filter, with its place.
    public var json: JSONValue {
        get throws(PlannerError) {
            if let mistake { throw mistake }
            var all = members
            if conditions.count == 1 { all.insert(.init("where", conditions[0]), at: 0) }
            if conditions.count > 1 { all.insert(.init("where", ["and": .array(conditions)]), at: 0) }
            if !includes.isEmpty { all.append(.init("include", .array(includes))) }
            return .object(all)
        }
    }

    private mutating func note(_ error: PlannerError) { mistake = mistake ?? error }

    private func setting(_ key: String, _ value: JSONValue) -> FilterRequest {
        var copy = self
        copy.members.removeAll { $0.key == key }
        copy.members.append(.init(key, value))
        return copy
    }

    /// Without what was said of a key.
    package func without(_ key: String) -> FilterRequest {
        var copy = self
        copy.members.removeAll { $0.key == key }
        return copy
    }

    /// Whether something is included.
    package var hasIncludes: Bool { !includes.isEmpty }

    /// Without what is included.
    package var withoutIncludes: FilterRequest {
        var copy = self
        copy.includes = []
        return copy
    }

    /// What was said of a key other than conditions and includes; nil for nothing.
    package func member(_ key: String) -> JSONValue? { members.first { $0.key == key }?.value }

    /// Adds a condition.
    public func `where`(_ condition: FilterExpression) -> FilterRequest {
        var copy = self
        do {
            copy.conditions.append(try condition.json)
        } catch {
            copy.note(error)
        }
        return copy
    }

    /// The order: terms such as `"total DESC NULLS LAST"`.
    public func order(_ terms: String...) -> FilterRequest { order(terms) }

    /// The order as a list of terms.
    public func order(_ terms: [String]) -> FilterRequest { setting("order", .array(terms.map(JSONValue.string))) }

    /// At most so many rows; 0 for all.
    public func limit(_ rows: Int) -> FilterRequest { setting("limit", .number(String(rows))) }

    /// Leaves out the first rows.
    public func skip(_ rows: Int) -> FilterRequest { setting("skip", .number(String(rows))) }

    /// The properties to show.
    public func fields(_ names: String...) -> FilterRequest { fields(names) }

    /// The properties to show, as a list.
    public func fields(_ names: [String]) -> FilterRequest { setting("fields", .array(names.map(JSONValue.string))) }

    /// Deleted records as well, of a model that keeps them; or these alone.
    public func withDeleted(only: Bool = false) -> FilterRequest {
        setting("withDeleted", only ? "only" : .bool(true))
    }

    /// Loads a relation, its rows asked with a filter of their own.
    public func include(_ relation: String, _ scope: FilterRequest = FilterRequest()) -> FilterRequest {
        including(relation, scope) { _ in }
    }

    /// Loads numbers about a relation instead of its rows, or beside them.
    public func include(
        _ relation: String, _ scope: FilterRequest = FilterRequest(), count: Bool, rows: Bool = false,
        aggregate: [Aggregate: [String]] = [:]
    ) -> FilterRequest {
        let functions = aggregate.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            JSONValue.Member($0.key.rawValue, .array($0.value.map(JSONValue.string)))
        }
        return including(relation, scope) { members in
            members.append(.init("count", .bool(count)))
            members.append(.init("rows", .bool(rows)))
            members.append(.init("aggregate", .object(functions)))
        }
    }

    private func including(
        _ relation: String, _ scope: FilterRequest, _ more: (inout [JSONValue.Member]) -> Void
    ) -> FilterRequest {
        var copy = self
        do {
            var members: [JSONValue.Member] = [.init("relation", .string(relation)), .init("scope", try scope.json)]
            more(&members)
            copy.includes.append(.object(members))
        } catch {
            copy.note(error.below("scope").below("include[\(includes.count)]"))
        }
        return copy
    }

    /// Adds includes in JSON form: per-type scopes, link columns.
    public func include(_ json: JSONValue) -> FilterRequest {
        var copy = self
        copy.includes.append(json)
        return copy
    }

    /// Starts behind a place in the order.
    public func after(_ cursor: JSONValue) -> FilterRequest { setting("after", cursor) }

    /// Starts behind the page that an opaque cursor came with: `graph.nextCursor`.
    public func after(_ cursor: String) -> FilterRequest { setting("after", .string(cursor)) }

    /// Ends before the page that an opaque cursor came with: `graph.previousCursor`.
    public func before(_ cursor: String) -> FilterRequest { setting("before", .string(cursor)) }

    /// Ends before a place in the order.
    public func before(_ cursor: JSONValue) -> FilterRequest { setting("before", cursor) }

    /// Distinct combinations of the fields.
    public func distinct(_ flag: Bool = true) -> FilterRequest { setting("distinct", .bool(flag)) }

    /// The total beside the rows.
    public func page(_ flag: Bool = true) -> FilterRequest { setting("page", .bool(flag)) }

    /// Cursors of the pages before and after beside the rows, and the total as well.
    public func page(cursor: Bool, total: Bool = false) -> FilterRequest {
        setting("page", ["cursor": .bool(cursor), "total": .bool(total)])
    }
}

extension Schema {
    /// Checks a filter written in Swift.
    ///
    /// - Throws: ``PlannerError``, as for JSON.
    public func filter(
        _ request: FilterRequest, for model: Model.ID, limits: FilterLimits = .standard
    ) throws(PlannerError) -> Filter {
        try filter(try request.json, for: model, limits: limits)
    }

    /// Checks a condition written in Swift.
    ///
    /// - Throws: ``PlannerError``, as for JSON.
    package func `where`(
        _ condition: FilterExpression, for model: Model.ID, limits: FilterLimits = .standard
    ) throws(PlannerError) -> Condition {
        try `where`(try condition.json, for: model, limits: limits)
    }
}
