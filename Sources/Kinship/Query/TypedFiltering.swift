// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What queries and the scopes of includes have in common: conditions, orders, limits, includes.
///
/// Scopes of one's own are extensions:
///
/// ```swift
/// extension TypedFiltering where Record == Order {
///     var large: Self { self.where { $0.total > 1000 } }
/// }
/// let orders = try await database.query(Order.self).large.all()
/// ```
///
/// Every method gives a new value. Conditions are AND-ed, orders and includes added; saying anything else twice replaces it.
public protocol TypedFiltering<Record>: Sendable {
    /// The model that is asked for.
    associatedtype Record: TypedModel
    /// What has been said so far. Only the library reads it.
    var parts: FilterParts { get set }
}

/// What a typed filter consists of.
public struct FilterParts: Sendable, Hashable {
    var conditions: [FilterExpression] = []
    var order: [String] = []
    /// The properties to show, where they aren't the struct's.
    var fields: [String]?
    /// All else.
    var request = FilterRequest()
    /// Whether none are wanted, which JSON has no limit for: 0 there means all.
    var isNone = false

    init() {}

    /// At most how many are wanted; nil for any number.
    var limit: Int? { isNone ? 0 : request.member("limit").flatMap(Self.number) }

    /// At most so many, and no more than were wanted before.
    mutating func narrow(to most: Int) {
        guard !isNone, (limit ?? .max) > most else { return }
        request = request.limit(most)
    }

    private static func number(_ json: JSONValue) -> Int? {
        if case .number(let digits) = json { Int(digits) } else { nil }
    }

    /// The conditions as one; nil for none.
    var condition: JSONValue? {
        get throws(PlannerError) {
            var all: [JSONValue] = []
            for condition in conditions { all.append(try condition.json) }
            return FilterExpression.simplified(all)
        }
    }

    /// What counts where records are counted: the conditions, and which are meant where deleted ones stay.
    func counting<Record: TypedModel>(_: Record.Type) throws(PlannerError) -> JSONValue? {
        for key in ["after", "before"] where request.member(key) != nil {
            throw PlannerError(
                .invalidFilter, "What lies behind a place isn't counted by itself; leave \"\(key)\" out.", path: key,
                model: Record.definition.name)
        }
        var members: [JSONValue.Member] = []
        if let deleted = request.member("withDeleted") { members.append(.init("withDeleted", deleted)) }
        if let condition = try condition { members.append(.init("where", condition)) }
        return members.isEmpty ? JSONValue?.none : .some(.object(members))
    }

    /// The filter as JSON, with the properties of a model that has more than its struct.
    func json<Record: TypedModel>(of _: Record.Type) throws(PlannerError) -> JSONValue {
        var request = request
        if let fields = fields ?? (Record.definition.isPartial ? Record.definition.shownNames : nil) {
            request = request.fields(fields)
        }
        if !order.isEmpty { request = request.order(order) }
        if let condition = try condition { request = request.where(FilterExpression(condition)) }
        if isNone {
            guard let name = Record.definition.keyNames.first ?? Record.definition.shownNames.first else {
                throw PlannerError(
                    .invalidFilter, "\(Record.definition.name) has no property to ask about for a limit of 0.",
                    path: "limit", model: Record.definition.name)
            }
            request = request.where(FilterExpression(.object([.init(name, ["inq": []])])))
        }
        return try request.json
    }
}

extension TypedFiltering {
    private func saying(_ change: (inout FilterParts) -> Void) -> Self {
        var copy = self
        change(&copy.parts)
        return copy
    }

    /// Only the records that meet a condition.
    ///
    /// ```swift
    /// database.query(Customer.self).where { $0.age > 21 && $0.name.like("A%") }
    /// ```
    public func `where`(_ condition: (Fields<Record>) -> FilterExpression) -> Self {
        let condition = condition(Fields())
        return saying { $0.conditions.append(condition) }
    }

    /// Orders the records; by several terms when it is said several times. The primary key decides in the end.
    ///
    /// ```swift
    /// database.query(Order.self).order { $0.placedAt.descending }.order { $0.customer.name.ascending }
    /// ```
    public func order(_ term: (Fields<Record>) -> OrderExpression) -> Self {
        let term = term(Fields())
        return saying { $0.order.append(term.text) }
    }

    /// Orders the records by several terms; see ``order(_:)-((Fields<Record>)->OrderExpression)``.
    ///
    /// ```swift
    /// database.query(Order.self).order { [$0.status.ascending, $0.placedAt.descending] }
    /// ```
    public func order(_ terms: (Fields<Record>) -> [OrderExpression]) -> Self {
        let terms = terms(Fields())
        return saying { $0.order += terms.map(\.text) }
    }

    /// Only the records that meet a condition in JSON form too, a request's say: the `where` of a filter.
    ///
    /// ```swift
    /// database.query(Order.self).where { $0.customerId == me }.filtered(by: ["status": "open"])
    /// ```
    ///
    /// It is checked as all filters are: names that there are none of, and hidden ones, are refused where the query is used.
    public func filtered(by condition: JSONValue) -> Self {
        saying { $0.conditions.append(FilterExpression(condition)) }
    }

    /// At most so many records; in an include for each parent.
    ///
    /// - Parameter count: 0 for none; nil for any number, as where nothing is said.
    public func limit(_ count: Int?) -> Self {
        saying {
            $0.isNone = count == 0
            if let count, count != 0 {
                $0.request = $0.request.limit(count)
            } else {
                $0.request = $0.request.without("limit")
            }
        }
    }

    /// Leaves out the first records.
    public func skip(_ count: Int) -> Self { saying { $0.request = $0.request.skip(count) } }

    /// Starts behind the page that a cursor came with.
    public func after(_ cursor: String) -> Self { saying { $0.request = $0.request.after(cursor) } }

    /// Ends ahead of the page that a cursor came with.
    public func before(_ cursor: String) -> Self { saying { $0.request = $0.request.before(cursor) } }

    /// Starts behind a place: the values of the order's terms and of the key.
    public func after(_ place: JSONValue) -> Self { saying { $0.request = $0.request.after(place) } }

    /// Ends ahead of a place.
    public func before(_ place: JSONValue) -> Self { saying { $0.request = $0.request.before(place) } }

    /// Deleted records as well, of a model that keeps them; or these alone.
    public func withDeleted(only: Bool = false) -> Self {
        saying { $0.request = $0.request.withDeleted(only: only) }
    }

    /// Loads a relation.
    ///
    /// ```swift
    /// database.query(Customer.self).include(\.orders) { $0.where { $0.total > 10 }.limit(3).include(\.items) }
    /// ```
    public func include<Relation: RelationProperty>(
        _ relation: KeyPath<Record, Relation>,
        _ scope: (TypedFilter<Relation.Target>) -> TypedFilter<Relation.Target> = { $0 }
    ) -> Self {
        including(relation, scope, through: (Relation.self as? any LinkedProperty.Type)?.through) { _ in }
    }

    /// Counts the records of a relation and reckons with them on the server, instead of loading them or beside.
    ///
    /// ```swift
    /// let customers = try await database.query(Customer.self).include(\.orders, count: true, sum: [\.total]).all()
    /// print(try customers[0].orders.count, try customers[0].orders.sum(\.total) ?? 0)
    /// ```
    public func include<Target: TypedModel>(
        _ relation: KeyPath<Record, Many<Target>>, count: Bool, sum: [PartialKeyPath<Target>] = [],
        average: [PartialKeyPath<Target>] = [], min: [PartialKeyPath<Target>] = [],
        max: [PartialKeyPath<Target>] = [], rows: Bool = false,
        _ scope: (TypedFilter<Target>) -> TypedFilter<Target> = { $0 }
    ) -> Self {
        let functions = TypedAggregates<Target>.functions(sum: sum, average: average, min: min, max: max)
        return including(relation, scope) { members in
            members.append(.init("count", .bool(count)))
            if functions != [:] { members.append(.init("aggregate", functions)) }
            if rows { members.append(.init("rows", .bool(true))) }
        }
    }

    /// Adds an include in JSON form.
    public func include(_ json: JSONValue) -> Self { saying { $0.request = $0.request.include(json) } }

    func including<Relation: RelationProperty>(
        _ relation: KeyPath<Record, Relation>,
        _ scope: (TypedFilter<Relation.Target>) -> TypedFilter<Relation.Target>, through: JSONValue? = nil,
        _ more: (inout [JSONValue.Member]) -> Void
    ) -> Self {
        let name = Record.definition.name(ofRelation: relation)
        var members = [JSONValue.Member("relation", .string(name))]
        more(&members)
        do throws(PlannerError) {
            let parts = scope(TypedFilter()).parts
            if parts.isNone, members.count > 1 {
                throw PlannerError(
                    .invalidFilter,
                    "Numbers about \(name) go by conditions alone: a limit of 0 has no effect on them. Leave it out, or rows: true.",
                    path: "limit", model: Record.definition.name, relation: name)
            }
            if let through { members.append(.init("through", through)) }
            let scope = try parts.json(of: Relation.Target.self)
            if scope != [:] { members.append(.init("scope", scope)) }
            return include(members.count == 1 ? .string(name) : .object(members))
        } catch {
            // The mistake is told where the filter is used.
            return saying { $0.conditions.append(FilterExpression(failing: error)) }
        }
    }
}

/// A filter without a session: the scope of an include, or of a definition.
public struct TypedFilter<Record: TypedModel>: TypedFiltering, Hashable {
    /// What has been said so far.
    public var parts = FilterParts()

    /// The filter that asks for everything.
    public init() {}

    /// The filter as JSON.
    ///
    /// - Throws: ``PlannerError`` `INVALID_FILTER` for a value that can't be part of a filter.
    public var filter: JSONValue { get throws(PlannerError) { try parts.json(of: Record.self) } }
}
