// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

extension Session {
    /// Changes the records that have structs' values of some properties; makes those that there are none of: all of them or none.
    ///
    /// ```swift
    /// let products = try await database.upsertAll(
    ///     [Product(id: 0, sku: "SEA-1", price: 9), Product(id: 0, sku: "SEA-2", price: 12)], on: \.sku)
    /// ```
    ///
    /// What is nil and has a default is left as it is, and a number of changes isn't looked at. Who upserts the same values meanwhile
    /// waits, so that only one of them makes a record.
    ///
    /// - Parameters:
    ///   - records: the records, no two of which have the same values; a key of 0 or nil that the database makes isn't written.
    ///   - properties: those that say which record one is; a unique index has to keep records apart by them. Without any the key.
    /// - Returns: the records as the database has them now, in the order of the structs.
    /// - Throws: ``PlannerError`` `INVALID_FILTER` where no unique index has exactly these properties, `INVALID_VALUE` for one without a
    ///   value and for two records that have the same, `KEY_OVERRIDE` where a record that is there has another key than its struct,
    ///   `CONFLICT` where one is there that the default scope hides, or that was deleted and stays; else as
    ///   ``createAll(_:)-([Record])``: all that is required of new records has to be there.
    /// - Note: A transaction: one statement for each set of properties that the structs have a value for, which is one where none is
    ///   left to its default. Of models with hooks, validators or copies that are kept right one for each record. None for no records.
    @discardableResult
    public func upsertAll<Record: TypedModel>(
        _ records: [Record], on properties: PartialKeyPath<Record>...
    ) async throws -> [Record] {
        let unique = try uniqueProperties(of: Record.self, properties)
        let upserts = try Upserts(records, unique.map(\.name), self)
        guard !records.isEmpty else { return [] }
        let copies = context.state.planning.schema.copies
        let model = upserts.model.id
        let isOneByOne =
            context.hooked(upserts.model.name, as: .upsert) != nil || !copies.held(by: model).isEmpty
            || !copies.taken(from: model).isEmpty || !copies.unkept(by: model).isEmpty
        return try await inOneTransaction { transaction in
            isOneByOne ? try await transaction.upsert(each: upserts) : try await transaction.upsert(upserts, unique)
        }
    }

    private func inOneTransaction<Output>(_ body: (Transaction) async throws -> Output) async throws -> Output {
        if case .transaction = context.source { return try await withTransaction(body) }
        return try await withRetryingTransaction(maxAttempts: 4, isolation: .readCommitted, body)
    }
}

extension Session {
    fileprivate func upsert<Record: TypedModel>(each upserts: Upserts<Record>) async throws -> [Record] {
        var stored: [Record] = []
        stored.reserveCapacity(upserts.all.count)
        for upsert in upserts.all {
            stored += try await upsertWithWhere(
                upserts.model.name, where: upsert.condition, .object(upsert.data), filter: Record.definition.answer
            ).records(as: Record.self)
        }
        return stored
    }

    fileprivate func upsert<Record: TypedModel>(
        _ upserts: Upserts<Record>, _ unique: [Property]
    ) async throws -> [Record] {
        var stored: [(place: Int, record: Record)] = []
        stored.reserveCapacity(upserts.all.count)
        for group in upserts.groups {
            let graph = try await upsert(group.map(\.data), of: upserts.model.name, unique, Record.definition.answer)
            guard graph.count == group.count else { throw upserts.outOfReach(group.count - graph.count) }
            for (upsert, record) in zip(group, try graph.records(as: Record.self)) {
                try upserts.refuseOtherKey(than: upsert, record)
                stored.append((upsert.place, record))
            }
        }
        return stored.sorted { $0.place < $1.place }.map(\.record)
    }

    /// Upserts records whose data give the same properties.
    private func upsert(
        _ data: [[JSONValue.Member]], of name: String, _ unique: [Property], _ answer: JSONValue?
    ) async throws -> Graph {
        try await context.answering { planning in
            let target = try planning.model(name)
            let records = try planning.records(
                data.map { .object($0) }, isList: true, of: target, takesKey: true, unscoped: context.isUnscoped)
            let kept = target.primaryKey + unique.map(\.id) + [target.version?.id].compactMap { $0 }
            let set = (data.first ?? []).compactMap { target.property($0.key)?.id }.filter { !kept.contains($0) }
            do {
                return try await context.change(
                    ModelChanges(planning.schema, target).upsertAll(
                        records, on: unique.map(\.id), set: set,
                        try planning.defaultCondition(of: target, unscoped: context.isUnscoped)),
                    of: target, answering: try planning.answer(answer, of: target), planning, as: .upsert)
            } catch let error as PostgresError where error.sqlState == "21000" {
                // Which values are the same is the matter of their types and collations.
                throw PlannerError.repeated(in: target.name, unique.map(\.name), at: unique.first?.name)
            }
        }
    }
}

extension PlannerError {
    fileprivate static func repeated(in model: String, _ names: [String], at path: String?) -> PlannerError {
        PlannerError(
            .invalidValue,
            "Two of the records of \(model) have the same \(names.joined(separator: ", ")); which of them counts isn't said. Leave one out.",
            path: path, model: model, property: names.first)
    }
}

/// Records to be changed or made, by some properties.
private struct Upserts<Record: TypedModel>: Sendable {
    struct Upsert: Sendable {
        /// The position of the struct.
        let place: Int
        let data: [JSONValue.Member]
        /// The values that tell it apart, as a text.
        let values: String
        let condition: JSONValue
    }

    let model: Model
    /// In the order of the structs.
    let all: [Upsert]

    init(_ records: [Record], _ names: [String], _ session: some Session) throws {
        let definition = Record.definition
        let schema = session.context.state.planning.schema
        model = try schema.named(definition.name)
        var seen: Set<String> = []
        var all: [Upsert] = []
        all.reserveCapacity(records.count)
        for (place, record) in records.enumerated() {
            try definition.refuseGiven(record)
            let data = try definition.newData(of: record, in: schema)
            let values = try names.map { try session.uniqueValue(of: $0, in: record) }
            let condition = JSONValue.object(zip(names, values).map { .init($0, ["eq": $1]) })
            let text = values.map(\.description).joined(separator: " ")
            // A key that is yet to be made is nobody's.
            let isSaid = names.allSatisfy { name in data.contains { $0.key == name } }
            guard !isSaid || seen.insert(text).inserted else {
                throw PlannerError.repeated(in: model.name, names, at: "[\(place)].\(names[0])")
            }
            all.append(Upsert(place: place, data: data, values: text, condition: condition))
        }
        self.all = all
    }

    /// Those whose data give the same properties, in an order that all have who upsert the same.
    var groups: [[Upsert]] {
        Dictionary(grouping: all) { $0.data.map(\.key) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { $0.value.sorted { $0.values < $1.values } }
    }

    func outOfReach(_ count: Int) -> PlannerError {
        PlannerError(
            .conflict,
            "\(count) of the records of \(model.name) have values that are in use by records that aren't to be changed here: the default scope hides them, they were deleted, or they belong to somebody else. Nothing was changed.",
            model: model.name)
    }

    /// Refuses a record that is there with another key than the one that was given.
    func refuseOtherKey(than upsert: Upsert, _ stored: Record) throws {
        for name in Record.definition.keyNames {
            guard let given = upsert.data.first(where: { $0.key == name })?.value,
                let own = try Record.definition.value(of: name, in: stored), !given.isSame(as: own)
            else { continue }
            throw PlannerError(
                .keyOverride,
                "The key of records can't be changed: the \(model.name) that is there has another one.", path: name,
                model: model.name, property: name)
        }
    }
}
