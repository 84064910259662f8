// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Kinship

extension Session {
    /// Makes a record for a test: what it needs and isn't given is made up, parents too.
    ///
    /// ```swift
    /// let order = try await session.make("Order", ["status": "open", "customer": ["vip": true]])
    /// print(order["id"] ?? nil, order["customerId"] ?? nil)
    /// ```
    ///
    /// Given values are kept as they are. Of the others those are made up that a record must have: what is required, and what its
    /// column neither leaves NULL nor fills itself. They are valid by type, length, `enum`, `min`, `max` and `pattern`, distinct from
    /// record to record and from test to test, and the same in each run. Where a belongsTo must lead somewhere its record is made first;
    /// an object under the relation's name says what that is to have. Validators, hooks, defaults and scopes hold as ever.
    ///
    /// - Parameters:
    ///   - model: the model's name.
    ///   - given: values, by the names of properties; objects, by those of belongsTo relations.
    /// - Returns: the record as the database has it, as its JSON shows it.
    /// - Throws: ``TestingError`` `FACTORY_VALUE` for what no value can be made up for (give it), `FACTORY_CIRCLE` where records need each
    ///   other, `FACTORY_UNKNOWN`; as ``Session/create(_:_:filter:)``.
    /// - Note: One statement and round trip for the record, and one for each parent.
    @discardableResult
    public func make(_ model: String, _ given: JSONValue = [:]) async throws -> JSONValue {
        let data = try await RecordFactory(self).data(of: model, given)
        return try await JSONValue(parsing: try create(model, data).firstJSON())
    }

    /// Makes several records, as ``make(_:_:)-(String,_)`` does; parents are made once for all of them.
    ///
    /// - Note: One statement and round trip for all, and one for each parent.
    @discardableResult
    public func make(_ model: String, count: Int, _ given: JSONValue = [:]) async throws -> [JSONValue] {
        let data = try await RecordFactory(self).data(of: model, given, count: count)
        return try JSONValue(parsing: try await createAll(model, data).json()).elements ?? []
    }

    /// Makes a record of a typed model for a test, as ``make(_:_:)-(String,_)`` does.
    ///
    /// ```swift
    /// let order = try await session.make(Order.self) { $0.status = .open }
    /// ```
    ///
    /// - Parameter set: sets values of its own; what it sets is kept.
    /// - Throws: as ``make(_:_:)-(String,_)``; ``ModelError`` where the answer isn't of the model's types.
    @discardableResult
    public func make<Record: TypedModel>(
        _ type: Record.Type, _ set: (inout Changes<Record>) -> Void = { _ in }
    ) async throws -> Record {
        var changes = Changes<Record>()
        set(&changes)
        let name = Record.definition.name
        let data = try await RecordFactory(self).data(of: name, try changes.newJSON, Record.definition.exemplars)
        return try await create(name, data, filter: Record.definition.answer).records(as: Record.self)[0]
    }

    /// Makes several records of a typed model, as ``make(_:count:_:)-(String,_,_)`` does.
    @discardableResult
    public func make<Record: TypedModel>(
        _ type: Record.Type, count: Int, _ set: (inout Changes<Record>) -> Void = { _ in }
    ) async throws -> [Record] {
        var changes = Changes<Record>()
        set(&changes)
        let name = Record.definition.name
        let data = try await RecordFactory(self).data(
            of: name, try changes.newJSON, count: count, Record.definition.exemplars)
        return try await createAll(name, data, filter: Record.definition.answer).records(as: Record.self)
    }
}
