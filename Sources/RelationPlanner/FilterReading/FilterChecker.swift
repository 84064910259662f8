// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Checks filters against a schema; one checker per filter.
///
/// Recursion is bounded by ``FilterLimits/depth``.
package struct FilterChecker {
    let schema: Schema
    let limits: FilterLimits
    /// Scopes of definitions may use hidden properties and aren't limited; values of columns whose type is only
    /// assumed may be of any numeric type.
    let isTrusted: Bool
    /// What opaque cursors are sealed with.
    var seal = CursorSeal.unsigned
    private var path: [PathStep] = []
    private var nodes = 0
    private var depth = 0
    /// Whether the filter belongs to an include, where protected properties are out of bounds.
    var isNested = false
    /// The relation whose targets are asked about, for what to say of names that only its links have.
    var way: Way?
    /// Set while a scope is checked that only some types of a polymorphic relation have to fit: names that a type
    /// doesn't have are noted here and left out.
    var misfits: [PlannerError]?

    /// One step of the path to the place that is being checked.
    private enum PathStep {
        case key(String)
        case index(Int)
    }

    /// Where a filter stands, which decides what it may say.
    enum Position {
        case root
        case toOne
        case toMany
        /// The `through` of an include.
        case link
    }

    /// How targets of a relation came to be asked about.
    struct Way {
        /// Where the question stands.
        enum Place { case definition, include, condition }

        let relation: Relation
        let place: Place

        init(_ relation: Relation, _ place: Place) {
            self.relation = relation
            self.place = place
        }
    }

    init(_ schema: Schema, limits: FilterLimits, isTrusted: Bool = false) {
        self.schema = schema
        self.limits = limits
        self.isTrusted = isTrusted
    }

    // MARK: Place and size

    mutating func at<R>(
        _ key: String, _ body: (inout FilterChecker) throws(PlannerError) -> R
    ) throws(PlannerError) -> R {
        path.append(.key(key))
        defer { path.removeLast() }
        return try body(&self)
    }

    mutating func at<R>(
        _ index: Int, _ body: (inout FilterChecker) throws(PlannerError) -> R
    ) throws(PlannerError) -> R {
        path.append(.index(index))
        defer { path.removeLast() }
        return try body(&self)
    }

    mutating func path(push key: String) { path.append(.key(key)) }

    mutating func path(push index: Int) { path.append(.index(index)) }

    mutating func pathPop() { path.removeLast() }

    mutating func adoptNodes(of other: FilterChecker) { nodes = other.nodes }

    /// One level deeper.
    mutating func nested<R>(_ body: (inout FilterChecker) throws(PlannerError) -> R) throws(PlannerError) -> R {
        guard depth < limits.depth else {
            throw error(
                .filterTooDeep, "The filter is nested deeper than \(limits.depth) levels. Flatten it or ask in steps.")
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    mutating func countNode() throws(PlannerError) {
        nodes += 1
        if nodes > limits.nodes {
            throw error(
                .filterTooLarge,
                "The filter has more than \(limits.nodes) conditions, includes and order terms. Ask for less at once.")
        }
    }

    /// The place as text: `include[0].scope.limit`.
    var place: String {
        var text = ""
        for step in path {
            switch step {
            case .index(let index): text += "[\(index)]"
            case .key(let key): text += text.isEmpty ? key : ".\(key)"
            }
        }
        return text
    }

    func error(
        _ code: PlannerError.Code, _ message: String, model: Model? = nil, property: String? = nil,
        relation: String? = nil, operator: String? = nil
    ) -> PlannerError {
        PlannerError(
            code, message, path: path.isEmpty ? nil : place, model: model?.name, property: property,
            relation: relation, operator: `operator`)
    }

    // MARK: Filters

    package static let filterKeys = [
        "where", "order", "limit", "skip", "offset", "fields", "include", "after", "before", "distinct", "page",
    ]

    mutating func filter(_ json: JSONValue, _ model: Model, _ position: Position) throws(PlannerError) -> Filter {
        var filter = Filter()
        let members: [JSONValue.Member]
        switch json {
        case .null: return filter
        case .object(let list): members = list
        default: throw error(.invalidFilter, "A filter is an object, not \(json.kindName).")
        }
        var cursor: JSONValue.Member?
        for member in members {
            try at(member.key) { (checker) throws(PlannerError) in
                let value = member.value
                switch member.key {
                case "where":
                    let known = checker.misfits?.count
                    filter.condition = try checker.condition(value, model)
                    if checker.misfits?.count != known { filter.condition = .never }
                case "order": filter.order = try checker.order(value, model)
                case "limit": filter.limit = try checker.limit(value, position)
                case "skip": filter.skip = try checker.skip(value, position)
                case "offset":
                    let skip = try checker.skip(value, position)
                    if !members.contains(where: { $0.key == "skip" && $0.value != .null }) { filter.skip = skip }
                case "fields": filter.fields = try checker.fields(value, model)
                case "include": filter.include = try checker.includes(value, model)
                case "after", "before":
                    if value == .null { break }
                    if position == .toOne || position == .link {
                        throw checker.error(
                            .limitOnToOne, "A cursor has no meaning here: there is at most one row. Leave it out.")
                    }
                    if cursor != nil {
                        throw checker.error(.invalidFilter, "\"after\" and \"before\" can't be used together.")
                    }
                    cursor = member
                case "distinct": filter.distinct = try checker.flag(value, position)
                case "page": (filter.page, filter.pageCursors) = try checker.page(value, position)
                default:
                    let hint = Suggestion.text(for: member.key, among: Self.filterKeys)
                    throw checker.error(
                        .invalidFilter,
                        "A filter has no \"\(member.key)\".\(hint) Keys: \(Self.filterKeys.joined(separator: ", ")).",
                        model: model)
                }
            }
        }
        if let cursor {
            filter.cursor = try at(cursor.key) { (checker) throws(PlannerError) in
                try checker.cursor(cursor.value, cursor.key == "after" ? .after : .before, model)
            }
        }
        if filter.distinct {
            // Which combinations there are depends on all of a value.
            for field in filter.fields ?? [] { try refuseConcealing(Condition.Operand(field), model, "distinct") }
        }
        if let problem = filter.distinctProblem(model) {
            throw error(.invalidFilter, problem.message, model: model, property: problem.property)
        }
        return filter
    }

    func flag(_ json: JSONValue, _ position: Position) throws(PlannerError) -> Bool {
        let value: Bool
        switch json {
        case .bool(let flag): value = flag
        case .null, .string("false"), .string("0"), .string(""): value = false
        case .string("true"), .string("1"): value = true
        default: throw error(.invalidFilter, "true or false is expected here, not \(json.kindName).")
        }
        if value, position != .root {
            throw error(
                .invalidFilter, "This is possible where records of a model are found, not where a relation is followed."
            )
        }
        return value
    }

    // MARK: Limits

    private func limit(_ json: JSONValue, _ position: Position) throws(PlannerError) -> Filter.RowLimit {
        let rows = try rowCount(json, "limit")
        // A definition may say what is so anyway: "the latest" is often written with a limit of 1.
        if rows != 0, !isTrusted { try refuseOnToOne(position, "limit") }
        return rows == 0 ? .unlimited : .rows(rows)
    }

    private func skip(_ json: JSONValue, _ position: Position) throws(PlannerError) -> Filter.RowLimit? {
        if json == .null { return nil }
        let rows = try rowCount(json, "skip")
        if rows != 0 { try refuseOnToOne(position, "skip") }
        return .rows(rows)
    }

    private func refuseOnToOne(_ position: Position, _ key: String) throws(PlannerError) {
        if position == .toOne {
            throw error(
                .limitOnToOne, "\"\(key)\" has no meaning here: the relation leads to at most one row. Leave it out.")
        }
    }

    /// A whole number of at least 0, or a string that holds one; null and '' are 0.
    private func rowCount(_ json: JSONValue, _ key: String) throws(PlannerError) -> Int {
        switch json {
        case .null, .string(""): return 0
        case .number(let text), .string(let text):
            if let value = DecimalText(text.trimmingSpace)?.int64, value >= 0 { return Int(value) }
        default: break
        }
        throw error(.invalidFilter, "\"\(key)\" is a whole number of at least 0.")
    }
}
