// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Numbers about the records of a relation, kept as they came until they are read.
@usableFromInline
final class RelationSummary: Sendable {
    struct Value: Sendable {
        let function: Aggregate
        let property: String
        let type: TypeID
        let format: Cell.Format
        /// nil for NULL, and for a parent without records.
        let bytes: [UInt8]?
        /// As ``Graph/json(_:)`` shows it.
        let json: JSONValue
    }

    let relation: StaticString
    let model: String
    /// How many; nil where it wasn't asked.
    let count: Int?
    private let values: [Value]

    init(_ relation: StaticString, of model: String, count: Int?, _ values: [Value]) {
        self.relation = relation
        self.model = model
        self.count = count
        self.values = values
    }

    func value<Result: PropertyValue>(_ function: Aggregate, _ property: String) throws(ModelError) -> Result? {
        guard let value = values.first(where: { $0.function == function && $0.property == property }) else {
            throw notAsked("\(function.rawValue) of \(property)")
        }
        guard let bytes = value.bytes else { return nil }
        var result: Result?
        var failure: CellError?
        bytes.withUnsafeBytes { bytes in
            do throws(CellError) {
                result = try Result(cell: Cell(bytes: bytes, type: value.type, format: value.format))
            } catch {
                failure = error
            }
        }
        if let failure {
            throw ModelError(
                .unreadableValue,
                "The \(function.rawValue) of \(model).\(property) can't be read as \(Result.self): \(failure.explanation). Read it as a wider type.",
                model: model, property: property, relation: "\(relation)", type: "\(Result.self)")
        }
        return result
    }

    func notAsked(_ what: String) -> ModelError {
        ModelError(
            .relationNotLoaded,
            "The \(what) of the relation \"\(relation)\" wasn't asked for. Add it to .include(\\.\(relation), …).",
            model: model, relation: "\(relation)")
    }

    /// `count`, and an object for each function, as ``Graph/json(_:)`` has them.
    var json: [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        if let count { members.append(.init("count", .number(String(count)))) }
        var functions: [Aggregate] = []
        for value in values where !functions.contains(value.function) { functions.append(value.function) }
        for function in functions {
            let own = values.filter { $0.function == function }.map { JSONValue.Member($0.property, $0.json) }
            members.append(.init(function.rawValue, .object(own)))
        }
        return members
    }
}
