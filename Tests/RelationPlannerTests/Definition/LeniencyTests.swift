// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// What doesn't work is told in one go, or left out with a warning; never what keeps something back.
@Suite struct LeniencyTests {
    private static let customer =
        #"{"name": "Customer", "properties": {"name": "string", "age": {"type": 5}}, "relations": {"orders": {"type": "hasMany", "model": "Order"}, "friends": {"type": "hasMany", "model": "Customer", "through": "Friendship"}, "typo": {"type": "hasSome"}}, "scopes": {"adults": {"where": {"age": {"gt": 17}}}, "open": {"include": "typo"}, "bad": {"where": {"nmae": 1}}}}"#
    private static let order =
        #"{"name": "Order", "relations": {"customer": {"type": "belongsTo", "model": "Custmer"}, "item": {"type": "belongsTo", "model": "order-item"}, "parts": {"type": "hasMany", "model": "OrderItem", "primaryKey": "nope"}}}"#
    private static let item = #"{"name": "OrderItem", "properties": {"#

    private func reading(_ leniency: Leniency, _ files: (String, String)...) -> DefinitionReading {
        var reading = DefinitionReading(leniency: leniency)
        for (file, json) in files { reading.read(Array(json.utf8), file: "models/\(file).json") }
        return reading
    }

    private func problems(_ reading: DefinitionReading) -> [PlannerError] {
        do throws(SchemaError) {
            _ = try reading.schema()
            return []
        } catch {
            return error.problems
        }
    }

    @Test func allStagesAreToldInOneGoWithoutFollowUps() {
        let found = problems(
            reading(.strict, ("customer", Self.customer), ("order", Self.order), ("order-item", Self.item)))
        // The file that can't be read, a property, a relation's type and target, a link model, a key, and a scope: relations
        // to the model of the file, and scopes that hang on the others, are none.
        let places = found.map { "\($0.model ?? $0.file ?? "") \($0.path ?? "")" }
        #expect(
            Set(places) == [
                "models/order-item.json ", "Customer properties.age.type", "Customer relations.typo.type",
                "Customer relations.friends.through", "Customer scopes.bad.where.nmae",
                "Order relations.customer.model",
            ])
        #expect(found.count == 6)
    }

    @Test func inLenientModeTheRestWorks() throws {
        let item = #"{"name": "OrderItem"}"#
        let schema = try reading(
            .lenient, ("customer", Self.customer), ("order", Self.order), ("order-item", item)
        ).schema()
        #expect(schema.model("Customer")?.relations.map(\.name) == ["orders"])
        #expect(schema.model("Customer")?.properties.map(\.name) == ["id", "name"])
        #expect(try ScopedSchema(schema).scopes(of: schema.id(of: "Customer")).named.isEmpty)
        #expect(schema.model("Order")?.relations.isEmpty == true)
        let left = schema.warnings.filter { $0.code == .leftOut }
        #expect(
            Set(left.compactMap(\.path)) == [
                "properties.age.type", "relations.typo.type", "relations.friends.through", "scopes.adults.where.age",
                "scopes.open.include", "scopes.bad.where.nmae", "relations.customer.model", "relations.item.model",
                "relations.parts.primaryKey",
            ])
        #expect(left.allSatisfy { $0.message.hasSuffix("It is left out.") && $0.model != nil })
    }

    @Test(arguments: [
        #"{"name": "A", "scope": {"where": {"nope": 1}}}"#, #"{"name": "A", "scope": 5}"#,
        #"{"name": "A", "scope": "active"}"#, #"{"name": "A", "hidden": 5}"#, #"{"name": "A", "protected": [5]}"#,
        #"{"name": "A", "base": "Nope"}"#, #"{"name": "A", "base": 5}"#, "5", "{",
        #"{"name": "A", "relations": {"as": {"type": "hasMany", "model": "A", "scope": 5}}}"#,
    ])
    func whatKeepsBackIsNeverLeftOut(json: String) {
        #expect(!problems(reading(.lenient, ("a", json))).isEmpty)
    }

    @Test func aRelationGoesWithItsScopeAndAListedNameIsTold() throws {
        let schema = try reading(
            .lenient,
            (
                "a",
                #"{"name": "A", "properties": {"name": "string"}, "hidden": ["nmae"], "relations": {"as": {"type": "hasMany", "model": "A", "scope": {"where": {"nope": 1}}}, "bs": {"type": "hasMany", "model": "A", "scope": {"include": "as"}}}}"#
            )
        ).schema()
        #expect(schema.model("A")?.relations.isEmpty == true)
        #expect(schema.warnings.map(\.code) == [.unknownName, .leftOut, .leftOut])
    }

    // MARK: What to write instead

    private func message(_ filter: String, _ model: String) throws -> String {
        let schema = try Schema(
            definitions: [
                #"{"name": "Physician", "mixins": {"TimeStamp": true, "Off": false}, "properties": {"name": "string", "notes": "string"}, "relations": {"patients": {"type": "hasMany", "model": "Patient", "through": "Appointment", "foreignKey": "physicianId"}}}"#,
                #"{"name": "Surgeon", "base": "Physician", "mixins": {"Counter": {}}}"#,
                #"{"name": "Patient", "properties": {"name": "string"}}"#,
                #"{"name": "Appointment", "properties": {"date": "date", "secret": "string"}, "hidden": ["secret"], "relations": {"physician": {"type": "belongsTo", "model": "Physician"}, "patient": {"type": "belongsTo", "model": "Patient"}}}"#,
            ].map { try ModelDefinition(json: Array($0.utf8)) })
        do throws(PlannerError) {
            _ = try schema.filter(filter, for: model)
            return ""
        } catch {
            return error.message
        }
    }

    @Test(arguments: [
        (#"{"where": {"name": {"like": "a%", "options": "i"}}}"#, "Physician", #"{"ilike": …}"#),
        (#"{"where": {"name": {"nlike": "a%", "options": "i"}}}"#, "Physician", #"{"nilike": …}"#),
        (#"{"where": {"name": {"regexp": "^a", "flags": "i"}}}"#, "Physician", #"{"regexp": "/…/i"}"#),
        (
            #"{"include": {"relation": "patients", "scope": {"where": {"date": null}}}}"#, "Physician",
            #"{"relation": "patients", "through": {"where": {…}}}"#
        ),
        (#"{"where": {"patients": {"some": {"date": null}}}}"#, "Physician", "a relation to Appointment"),
        (#"{"where": {"notes.x": 1}}"#, "Physician", "TYPE jsonb USING"),
        (#"{"order": "createdAt DESC"}"#, "Physician", "(TimeStamp)"),
        (#"{"where": {"updatedAt": null}}"#, "Surgeon", "(Counter, TimeStamp)"),
        (#"{"fields": ["createdAt"]}"#, "Physician", "(TimeStamp)"),
    ])
    func refusalsSayWhatToWrite(filter: String, model: String, remedy: String) throws {
        let message = try message(filter, model)
        #expect(message.contains(remedy), "\(message)")
    }

    @Test func linksDoNotTellWhatTheyHide() throws {
        let message = try message(
            #"{"include": {"relation": "patients", "scope": {"where": {"secret": 1}}}}"#, "Physician")
        #expect(message == "Patient has no property \"secret\".")
    }

    @Test(arguments: [
        ("^a$/i", "^a$", true), ("a/gi", "a", true), ("/a/m", "a", false), ("a/b", "a/b", false),
        ("/^a$/i", "^a$", true),
        ("a/", "a/", false), ("x/y/g", "x/y", false),
    ])
    func flagsOfRegularExpressions(text: String, expression: String, ignoringCase: Bool) throws {
        let schema = try Schema(definitions: [ModelDefinition("A", properties: [.string("s")])])
        let filter = try schema.filter(#"{"where": {"s": {"regexp": "\#(text)"}}}"#, for: "A")
        guard case .regularExpression(_, let value, let isIgnoring) = filter.condition else {
            Issue.record("\(filter.condition)")
            return
        }
        #expect(value == BoundValue(.text, .text(expression)) && isIgnoring == ignoringCase)
    }
}
