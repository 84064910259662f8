// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// A query of typed records.
    ///
    /// ```swift
    /// let customers = try await database.query(Customer.self)
    ///     .where { $0.age > 21 && $0.name.like("A%") }
    ///     .include(\.orders) { $0.where { $0.total > 10 }.order { $0.total.descending }.limit(3).include(\.items) }
    ///     .all()
    /// ```
    ///
    /// Nothing is sent until it is asked for records, their number or the like.
    public func query<Record: TypedModel>(_ type: Record.Type) -> TypedQuery<Record> { TypedQuery(self) }
}

/// A query of a typed model's records: a filter, written in Swift, with the session that answers it.
///
/// It is the filter that ``filter`` shows as JSON, and is planned and answered as that is. A query is a value: each method gives a
/// new one, and one can be run as often as one likes.
public struct TypedQuery<Record: TypedModel>: TypedFiltering {
    /// What has been said so far.
    public var parts = FilterParts()
    let session: any Session
    private(set) var scopes: [ScopeRequest] = []

    init(_ session: any Session) {
        // Of what the query says nothing gives way to a scope.
        var trees = session.context.trees
        trees.isNarrowing = true
        self.session = session.with(trees: trees)
    }

    /// Whether no named scope was asked for.
    var isUnscoped: Bool { scopes.isEmpty }

    @usableFromInline var model: String { Record.definition.name }

    /// A named scope of the model's definition, with parameters where it is a function.
    ///
    /// - Throws: nothing; the query throws `UNKNOWN_SCOPE` where there is none of the name.
    public func scope(_ name: String, _ parameters: [String: JSONValue] = [:]) -> TypedQuery {
        var copy = self
        copy.scopes.append(parameters.isEmpty ? ScopeRequest(stringLiteral: name) : .named(name, parameters))
        return copy
    }

    /// The query's filter as JSON.
    ///
    /// - Throws: ``PlannerError`` `INVALID_FILTER` for a value that can't be part of a filter.
    public var filter: JSONValue { get throws(PlannerError) { try parts.json(of: Record.self) } }
}
