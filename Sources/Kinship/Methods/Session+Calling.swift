// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// All methods of the program's own, with their paths; see ``Schema/methods``.
    public var methods: [AttachedMethod] { schema.methods }

    /// Calls a method of a relation of one record.
    ///
    /// ```swift
    /// let answer = try await database.call("Product", id: 1, relation: "images", method: "reorder", ["ids": [3, 1, 2]])
    /// ```
    ///
    /// The record is read first, and all of the call is one transaction: whole or not at all.
    ///
    /// - Parameters:
    ///   - model: the name of the model that has the relation.
    ///   - id: the record's key, as ``findById(_:id:filter:)-(String,_,JSONValue?)`` takes it.
    ///   - relation: the relation's name.
    ///   - method: the method's name.
    ///   - arguments: an object by the names of parameters; the argument itself of a method with one, where that is no object.
    /// - Returns: what it gives.
    /// - Throws: ``PlannerError`` `UNKNOWN_METHOD` with the name that was probably meant, `UNKNOWN_RELATION`, `MODEL_NOT_FOUND` where there is no
    ///   such record; ``ArgumentError`` with all that is wrong with the arguments; and what the method throws. Nothing is sent before
    ///   names and arguments are right.
    /// - Note: The statement that reads the record, those of the method, and the round trips of a transaction around them.
    @discardableResult
    public func call(
        _ model: String, id: some FilterPart, relation: String, method: String, _ arguments: JSONValue = [:]
    ) async throws -> MethodAnswer {
        let id = try id.part()
        let planning = context.planning
        let source = try planning.model(model)
        guard let known = source.relation(relation) else {
            throw PlannerError(
                .unknownRelation,
                "\(source.name) has no relation \"\(relation)\".\(source.suggestion(forRelation: relation))",
                model: source.name, relation: relation)
        }
        let definition = known.definition
        let call = try MethodCall<RelationHandle>(
            method, among: definition.scopeMethods + definition.methods, of: "\(source.name).\(relation)", source.name,
            relation, arguments)
        return try await call.run(in: self) { transaction in
            let record = try await transaction.context.calledRecord(of: source, id: id, relation)
            let handle = RelationHandle(
                session: transaction, model: source.name, id: id, relation: relation, record: record,
                definition: definition)
            return (handle, record)
        }
    }

    /// Calls a method of one record.
    ///
    /// ```swift
    /// let paid = try await database.call("Order", id: 3, method: "pay")
    /// ```
    ///
    /// - Throws: as ``call(_:id:relation:method:_:)``.
    /// - Note: as ``call(_:id:relation:method:_:)``.
    @discardableResult
    public func call(
        _ model: String, id: some FilterPart, method: String, _ arguments: JSONValue = [:]
    ) async throws -> MethodAnswer {
        let id = try id.part()
        let source = try context.planning.model(model)
        let call = try MethodCall<RecordHandle>(
            method, among: source.definition.methods, of: source.name, source.name, nil, arguments)
        return try await call.run(in: self) { transaction in
            let record = try await transaction.context.calledRecord(of: source, id: id, nil)
            return (RecordHandle(session: transaction, model: source.name, id: id, record: record), record)
        }
    }

    /// Calls a method of a model.
    ///
    /// ```swift
    /// let cheap = try await database.call("Product", method: "cheapest", ["count": 3])
    /// ```
    ///
    /// - Throws: as ``call(_:id:relation:method:_:)``.
    /// - Note: The statements of the method, and the round trips of a transaction around them.
    @discardableResult
    public func call(_ model: String, method: String, _ arguments: JSONValue = [:]) async throws -> MethodAnswer {
        let source = try context.planning.model(model)
        let call = try MethodCall<ModelHandle>(
            method, among: source.definition.methods, of: source.name, source.name, nil, arguments)
        return try await call.run(in: self) { transaction in
            (ModelHandle(session: transaction, model: source.name), nil)
        }
    }
}

extension SessionContext {
    /// The record that a method is about.
    fileprivate func calledRecord(of model: Model, id: JSONValue, _ relation: String?) async throws -> ParentRecord {
        guard id != .null else {
            throw PlannerError(
                .unsavedInstance,
                "A \(model.name) without a key isn't stored yet; make the record first, or give its key.",
                model: model.name, relation: relation)
        }
        let planning = planning
        guard let record = try await wholeRecord(of: model, id: id, as: .call) else {
            throw planning.missing(model, id)
        }
        return record
    }
}
