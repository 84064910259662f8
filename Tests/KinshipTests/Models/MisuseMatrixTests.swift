// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

/// Has no optional where NULLs are.
private struct Filled: TypedModel {
    var id: Int
    var ownerId: Int
    var note: String
    static let definition = TypedDefinition<Filled>("Leaf") {
        $0.id("id", \.id)
        $0.property("ownerId", \.ownerId)
        $0.property("note", \.note)
    }
}
extension Filled {
    init(row: inout RecordReader) throws {
        self.init(id: try row("id"), ownerId: try row("ownerId"), note: try row("note"))
    }
}

/// Has a number where texts are.
private struct Parsed: TypedModel {
    var id: Int
    var ownerId: Int
    var text: Int
    static let definition = TypedDefinition<Parsed>("Leaf") {
        $0.id("id", \.id)
        $0.property("ownerId", \.ownerId)
        $0.property("text", \.text)
    }
}
extension Parsed {
    init(row: inout RecordReader) throws {
        self.init(id: try row("id"), ownerId: try row("ownerId"), text: try row("text"))
    }
}

/// Has a type that is too small.
private struct Small: TypedModel {
    var id: Int
    var ownerId: Int
    var size: Int16
    static let definition = TypedDefinition<Small>("Leaf") {
        $0.id("id", \.id)
        $0.property("ownerId", \.ownerId)
        $0.property("size", \.size)
    }
}
extension Small {
    init(row: inout RecordReader) throws {
        self.init(id: try row("id"), ownerId: try row("ownerId"), size: try row("size"))
    }
}

/// Has a property that the model doesn't.
private struct Longer: TypedModel {
    var id: Int
    var ownerId: Int
    var colour: String
    static let definition = TypedDefinition<Longer>("Leaf") {
        $0.id("id", \.id)
        $0.property("ownerId", \.ownerId)
        $0.property("colour", \.colour)
    }
}
extension Longer {
    init(row: inout RecordReader) throws {
        self.init(id: try row("id"), ownerId: try row("ownerId"), colour: try row("colour"))
    }
}

private struct Branch<Leaf: TypedModel>: TypedModel {
    var id: Int
    var leaves = Many<Leaf>("leaves")
    var last = One<Leaf>("last")
    static var definition: TypedDefinition<Branch> {
        TypedDefinition("Branch") {
            $0.id("id", \.id)
            $0.hasMany("leaves", \.leaves, foreignKey: "ownerId")
            $0.hasOne("last", \.last, foreignKey: "ownerId")
        }
    }
}
extension Branch { init(row: inout RecordReader) throws { self.init(id: try row("id")) } }

/// Each way to misuse a model, by each way to read records: the error says model, property, type and remedy.
@Suite struct MisuseMatrixTests {
    private static let opened = Task {
        let test = try await TestDatabase.named("misuse_matrix")
        _ = try await test.run(
            """
            CREATE TABLE branch (id bigint PRIMARY KEY);
            CREATE TABLE leaf (id bigint PRIMARY KEY, ownerid bigint, text text, note text, size bigint);
            INSERT INTO branch VALUES (1);
            INSERT INTO leaf VALUES (1, 1, 'green', NULL, 100000);
            """)
        let leaf = ModelDefinition(
            "Leaf",
            properties: [
                PropertyDefinition("id", .number, dataType: "bigint", keyPosition: 1),
                PropertyDefinition("ownerId", .number, dataType: "bigint"), .string("text"), .string("note"),
                PropertyDefinition("size", .number, dataType: "bigint"),
            ])
        return try await Database.open(
            schema: try Schema(definitions: [Branch<Filled>.definition.modelDefinition, leaf]),
            connection: ConnectionConfiguration(url: test.url))
    }

    private func error(_ body: () async throws -> Void) async -> ModelError? {
        do {
            try await body()
            Issue.record("It was read.")
            return nil
        } catch {
            if !(error is ModelError) { Issue.record("\(error)") }
            return error as? ModelError
        }
    }

    /// The errors of all ways to read a record of a type.
    private func errors<Leaf: TypedModel>(_ type: Leaf.Type) async throws -> [(way: String, error: ModelError?)] {
        let database = try await Self.opened.value
        let query = database.query(Leaf.self)
        let branches = database.query(Branch<Leaf>.self)
        let branch = try await branches.get(1)
        let leaves = branch.related(\.leaves, in: database)
        let last = branch.related(\.last, in: database)
        let ways: [(String, () async throws -> Void)] = [
            ("all", { _ = try await query.all() }),
            ("first", { _ = try await query.first() }),
            ("one", { _ = try await query.one() }),
            ("find", { _ = try await query.find(1) }),
            ("get", { _ = try await query.get(1) }),
            ("page", { _ = try await query.limit(1).page() }),
            ("stream", { for try await leaf in try query.stream(batchSize: 1) { _ = leaf } }),
            ("graph", { _ = try await query.graph().records(as: Leaf.self) }),
            ("transaction", { try await database.withTransaction { _ = try await $0.query(Leaf.self).all() } }),
            ("include", { _ = try await branches.include(\.leaves).all() }),
            ("include one", { _ = try await branches.include(\.last).all() }),
            ("related", { _ = try await leaves.all() }),
            ("related first", { _ = try await leaves.first() }),
            ("related one", { _ = try await leaves.one() }),
            ("related record", { _ = try await last.get() }),
        ]
        var errors: [(String, ModelError?)] = []
        for (name, read) in ways { errors.append((name, await error(read))) }
        return errors
    }

    @Test func `NULL where no optional is`() async throws {
        for (way, error) in try await errors(Filled.self) {
            #expect(error?.code == .unreadableValue, "\(way)")
            #expect(error?.model == "Leaf" && error?.property == "note" && error?.type == "String", "\(way)")
            #expect(error?.message.hasSuffix("Declare the property as String?.") == true, "\(way)")
        }
    }

    @Test func `A value of another type`() async throws {
        for (way, error) in try await errors(Parsed.self) {
            #expect(error?.code == .unreadableValue, "\(way)")
            #expect(error?.model == "Leaf" && error?.property == "text" && error?.type == "Int", "\(way)")
            #expect(error?.message.contains("Declare the property as") == true, "\(way)")
            // The row's own value is nobody's matter.
            #expect(error?.message.contains("green") == false, "\(way)")
        }
    }

    @Test func `A value out of the type's range`() async throws {
        for (way, error) in try await errors(Small.self) {
            #expect(error?.code == .unreadableValue, "\(way)")
            #expect(error?.model == "Leaf" && error?.property == "size" && error?.type == "Int16", "\(way)")
            #expect(error?.message.contains("Declare the property as") == true, "\(way)")
            #expect(error?.message.contains("100000") == false, "\(way)")
        }
    }

    @Test func `A property that isn't there`() async throws {
        for (way, error) in try await errors(Longer.self) {
            #expect(error?.code == .propertyNotLoaded, "\(way)")
            #expect(error?.model == "Leaf" && error?.property == "colour" && error?.type == "String", "\(way)")
            #expect(error?.message.contains("correct the name") == true, "\(way)")
        }
    }

    @Test func `The same in tuples`() async throws {
        let query = try await Self.opened.value.query(Filled.self)
        let null = await error { _ = try await query.fields { ($0.id, $0.note) }.all() }
        #expect(null?.code == .unreadableValue && null?.model == "Leaf" && null?.property == "note")
        #expect(null?.type == "String" && null?.message.contains("String?") == true)
        let other = await error { _ = try await query.fields { $0.named("text", as: Int.self) }.first() }
        #expect(other?.code == .unreadableValue && other?.property == "text" && other?.type == "Int")
        // What the model doesn't have can't be asked for.
        await #expect(throws: PlannerError.self) {
            try await query.fields { $0.named("colour", as: String.self) }.all()
        }
    }

    @Test func `A relation that wasn't included, however it is read`() async throws {
        let database = try await Self.opened.value
        let branch = try await database.query(Branch<Filled>.self).get(1)
        let ways: [(String, String, () throws -> Void)] = [
            ("records", "leaves", { _ = try branch.leaves.records }),
            ("count", "leaves", { _ = try branch.leaves.count }),
            ("sum", "leaves", { _ = try branch.leaves.sum(\.ownerId) }),
            ("record", "last", { _ = try branch.last.record }),
            ("required", "last", { _ = try branch.last.required }),
        ]
        for (way, name, read) in ways {
            let error = await error(read)
            #expect(error?.code == .relationNotLoaded, "\(way)")
            #expect(error?.relation == name && error?.type == "Leaf", "\(way)")
            #expect(error?.message.contains(".include(\\.\(name))") == true, "\(way)")
        }
    }
}
