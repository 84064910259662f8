// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Numbers about the records of a relation, or about all that a query found, kept as they came until they are read.
@usableFromInline
final class RelationSummary: Sendable {
    struct Value: Sendable {
        /// As it came of the server, or in JSON.
        enum Content: Sendable {
            case cell([UInt8], TypeID, Cell.Format, CellFormat, JSONOptions)
            case json(JSONValue)
            /// NULL, and a parent without records.
            case none
        }

        let function: Aggregate
        let property: String
        let content: Content

        /// As ``Graph/json(_:)`` shows it.
        var json: JSONValue {
            switch content {
            case .none: return .null
            case .json(let json): return json
            case .cell(let bytes, _, _, let format, let options):
                var buffer = ByteBuffer(capacity: 32, options)
                do {
                    try bytes.withUnsafeBytes { try CellWriter.write($0, format, to: &buffer) }
                    return try JSONValue(parsing: buffer.array)
                } catch {
                    return .null
                }
            }
        }
    }

    /// The relation; nil for numbers about all that was found.
    let relation: StaticString?
    let model: String
    /// How many; nil where it wasn't asked.
    let count: Int?
    private let values: [Value]

    init(_ relation: StaticString?, of model: String, count: Int?, _ values: [Value]) {
        self.relation = relation
        self.model = model
        self.count = count
        self.values = values
    }

    /// Numbers as ``json`` has them.
    init(from container: KeyedDecodingContainer<NameKey>, _ relation: StaticString, of model: String) throws {
        self.relation = relation
        self.model = model
        count = try container.decodeIfPresent(Int.self, forKey: NameKey("count"))
        var values: [Value] = []
        for function in Aggregate.allCases where function != .count {
            let key = NameKey(function.rawValue)
            guard container.contains(key) else { continue }
            let json = try container.decode(JSONValue.self, forKey: key)
            guard let members = json.members else {
                throw DecodingError.typeMismatch(
                    [String: JSONValue].self,
                    .init(
                        codingPath: container.codingPath + [key],
                        debugDescription: "The \(function.rawValue) of a relation is an object of properties."))
            }
            values += members.map { Value(function: function, property: $0.key, content: .json($0.value)) }
        }
        guard count != nil || !values.isEmpty else {
            throw DecodingError.typeMismatch(
                [JSONValue].self,
                .init(
                    codingPath: container.codingPath,
                    debugDescription: "A relation to \(model) is a list, or an object of numbers about it."))
        }
        self.values = values
    }

    func value<Result: PropertyValue>(_ function: Aggregate, _ property: String) throws(ModelError) -> Result? {
        guard let value = values.first(where: { $0.function == function && $0.property == property }) else {
            throw notAsked("\(function.rawValue) of \(property)", property)
        }
        var result: Result?
        var failure: CellError?
        do throws(CellError) {
            switch value.content {
            case .none: return nil
            case .json(let json):
                if json == .null { return nil }
                result = try Result(json: json)
            case .cell(let bytes, let type, let format, _, _):
                bytes.withUnsafeBytes { bytes in
                    do throws(CellError) {
                        result = try Result(cell: Cell(bytes: bytes, type: type, format: format))
                    } catch {
                        failure = error
                    }
                }
            }
        } catch {
            failure = error
        }
        if let failure {
            throw ModelError(
                .unreadableValue,
                "The \(function.rawValue) of \(model).\(property) can't be read as \(Result.self): \(failure.explanation). Read it as a wider type, with as: …",
                model: model, property: property, relation: relation.map { "\($0)" }, type: "\(Result.self)")
        }
        return result
    }

    func notAsked(_ what: String, _ property: String? = nil) -> ModelError {
        guard let relation else {
            return ModelError(
                .propertyNotLoaded, "The \(what) of \(model) wasn't asked for. Add it to what is aggregated.",
                model: model, property: property)
        }
        return ModelError(
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

extension RelationSummary: Equatable {
    /// Whether both say the same, in any order and however their numbers are written.
    @usableFromInline
    static func == (one: RelationSummary, other: RelationSummary) -> Bool {
        guard one.count == other.count, one.values.count == other.values.count else { return false }
        return one.values.allSatisfy { value in
            other.values.contains {
                $0.function == value.function && $0.property == value.property && $0.json.isSame(as: value.json)
            }
        }
    }
}
