// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
public import RelationPlanner

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Schema {
    /// Checks that structs fit the schema: the names, keys and types of their properties, and where their relations lead.
    ///
    /// ```swift
    /// let database = try await Database.open(schema: schema, connection: configuration)
    /// try database.schema.check(models: [Customer.self, Order.self])
    /// ```
    ///
    /// ``init(models:)`` does it by what the definitions say. The schema of an open database knows the columns' types too, and
    /// schemas of model files know nothing of structs before.
    ///
    /// - Throws: ``SchemaError`` with all problems at once.
    /// - Complexity: linear in the properties and relations. No statements.
    public func check(models: [any TypedModel.Type]) throws(SchemaError) {
        func problems<Record: TypedModel>(_ type: Record.Type) -> [PlannerError] {
            TypedFit(self, Record.definition).problems
        }
        let problems = models.flatMap { problems($0) }
        if !problems.isEmpty { throw SchemaError(problems) }
    }
}

/// How a typed definition and a schema fit each other.
private struct TypedFit<Record: TypedModel> {
    private let schema: Schema
    private let definition: TypedDefinition<Record>

    init(_ schema: Schema, _ definition: TypedDefinition<Record>) {
        self.schema = schema
        self.definition = definition
    }

    var problems: [PlannerError] {
        guard let model = schema.model(definition.name) else {
            return [
                PlannerError(
                    .unknownModel, "\(Record.self) is called \"\(definition.name)\", and there is no such model.",
                    model: definition.name)
            ]
        }
        return definition.properties.compactMap { problem(of: $0, in: model) }
            + definition.relations.compactMap { problem(of: $0, in: model) } + keyProblems(of: model)
            + definition.indistinct.map { first, second in
                problem(
                    .invalidDefinition,
                    "\(Record.self).\(first) and \(second) can't be told apart: they are one property of the struct, or take no room in it, such as an enum of one case. Keep one of them, or give its type a second case.",
                    model, property: second)
            }
    }

    private func problem(of property: TypedProperty<Record>, in model: Model) -> PlannerError? {
        guard let known = model.property(property.name) else {
            return problem(
                .unknownProperty,
                "\(Record.self).\(property.name) is no property of \(model.name).\(model.suggestion(forProperty: property.name))",
                model, property: property.name)
        }
        guard property.key != nil else { return nil }
        if known.isHidden {
            return problem(
                .invalidDefinition,
                "\(model.name).\(known.name) is hidden, so that no struct can read it. Leave it out of \(Record.self), or define it with hidden(_:_:).",
                model, property: known.name)
        }
        guard property.misfit?(known.columnType) == true else { return nil }
        return problem(
            .invalidDefinition,
            "\(Record.self).\(known.name) can't read the column's type, \(known.columnType.name). Give the property another type.",
            model, property: known.name)
    }

    private func problem(of relation: TypedRelation<Record>, in model: Model) -> PlannerError? {
        guard let known = model.relation(relation.name) else {
            return problem(
                .unknownRelation,
                "\(Record.self).\(relation.name) is no relation of \(model.name).\(model.suggestion(forRelation: relation.name))",
                model, relation: relation.name)
        }
        if known.isToMany != relation.isToMany {
            return problem(
                .invalidDefinition,
                "\(model.name).\(known.name) leads to \(known.isToMany ? "several records: write Many" : "one record: write One") in \(Record.self).",
                model, relation: known.name)
        }
        if let targets = relation.targets { return problem(of: relation.name, known, targets(), model) }
        let target = relation.target()
        guard let id = known.target else {
            return problem(
                .invalidDefinition,
                "\(model.name).\(known.name) leads to records of several models, of which \(target) can only be one: write OneOf in \(Record.self).",
                model, relation: known.name)
        }
        guard schema[id].name != target else { return nil }
        return problem(
            .invalidDefinition,
            "\(model.name).\(known.name) leads to \(schema[id].name), and to \(target) in \(Record.self).",
            model, relation: known.name)
    }

    /// Of a relation that leads to one of several models.
    private func problem(of name: String, _ known: Relation, _ targets: [String], _ model: Model) -> PlannerError? {
        guard known.target == nil, let polymorphic = known.polymorphic else {
            return problem(
                .invalidDefinition, "\(model.name).\(name) leads to records of one model: write One in \(Record.self).",
                model, relation: name)
        }
        let models = polymorphic.targets.map { schema[$0].name }
        guard let wrong = targets.first(where: { !models.contains($0) }) else { return nil }
        return problem(
            .invalidDefinition, "\(model.name).\(name) can't lead to \(wrong), as in \(Record.self).", model,
            relation: name)
    }

    private func keyProblems(of model: Model) -> [PlannerError] {
        let keys = definition.keyNames
        let known = model.primaryKey.map { model.properties[$0].name }
        guard !keys.isEmpty, keys != known, keys.allSatisfy({ model.property($0) != nil }) else { return [] }
        return [
            PlannerError(
                .invalidDefinition,
                "The key of \(model.name) is \(known.joined(separator: ", ")), and \(keys.joined(separator: ", ")) in \(Record.self).",
                model: model.name, property: keys[0])
        ]
    }

    private func problem(
        _ code: PlannerError.Code, _ message: String, _ model: Model, property: String? = nil, relation: String? = nil
    ) -> PlannerError {
        PlannerError(
            code, message, path: relation.map { "relations.\($0)" } ?? property.map { "properties.\($0)" },
            model: model.name, property: property, relation: relation)
    }
}

/// Types of the library's own, of which it is known by the column's type alone what they read.
private enum KnownTypes {
    private static let types: Set<ObjectIdentifier> = [
        ObjectIdentifier(Int.self), ObjectIdentifier(Int64.self), ObjectIdentifier(Int32.self),
        ObjectIdentifier(Int16.self), ObjectIdentifier(Double.self), ObjectIdentifier(Float.self),
        ObjectIdentifier(Bool.self), ObjectIdentifier(String.self), ObjectIdentifier(PostgresNumeric.self),
        ObjectIdentifier(PostgresUUID.self), ObjectIdentifier(PostgresDate.self), ObjectIdentifier(PostgresTime.self),
        ObjectIdentifier(PostgresTimestamp.self), ObjectIdentifier(PostgresTimestampTZ.self),
        ObjectIdentifier(PostgresInterval.self), ObjectIdentifier(PostgresPoint.self),
    ]

    static func has(_ type: Any.Type) -> Bool { types.contains(ObjectIdentifier(type)) || isOfFoundation(type) }

    private static func isOfFoundation(_ type: Any.Type) -> Bool {
        type == Decimal.self || type == Date.self || type == UUID.self || type == Data.self || type == URL.self
    }
}

extension PropertyValue {
    /// Whether no value of a column's type can be read: of types that aren't the library's own nothing is said.
    static func isMisfit(_ type: ColumnType) -> Bool {
        switch type.category {
        // JSON may be anything, and other types come as texts.
        case .json, .jsonb, .other, .enumeration: return false
        default: break
        }
        guard let wrapped = known, type.oid != 0 else { return false }
        return wrapped.refuses(TypeID(rawValue: type.oid))
    }

    private static var known: (any PropertyValue.Type)? {
        if KnownTypes.has(self) { return self }
        guard let optional = self as? any OptionalValue.Type, KnownTypes.has(optional.wrapped) else { return nil }
        return optional.wrapped
    }

    private static func refuses(_ type: TypeID) -> Bool {
        let bytes: [UInt8] = [0]
        return bytes.withUnsafeBytes { bytes in
            do throws(CellError) {
                _ = try Self(cell: Cell(bytes: bytes, type: type, format: .binary))
                return false
            } catch {
                return error == .typeMismatch
            }
        }
    }
}

private protocol OptionalValue {
    static var wrapped: any PropertyValue.Type { get }
}

extension Optional: OptionalValue where Wrapped: PropertyValue {
    fileprivate static var wrapped: any PropertyValue.Type { Wrapped.self }
}
