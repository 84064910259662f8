// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import Testing

/// What models ask for beyond the cases that were captured.
@Suite struct DesiredTablesTests {
    private func desired(_ models: String..., change: (inout DesiredTables.Options) -> Void = { _ in }) throws
        -> DesiredTables
    {
        var options = DesiredTables.Options()
        change(&options)
        let definitions = try models.map { try ModelDefinition(json: Array($0.utf8)) }
        return try DesiredTables(for: Schema(uncheckedScopes: definitions), options: options)
    }

    private func table(_ desired: DesiredTables, _ name: String) throws -> TableCatalog.Table {
        try #require(desired.catalog.tables[.init("public", name)])
    }

    @Test func modelsThatShareATableAskForWhatBothHave() throws {
        let result = try desired(
            #"{"name": "Animal", "options": {"postgresql": {"table": "animal"}}, "properties": {"name": {"type": "string", "required": true}, "legs": {"type": "number", "required": true}}}"#,
            #"{"name": "Fish", "options": {"postgresql": {"table": "animal"}}, "properties": {"name": {"type": "string", "required": true}, "depth": {"type": "number", "required": true}}}"#
        )
        let animal = try table(result, "animal")
        #expect(animal.columns.filter(\.isNullable).map(\.name).sorted() == ["depth", "legs"])
        #expect(animal.primaryKey == ["id"])
    }

    @Test func oneColumnHasOneType() throws {
        let error = #expect(throws: MigrationError.self) {
            try desired(
                #"{"name": "A", "options": {"postgresql": {"table": "t"}}, "properties": {"x": {"type": "string"}}}"#,
                #"{"name": "B", "options": {"postgresql": {"table": "t"}}, "properties": {"x": {"type": "number"}}}"#)
        }
        #expect(error?.problems.map(\.code) == [.definition])
        #expect(error?.problems.first?.subject == "B.x")
    }

    @Test func whatIndexesAndKeysNameHasToBeThere() throws {
        let error = #expect(throws: MigrationError.self) {
            try desired(
                #"{"name": "A", "indexes": {"i": {"keys": {"nope": 1}}}, "foreignKeys": {"f": {"entity": "Nobody", "foreignKey": "id"}, "g": {"entity": "A", "foreignKey": "nope"}}}"#
            )
        }
        #expect(error?.problems.map(\.subject) == ["A.i", "A.f", "A.g"])
    }

    @Test func indexesOfOneNameInTwoTables() throws {
        let result = try desired(
            #"{"name": "A", "properties": {"x": "string"}, "indexes": {"by_x": {"keys": {"x": 1}}}}"#,
            #"{"name": "B", "properties": {"x": "string"}, "indexes": {"by_x": {"keys": {"x": -1}}}}"#)
        #expect(try table(result, "a").indexes.map(\.name) == ["by_x"])
        #expect(try table(result, "b").indexes.map(\.name) == ["b_by_x"])
    }

    @Test func typesOfKeysFollowWhatTheyPointAt() throws {
        let result = try desired(
            #"{"name": "Root", "properties": {"code": {"type": "string", "id": true, "postgresql": {"dataType": "varchar", "dataLength": 8}}}}"#,
            #"{"name": "Middle", "properties": {"rootCode": {"type": "string", "id": true}}, "relations": {"root": {"type": "belongsTo", "model": "Root", "foreignKey": "rootCode"}}}"#,
            #"{"name": "Leaf", "properties": {"middleId": "number"}, "relations": {"middle": {"type": "belongsTo", "model": "Middle", "foreignKey": "middleId"}, "roots": {"type": "referencesMany", "model": "Root"}}}"#
        )
        let leaf = try table(result, "leaf")
        #expect(leaf.column("middleid")?.type == "character varying(8)")
        #expect(leaf.columns.contains { $0.type == "character varying(8)[]" || $0.type == "character varying[]" })
        #expect(leaf.foreignKeys.map(\.targetColumns) == [["rootcode"]])
    }

    /// Tokens that belong to a model that extends another one have a key to that alone, though both have relations to them.
    @Test func aKeyRefersToWhomItsModelSays() throws {
        let tokens = #""tokens": {"type": "hasMany", "model": "Token", "foreignKey": "userId"}"#
        let models = [
            #"{"name": "Account", "properties": {"id": {"type": "number", "id": true}}, "relations": {\#(tokens)}}"#,
            #"{"name": "Member", "base": "Account", "properties": {"id": {"type": "string", "id": true, "postgresql": {"dataType": "uuid"}}}, "relations": {\#(tokens)}}"#,
        ]
        let token =
            #"{"name": "Token", "properties": {"id": {"type": "string", "id": true}}, "relations": {"user": {"type": "belongsTo", "model": "Member"}}}"#
        for order in [[models[0], models[1], token], [token, models[1], models[0]]] {
            let made = try table(desired(order[0], order[1], order[2]), "token")
            #expect(made.foreignKeys.map(\.target.name) == ["member"])
            #expect(made.column("userid")?.type == "uuid")
        }
        // Where the tokens say nothing, both are told.
        let silent = #"{"name": "Token", "properties": {"id": {"type": "string", "id": true}, "userId": "number"}}"#
        let both = models.map {
            $0.replacing(#""string", "id": true, "postgresql": {"dataType": "uuid"}"#, with: #""number", "id": true"#)
        }
        let open = try table(desired(both[0], both[1], silent), "token")
        #expect(open.foreignKeys.map(\.target.name).sorted() == ["account", "member"])
    }

    @Test func aModelThatIsOnlyExtendedHasNoTable() throws {
        let result = try desired(
            #"{"name": "Base", "abstract": true, "properties": {"x": "string"}}"#, #"{"name": "Own", "base": "Base"}"#)
        #expect(result.catalog.tables.keys.map(\.name) == ["own"])
        #expect(try table(result, "own").columns.map(\.name).sorted() == ["id", "x"])
    }

    @Test func kindsAreCheckedUnlessTheyAreNot() throws {
        let models = [
            #"{"name": "Picture", "relations": {"imageable": {"type": "belongsTo", "polymorphic": true}}}"#,
            #"{"name": "Cat", "relations": {"picture": {"type": "hasOne", "model": "Picture", "polymorphic": "imageable"}}}"#,
        ]
        let checked = try table(desired(models[0], models[1]), "picture")
        #expect(checked.checks.map(\.rule) == [.oneOf(column: "imageabletype", values: ["Cat"], areNumbers: false)])
        #expect(checked.uniques.map { Set($0.columns) } == [["imageabletype", "imageableid"]])
        let open = try table(desired(models[0], models[1]) { $0.checksKinds = false }, "picture")
        #expect(open.checks.isEmpty)
    }

    @Test func typesAreWrittenAsTheServerWritesThem() throws {
        let result = try desired(
            #"{"name": "T", "properties": {"a": {"type": "date", "postgresql": {"dataType": "timestamp(3)"}}, "b": {"type": "date", "postgresql": {"dataType": "TIMESTAMPTZ(0)"}}, "c": {"type": "string", "postgresql": {"dataType": "varchar(5)[]"}}, "d": {"type": "string", "postgresql": {"dataType": "bit(8)"}}, "e": {"type": "number", "precision": 8}, "f": {"type": "date", "default": "now"}}}"#
        )
        let columns = try table(result, "t").columns
        #expect(
            columns.filter { $0.name != "id" }.map(\.type) == [
                "timestamp(3) without time zone", "timestamp(0) with time zone", "character varying(5)[]", "bit(8)",
                "numeric(8,0)", "timestamp with time zone",
            ])
        #expect(columns.last?.filling == .expression("now()"))
    }

    private static let note =
        #"{"name": "Note", "relations": {"patients": {"type": "hasAndBelongsToMany", "model": "Patient"$}}}"#
    private static let patient =
        #"{"name": "Patient", "relations": {"notes": {"type": "hasAndBelongsToMany", "model": "Note"$}}}"#

    /// Links that a relation back would call otherwise aren't lost by following what is said of it.
    @Test func linksOfAnotherNameAreKept() throws {
        let plain = (Self.note.replacing("$", with: ""), Self.patient.replacing("$", with: ""))
        let before = try desired(plain.0, #"{"name": "Patient"}"#).catalog
        #expect(before.tables[.init("public", "notepatient")] != nil)
        let plan = MigrationPlan(from: before, to: try desired(plain.0, plain.1), known: before)
        #expect(plan.problems.map(\.code) == [.loss] && plan.problems.map(\.subject) == ["notepatient"])
        let message = try #require(plan.problems.first?.message)
        #expect(message.contains(#""patientnote", which has the same columns"#), "\(message)")
        #expect(message.contains(#""throughTable": "notepatient" in the relations of both models"#), "\(message)")
        #expect(message.contains("--rename notepatient=PatientNote"), "\(message)")
        // Both ways keep the rows.
        let renamed = try desired(plain.0, plain.1) { $0.renames["notepatient"] = "PatientNote" }
        let renaming = MigrationPlan(from: before, to: renamed, known: before)
        #expect(renaming.problems.isEmpty && renaming.steps.contains { $0.description.contains("RENAME TO") })
        #expect(renaming.steps.allSatisfy { $0.loss == nil && !$0.description.contains("CREATE TABLE") })
        let named = [Self.note, Self.patient].map { $0.replacing("$", with: #", "throughTable": "notepatient""#) }
        let kept = MigrationPlan(from: before, to: try desired(named[0], named[1]), known: before)
        #expect(kept.problems.isEmpty && kept.steps.isEmpty, "\(kept.description)")
        // Where nothing looks the same, the message is as it was.
        let gone = MigrationPlan(
            from: before, to: try desired(#"{"name": "Note"}"#, #"{"name": "Patient"}"#), known: before)
        #expect(gone.problems.first?.message.contains("\"renamedFrom\"") == true)
    }
}
