// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import KinshipMigration

/// Models that ask for less than before.
@Suite struct LooserModelsTests {
    private static func desired(_ models: [ModelDefinition]) throws -> DesiredTables {
        try DesiredTables(for: Schema(uncheckedScopes: models))
    }

    /// Models before and after, and the columns of `badge` that are unique no more.
    private static var changes: [(before: [ModelDefinition], after: [ModelDefinition], columns: [String])] {
        var unique = PropertyDefinition("code", .string)
        unique.isUnique = true
        var both = unique
        both.isIndexed = true
        var indexed = PropertyDefinition("code", .string)
        indexed.isIndexed = true
        func badge(_ property: PropertyDefinition) -> [ModelDefinition] {
            [ModelDefinition("Badge", properties: [.id(), property])]
        }
        func person(_ kind: RelationKind, isPolymorphic: Bool) -> [ModelDefinition] {
            var relation = RelationDefinition("badge", kind, model: "Badge")
            if isPolymorphic { relation.polymorphic = .selector("owner") } else { relation.foreignKey = ["personId"] }
            return badge(.string("name")) + [ModelDefinition("Person", properties: [.id()], relations: [relation])]
        }
        return [
            (badge(unique), badge(indexed), ["code"]), (badge(both), badge(indexed), ["code"]),
            (person(.hasOne, isPolymorphic: false), person(.hasMany, isPolymorphic: false), ["personid"]),
            (person(.hasOne, isPolymorphic: true), person(.hasMany, isPolymorphic: true), ["ownertype", "ownerid"]),
        ]
    }

    @Test func whatModelsWantOnceNoMoreMayBeThereTwice() throws {
        for change in Self.changes {
            let place: Comment = "\(change.columns)"
            let (old, new) = (try Self.desired(change.before).catalog, try Self.desired(change.after))
            let plan = MigrationPlan(from: old, to: new, known: old)
            #expect(plan.problems.isEmpty && plan.unmanaged.isEmpty, place)
            let made = old.applying(plan)
            #expect(CatalogShape(made) == CatalogShape(new.catalog), "\(place): \(plan.lines)")
            let table = try #require(made.tables[.init("public", "badge")])
            #expect(!table.isUnique(change.columns) && table.hasIndex(on: change.columns), place)
            #expect(MigrationPlan(from: made, to: new, known: new.catalog).steps.isEmpty, place)
        }
    }

    @Test func whatAPersonMadeUniqueStaysSo() throws {
        for change in Self.changes {
            let (old, new) = (try Self.desired(change.before).catalog, try Self.desired(change.after))
            let plan = MigrationPlan(from: old, to: new)
            #expect(plan.steps.isEmpty && plan.problems.isEmpty && plan.unmanaged.isEmpty, "\(plan.lines)")
        }
    }

    @Test func documentsAndListsBecomeWhatTheirTextIs() {
        func using(_ old: String, _ new: String) -> String? { TypeConversion.using("p", from: old, to: new) }
        #expect(using("jsonb", "integer") == #""p"::integer"#)
        #expect(using("jsonb", "boolean") == #""p"::boolean"#)
        #expect(using("jsonb", "uuid") == #"("p" #>> '{}')::uuid"#)
        #expect(using("jsonb", "timestamp with time zone") == #"("p" #>> '{}')::timestamp with time zone"#)
        // Without the casts that jsonb has.
        #expect(using("json", "integer") == #"("p" #>> '{}')::integer"#)
        #expect(using("jsonb", "json") == #""p"::json"#)
        #expect(using("jsonb", "text") == nil)
        // Nor is a list of texts one.
        #expect(using("text[]", "jsonb") == #"to_jsonb("p")"#)
        #expect(using("text[]", "uuid") == #""p"::text::uuid"#)
        #expect(using("integer", "text[]") == #""p"::text::text[]"#)
        #expect(using("text", "text[]") == #""p"::text[]"#)
        #expect(using("text[]", "text") == nil)
    }

    @Test func aListOfKeysHoldsNoRecords() {
        #expect(!PropertyKind.array(of: .model("Line")).isKept(in: "bigint[]"))
        #expect(!PropertyKind.object.isKept(in: "integer[]"))
        #expect(!PropertyKind.object.isKept(in: "text[]"))
        #expect(PropertyKind.array(of: .model("Line")).isKept(in: "jsonb"))
        #expect(PropertyKind.array(of: .model("Line")).isKept(in: "text"))
        #expect(PropertyKind.array(of: .number).isKept(in: "integer[]"))
        #expect(PropertyKind.any.isKept(in: "bigint[]"))
    }
}
