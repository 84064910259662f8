// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What all readers of one filter share: the schema, the place they are at, and what has been read so far against the limits.
///
/// One for each filter; it isn't sent anywhere. Recursion is bounded by ``FilterLimits/depth``.
final class ReadingContext {
    let schema: Schema
    let limits: FilterLimits
    /// Scopes of definitions may use hidden properties and aren't limited; values of columns whose type is only
    /// assumed may be of any numeric type.
    let isTrusted: Bool
    /// What opaque cursors are sealed with.
    let seal: CursorSeal
    private var path: [PathStep]
    private var nodes = 0
    private var depth = 0
    /// Whether the filter belongs to an include, where protected properties are out of bounds.
    private(set) var isNested: Bool
    /// The relation whose targets are asked about, for what to say of names that only its links have.
    var way: RelationWay?
    /// Set while a scope is checked that only some types of a polymorphic relation have to fit: names that a type
    /// doesn't have are noted here and left out.
    var misfits: [PlannerError]?

    /// One step of the path to the place that is being checked.
    private enum PathStep {
        case key(String)
        case index(Int)
    }

    /// - Parameters:
    ///   - path: the place of what is read, where that is a part of something greater.
    ///   - isNested: whether it belongs to an include.
    init(
        _ schema: Schema, limits: FilterLimits, isTrusted: Bool = false, seal: CursorSeal = .unsigned,
        path: [String] = [], isNested: Bool = false, way: RelationWay? = nil
    ) {
        self.schema = schema
        self.limits = limits
        self.isTrusted = isTrusted
        self.seal = seal
        self.path = path.map { .key($0) }
        self.isNested = isNested
        self.way = way
    }

    // MARK: Place and size

    /// Reads what stands at a key.
    func at<R>(_ key: String, _ body: () throws(PlannerError) -> R) throws(PlannerError) -> R {
        path.append(.key(key))
        defer { path.removeLast() }
        return try body()
    }

    /// Reads an element of a list.
    func at<R>(_ index: Int, _ body: () throws(PlannerError) -> R) throws(PlannerError) -> R {
        path.append(.index(index))
        defer { path.removeLast() }
        return try body()
    }

    /// One level deeper.
    func nested<R>(_ body: () throws(PlannerError) -> R) throws(PlannerError) -> R {
        guard depth < limits.depth else {
            throw error(
                .filterTooDeep, "The filter is nested deeper than \(limits.depth) levels. Flatten it or ask in steps.")
        }
        depth += 1
        defer { depth -= 1 }
        return try body()
    }

    /// Inside an include or a relation, where protected properties are out of bounds.
    func inside<R>(_ body: () throws(PlannerError) -> R) throws(PlannerError) -> R {
        let before = isNested
        isNested = true
        defer { isNested = before }
        return try body()
    }

    /// Counts a condition, an include or a term.
    func countNode() throws(PlannerError) {
        nodes += 1
        if nodes > limits.nodes {
            throw error(
                .filterTooLarge,
                "The filter has more than \(limits.nodes) conditions, includes and order terms. Ask for less at once.")
        }
    }

    /// The place as text: `include[0].scope.limit`.
    private var place: String {
        var text = ""
        for step in path {
            switch step {
            case .index(let index): text += "[\(index)]"
            case .key(let key): text += text.isEmpty ? key : ".\(key)"
            }
        }
        return text
    }

    /// A mistake at the place.
    func error(
        _ code: PlannerError.Code, _ message: String, model: Model? = nil, property: String? = nil,
        relation: String? = nil, operator: String? = nil
    ) -> PlannerError {
        PlannerError(
            code, message, path: path.isEmpty ? nil : place, model: model?.name, property: property,
            relation: relation, operator: `operator`)
    }
}
