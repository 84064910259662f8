// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
public import RelationPlanner

extension TypedDefinition {
    /// The default scope.
    ///
    /// ```swift
    /// $0.scope { $0.where { $0.isArchived == false } }
    /// ```
    public mutating func scope(
        _ scope: @escaping @Sendable (TypedFilter<Record>) -> TypedFilter<Record>
    ) {
        scopes.append { definition in
            let filter = scope(TypedFilter())
            do throws(PlannerError) {
                definition.scope = try filter.filter
            } catch {
                definition.scopeFunction = ScopeFunction { () throws(PlannerError) in throw error }
            }
        }
    }

    /// A named scope.
    ///
    /// ```swift
    /// $0.scope("large") { $0.where { $0.total > 1000 } }
    /// ```
    public mutating func scope(
        _ name: String, _ scope: @escaping @Sendable (TypedFilter<Record>) -> TypedFilter<Record>
    ) {
        scopes.append { definition in
            let filter = scope(TypedFilter())
            do throws(PlannerError) {
                definition.scopes.append(.init(name, try filter.filter))
            } catch {
                definition.addScope(name) { _ throws(PlannerError) in throw error }
            }
        }
    }

    /// The default scope as a function, called once for each request that reads the model.
    public mutating func scopeFunction(
        _ scope: @escaping @Sendable (TypedFilter<Record>) throws(PlannerError) -> TypedFilter<Record>
    ) {
        scopes.append { definition in
            definition.scopeFunction = ScopeFunction { () throws(PlannerError) in try scope(TypedFilter()).filter }
        }
    }

    /// A named scope that is a function of the request's parameters.
    ///
    /// ```swift
    /// $0.scopeFunction("since") { parameters, orders in
    ///     let from = try parameters.value("from", as: Date.self)
    ///     return orders.where { $0.placedAt >= from }
    /// }
    /// ```
    public mutating func scopeFunction(
        _ name: String,
        _ scope:
            @escaping @Sendable (ScopeParameters, TypedFilter<Record>) throws(PlannerError) -> TypedFilter<Record>
    ) {
        scopes.append { definition in
            definition.addScope(name) { parameters throws(PlannerError) in
                try scope(ScopeParameters(parameters, of: name), TypedFilter()).filter
            }
        }
    }

    /// The scope of a relation.
    ///
    /// ```swift
    /// $0.scope(of: \.latestOrders) { $0.order { $0.placedAt.descending }.limit(3) }
    /// ```
    public mutating func scope<Relation: RelationProperty>(
        of relation: KeyPath<Record, Relation>,
        _ scope: @escaping @Sendable (TypedFilter<Relation.Target>) -> TypedFilter<Relation.Target>
    ) {
        change(relation) { definition in
            let filter = scope(TypedFilter())
            do throws(PlannerError) {
                definition.scope = try filter.filter
            } catch {
                definition.scopeFunction = ScopeFunction { (_: ParentRecord) throws(PlannerError) in throw error }
            }
        }
    }

    /// The scope of a relation as a function of the record it starts from (D11).
    ///
    /// ```swift
    /// $0.scopeFunction(of: \.localOrders) { parent, orders in
    ///     let currency = try parent[\.currency]
    ///     return orders.where { $0.currency == currency }
    /// }
    /// ```
    public mutating func scopeFunction<Relation: RelationProperty>(
        of relation: KeyPath<Record, Relation>,
        _ scope:
            @escaping @Sendable (TypedParent<Record>, TypedFilter<Relation.Target>) throws(PlannerError) -> TypedFilter<
                Relation.Target
            >
    ) {
        change(relation) { definition in
            definition.scopeFunction = ScopeFunction { (parent: ParentRecord) throws(PlannerError) in
                try scope(TypedParent(parent), TypedFilter()).filter
            }
        }
    }
}

/// What the function of a named scope is called with.
public struct ScopeParameters: Sendable {
    /// The parameters as they came.
    public let json: [String: JSONValue]
    private let scope: String

    init(_ json: [String: JSONValue], of scope: String) {
        self.json = json
        self.scope = scope
    }

    /// A parameter; of an optional type nil where it is missing.
    ///
    /// - Throws: ``PlannerError`` `INVALID_VALUE` for one that is missing or of another type, with its name.
    public func value<Value: PropertyValue>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(PlannerError) -> Value {
        do throws(CellError) {
            return try Value(json: json[name] ?? .null)
        } catch {
            throw PlannerError(
                .invalidValue, "The scope \"\(scope)\" takes \(Value.self) as \"\(name)\": \(error.explanation).",
                path: name)
        }
    }
}

/// A record that a relation starts from, for the function of the relation's scope.
public struct TypedParent<Record: TypedModel>: Sendable {
    /// The record as it is without its type.
    public let record: ParentRecord

    init(_ record: ParentRecord) { self.record = record }

    /// A property of the record.
    ///
    /// - Throws: ``PlannerError`` `INVALID_SCOPE` for a value that isn't of the property's type.
    public subscript<Value: PropertyValue>(_ path: KeyPath<Record, Value>) -> Value {
        get throws(PlannerError) {
            let name = Record.definition.name(of: path)
            do throws(CellError) {
                return try Value(json: record[name])
            } catch {
                throw PlannerError(
                    .invalidScope, "\(record.model).\(name) can't be read as \(Value.self): \(error.explanation).",
                    model: record.model, property: name)
            }
        }
    }
}
