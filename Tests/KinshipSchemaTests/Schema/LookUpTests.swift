// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema
import Testing

/// Ids stand for something in the schema they come from; elsewhere that is said, and nothing traps.
@Suite struct LookUpTests {
    /// Three models, the last with more properties and relations than the only one of ``small``.
    private let large: Schema
    private let small: Schema

    init() throws {
        func schema(_ texts: String...) throws -> Schema {
            try Schema(uncheckedScopes: texts.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        }
        large = try schema(
            #"{"name": "Tag", "properties": {"label": "string"}}"#,
            #"{"name": "Owner", "properties": {"name": "string"}}"#,
            #"""
            {"name": "Picture", "properties": {"title": "string", "width": "number"},
             "relations": {"owner": {"type": "belongsTo", "model": "Owner"},
                "of": {"type": "belongsTo", "polymorphic": {"foreignKey": "ofId", "discriminator": "ofType"}}}}
            """#)
        small = try schema(#"{"name": "Note"}"#)
    }

    private func error<R>(_ body: () throws(PlannerError) -> R) -> PlannerError? {
        do throws(PlannerError) {
            _ = try body()
            return nil
        } catch {
            return error
        }
    }

    @Test func `What an id stands for is found in its own schema`() throws {
        for model in large.models {
            #expect(try large.model(model.id).name == model.name)
            for property in model.properties { #expect(try model.property(property.id) == property) }
            for relation in model.relations { #expect(try model.relation(relation.id).name == relation.name) }
        }
        let owner = try #require(large.model("Picture")?.relation("owner"))
        #expect(try large.model(owner.source).property(owner.sourceKey[0]).name == "ownerId")
        #expect(try owner.target.map { try large.model($0).name } == "Owner")
    }

    @Test func `A model of another schema is unknown`() throws {
        let picture = try #require(large.model("Picture"))
        let error = try #require(error { () throws(PlannerError) in try small.model(picture.id) })
        #expect(error.code == .unknownModel && error.status == 404)
        #expect(error.message.contains("has no model with the id 2"))
        #expect(error.message.contains("the schema they were taken from"))
    }

    @Test func `A property of another model is unknown`() throws {
        let note = try #require(small.model("Note"))
        let width = try #require(large.model("Picture")?.property("width"))
        let error = try #require(error { () throws(PlannerError) in try note.property(width.id) })
        #expect(error.code == .unknownProperty && error.model == "Note")
    }

    @Test func `A relation of another model is unknown`() throws {
        let note = try #require(small.model("Note"))
        let owner = try #require(large.model("Picture")?.relation("owner"))
        let error = try #require(error { () throws(PlannerError) in try note.relation(owner.id) })
        #expect(error.code == .unknownRelation && error.model == "Note")
    }

    @Test func `The targets of a relation of another schema are none of this one's`() throws {
        let of = try #require(large.model("Picture")?.relation("of"))
        #expect(of.polymorphic?.targets.count == 3)
        #expect(large.target(of: of, type: "owner") == large.model("Owner")?.id)
        #expect(large.target(of: of, type: "nothing") == nil)
        for type in ["Owner", "owner", "Picture", "nothing", ""] {
            #expect(small.target(of: of, type: type) == nil, "\(type)")
        }
    }

    @Test func `Ids are told apart, come in the order of what they stand for, and show as numbers`() {
        let ids = large.models.map(\.id)
        #expect(Set(ids).count == ids.count && ids == ids.sorted())
        #expect(ids.map(\.description) == ["0", "1", "2"])
    }
}
