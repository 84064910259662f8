// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

private struct Cat: TypedModel, Codable, Equatable {
    var id: Int
    var name: String
    var kittens = Many<Kitten>("kittens")
    static let definition = TypedDefinition<Cat>("Cat") {
        $0.id("id", \.id)
        $0.property("name", \.name)
        $0.hasMany("kittens", \.kittens, foreignKey: \.catId)
    }
}
extension Cat { init(row: inout RecordReader) throws { self.init(id: try row("id"), name: try row("name")) } }

private struct Kitten: TypedModel, Codable, Equatable {
    var id: Int
    var catId: Int
    static let definition = TypedDefinition<Kitten>("Kitten") {
        $0.id("id", \.id)
        $0.property("catId", \.catId)
    }
}
extension Kitten { init(row: inout RecordReader) throws { self.init(id: try row("id"), catId: try row("catId")) } }

/// Not Encodable, and of fewer properties than its model.
private struct Dog: TypedModel, Equatable {
    var id: Int
    static let definition = TypedDefinition<Dog>("Dog", isPartial: true) { $0.id("id", \.id) }
}
extension Dog { init(row: inout RecordReader) throws { self.init(id: try row("id")) } }

private enum Pet: PolymorphicTarget, Equatable {
    case cat(Cat)
    case dog(Dog)
    static let types = PolymorphicTypes<Pet> {
        $0.type(Cat.self, Pet.cat)
        $0.type(Dog.self, Pet.dog)
    }
}

private struct Tag: TypedModel, Codable {
    var id: Int
    var petId: Int?
    var petType: String?
    var pet = OneOf<Pet>("pet")
    static let definition = TypedDefinition<Tag>("Tag") {
        $0.id("id", \.id)
        $0.property("petId", \.petId)
        $0.property("petType", \.petType)
        $0.belongsTo("pet", \.pet, type: \.petType, key: \.petId)
    }
}
extension Tag {
    init(row: inout RecordReader) throws {
        self.init(id: try row("id"), petId: try row("petId"), petType: try row("petType"))
    }
}

/// A belongsTo to several models is an enumeration.
@Suite(.serialized) struct OneOfTests {
    private static let opened = Task {
        let test = try await TestDatabase.named("one_of")
        _ = try await test.run(
            """
            CREATE TABLE cat (id bigint PRIMARY KEY, name text);
            CREATE TABLE kitten (id bigint PRIMARY KEY, catid bigint);
            CREATE TABLE dog (id bigint PRIMARY KEY, secret text);
            CREATE TABLE tag (id bigint PRIMARY KEY, petid bigint, pettype text);
            INSERT INTO cat VALUES (1, 'Tom'), (2, 'Kit');
            INSERT INTO kitten VALUES (1, 1), (2, 1), (3, 2);
            INSERT INTO dog VALUES (1, 's'), (2, 's');
            INSERT INTO tag VALUES (1, 1, 'Cat'), (2, 1, 'Dog'), (3, NULL, NULL), (4, 9, 'Cat'), (5, 2, 'Kitten'), (6, 2, 'Cat');
            """)
        var dog = Dog.definition.modelDefinition
        dog.properties.append(.string("secret"))
        let database = try await Database.open(
            schema: try Schema(definitions: [
                Cat.definition.modelDefinition, Kitten.definition.modelDefinition, dog, Tag.definition.modelDefinition,
            ]), connection: ConnectionConfiguration(url: test.url))
        return database
    }

    @Test func `Each record is of the case of its model`() async throws {
        let database = try await Self.opened.value
        try database.schema.check(models: [Cat.self, Kitten.self, Dog.self, Tag.self])
        let query = database.query(Tag.self).where { $0.id != 5 }.order { $0.id.ascending }
        let tags = try await query.include(\.pet).all()
        #expect(
            try tags.map { try $0.pet.record } == [
                .cat(Cat(id: 1, name: "Tom")), .dog(Dog(id: 1)), nil, nil, .cat(Cat(id: 2, name: "Kit")),
            ])
        let deep = try await query.include(\.pet) {
            $0.for(Cat.self) { $0.include(\.kittens) { $0.order { $0.id.descending } } }
        }.all()
        guard case .cat(let tom)? = try deep[0].pet.record else {
            Issue.record("no cat")
            return
        }
        #expect(try tom.kittens.records.map(\.id) == [2, 1])
        var streamed: [Bool] = []
        for try await tag in try query.include(\.pet).stream(batchSize: 2) {
            streamed.append(try tag.pet.record == nil)
        }
        #expect(streamed == [false, false, true, true, false])
        let unread = try await query.first()
        let error = #expect(throws: ModelError.self) { try unread?.pet.record }
        #expect(error?.code == .relationNotLoaded)
    }

    @Test func `A model without a case is told, and so is a type that isn't Encodable`() async throws {
        let database = try await Self.opened.value
        let query = database.query(Tag.self).include(\.pet)
        let error = await #expect(throws: ModelError.self) { try await query.where { $0.id == 5 }.all() }
        #expect(error?.code == .unreadableValue && error?.model == "Kitten" && error?.relation == "pet")
        let cats = try await query.where { $0.petType == "Cat" }.all()
        let shown = try await query.where { $0.petType == "Cat" }.graph().json()
        #expect(try TypedShop.comparable(JSONEncoder().encode(cats)) == TypedShop.comparable(shown))
        #expect(try JSONDecoder().decode([Tag].self, from: JSONEncoder().encode(cats)).allSatisfy { !$0.pet.isLoaded })
        let dogs = try await query.where { $0.petType == "Dog" }.all()
        #expect(throws: ModelError.self) { try JSONEncoder().encode(dogs) }
    }

    @Test func `It is asked for, set and cleared`() async throws {
        let database = try await Self.opened.value
        let tag = try await database.create(Tag(id: 20))
        let pet = tag.related(\.pet, in: database)
        #expect(try await pet.get() == nil)
        try await pet.set(.dog(Dog(id: 2)))
        #expect(try await pet.get() == .dog(Dog(id: 2)))
        try await pet.set(.cat(Cat(id: 2, name: "")))
        #expect(try await pet.get() == .cat(Cat(id: 2, name: "Kit")))
        let stored = try await database.query(Tag.self).include(\.pet).get(20)
        #expect(stored.petType == "Cat" && stored.petId == 2)
        var moved = stored
        moved.petType = "Dog"
        #expect(try await !database.save(moved, from: stored).pet.isLoaded)
        try await pet.clear()
        #expect(try await pet.get() == nil)
        let missing = await #expect(throws: PlannerError.self) { try await pet.set(.dog(Dog(id: 99))) }
        #expect(missing?.code == .modelNotFound)
        #expect(try await database.deleteRecord(tag))
    }

    @Test func `Structs that don't fit are told`() async throws {
        struct Wrong: TypedModel {
            var id: Int
            var pet = One<Cat>("pet")
            static let definition = TypedDefinition<Wrong>("Tag", isPartial: true) {
                $0.id("id", \.id)
                $0.belongsTo("pet", \.pet, foreignKey: "petId")
            }
            init(row: inout RecordReader) throws { id = try row("id") }
        }
        let schema = try await Self.opened.value.schema
        let error = #expect(throws: SchemaError.self) { try schema.check(models: [Wrong.self]) }
        #expect(error?.problems.map(\.relation) == ["pet"] && error?.description.contains("OneOf") == true)
    }
}
