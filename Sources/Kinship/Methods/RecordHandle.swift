// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// One record, as one of its methods gets it: for the time of the call.
///
/// ```swift
/// let pay = RecordMethod { order in
///     OneRecord(try await order.update(["status": "paid"]))
/// }
/// ```
public struct RecordHandle: MethodSubject {
    /// What it is about.
    public static var subject: MethodDefinition.Subject { .record }

    /// The transaction of the call, for all else.
    public let session: Transaction
    /// The model's name.
    public let model: String
    /// The record's key.
    public let id: JSONValue
    /// The record as it was when the call began: `record["name"]`, hidden properties too.
    public let record: ParentRecord

    /// Changes the record; see ``Session/updateById(_:id:_:filter:)``.
    @discardableResult
    public func update(_ data: JSONValue, filter: JSONValue? = nil) async throws -> Graph {
        try await session.updateById(model, id: id, data, filter: filter)
    }

    /// The record as it is now; see ``Session/findById(_:id:filter:)-(String,_,JSONValue?)``.
    public func find(filter: JSONValue? = nil) async throws -> Graph {
        try await session.findById(model, id: id, filter: filter)
    }

    /// One of its relations.
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_RELATION`.
    public func related(_ relation: String) throws(PlannerError) -> RelationHandle {
        guard let known = session.schema.model(model)?.relation(relation) else {
            throw PlannerError(
                .unknownRelation,
                "\(model) has no relation \"\(relation)\".\(session.schema.model(model)?.suggestion(forRelation: relation) ?? "")",
                model: model, relation: relation)
        }
        return RelationHandle(
            session: session, model: model, id: id, relation: relation, record: record, definition: known.definition)
    }
}
