// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Testing

/// hasAndBelongsToMany there and back goes by the same links, whichever of the two is written first.
@Suite struct LinkedPairTests {
    private func project(_ note: String, _ patient: String = "", visit: Bool = false) throws -> Tool {
        var tool = Tool()
        var files = [
            "note.json": #"{"name": "Note", "properties": {"text": "string"}, "relations": {\#(note)}}"#,
            "patient.json": #"{"name": "Patient", "properties": {"name": "string"}, "relations": {\#(patient)}}"#,
        ]
        if visit {
            files["visit.json"] =
                #"{"name": "Visit", "relations": {"note": {"type": "belongsTo", "model": "Note"}, "patient": {"type": "belongsTo", "model": "Patient"}}}"#
        }
        tool.directory = try SmallShop.folder(of: files)
        tool.environment = ["KINSHIP_MODELS": "."]
        return tool
    }

    private func link(_ tool: Tool, _ model: String, _ relation: String) throws -> String? {
        let schema = try SchemaLoader.load(directory: tool.directory)
        return schema.model(model)?.relation(relation)?.through.map { schema[$0.model].name }
    }

    private func written(_ tool: Tool, _ file: String, _ relation: String) throws -> String? {
        let data = try #require(FileManager.default.contents(atPath: tool.directory + "/" + file))
        return try JSONValue(parsing: Array(data))["relations"]?[relation]?.description
    }

    /// The relation that is there, what it goes by, and what names that in the relation back.
    @Test(arguments: [
        ("", "NotePatient", #","throughTable":"NotePatient""#),
        (#", "throughTable": "visits""#, "visits", #","throughTable":"visits""#),
        (#", "through": "Visit""#, "Visit", #","through":"Visit""#),
    ]) func theRelationBackKeepsTheLinks(given: String, link name: String, written text: String) async throws {
        let tool = try project(
            #""patients": {"type": "hasAndBelongsToMany", "model": "Patient"\#(given)}"#, visit: true)
        #expect(try link(tool, "Note", "patients") == name)
        let made = try await tool.run([
            "relation", "--from", "Patient", "--type", "hasAndBelongsToMany", "--to", "Note",
        ])
        #expect(made.status == 0 && made.output.contains("-- Nothing to do."), "\(made.output) \(made.errors)")
        #expect(
            try written(tool, "patient.json", "notes")
                == #"{"type":"hasAndBelongsToMany","model":"Note"\#(text)}"#)
        #expect(try link(tool, "Note", "patients") == name && link(tool, "Patient", "notes") == name)
        let check = try await tool.run(["check", "--strict", "--offline"])
        #expect(check.status == 0, "\(check.output)")
    }

    /// The model that is loaded last gives its name first: its relation alone is called so already.
    @Test func whatNeedsNoNameHasNone() async throws {
        let tool = try project("", #""notes": {"type": "hasAndBelongsToMany", "model": "Note"}"#)
        let made = try await tool.run([
            "relation", "--from", "Note", "--type", "hasAndBelongsToMany", "--to", "Patient",
        ])
        #expect(made.status == 0 && made.output.contains("-- Nothing to do."), "\(made.output) \(made.errors)")
        #expect(
            try written(tool, "note.json", "patients") == #"{"type":"hasAndBelongsToMany","model":"Patient"}"#)
        #expect(try link(tool, "Note", "patients") == "PatientNote")
    }

    @Test func aFurtherRelationAndItsInverseKeepThemToo() async throws {
        let tool = try project(#""patients": {"type": "hasAndBelongsToMany", "model": "Patient"}"#)
        let made = try await tool.run([
            "relation", "--from", "Note", "--type", "hasAndBelongsToMany", "--to", "Patient", "--name", "readers",
            "--inverse", "read",
        ])
        #expect(made.status == 0 && made.output.contains("-- Nothing to do."), "\(made.output) \(made.errors)")
        for (model, relation) in [("Note", "patients"), ("Note", "readers"), ("Patient", "read")] {
            #expect(try link(tool, model, relation) == "NotePatient", "\(model).\(relation)")
        }
    }

    @Test func whichOfSeveralLinksIsAsked() async throws {
        let tool = try project(
            #""patients": {"type": "hasAndBelongsToMany", "model": "Patient"}, "readers": {"type": "hasAndBelongsToMany", "model": "Patient", "throughTable": "reading"}"#
        )
        let flags = ["relation", "--from", "Patient", "--type", "hasAndBelongsToMany", "--to", "Note"]
        let outcome = try await tool.run(flags)
        #expect(outcome.status == 64 && outcome.errors.contains("MISSING_FLAG at --through"), "\(outcome.errors)")
        #expect(outcome.errors.contains("give --through NotePatient or reading"), "\(outcome.errors)")
        let made = try await tool.run(flags + ["--through", "reading"])
        #expect(made.status == 0 && made.output.contains("-- Nothing to do."), "\(made.output) \(made.errors)")
        #expect(
            try written(tool, "patient.json", "notes")
                == #"{"type":"hasAndBelongsToMany","model":"Note","throughTable":"reading"}"#)
    }

    @Test func linksThatDifferAreToldOf() async throws {
        let tool = try project(
            #""patients": {"type": "hasAndBelongsToMany", "model": "Patient", "throughTable": "visits"}"#,
            #""notes": {"type": "hasAndBelongsToMany", "model": "Note"}"#)
        let outcome = try await tool.run(["check", "--offline"])
        #expect(outcome.status == 0 && outcome.lines.count == 2, "\(outcome.output)")
        #expect(outcome.output.contains("[SPLIT_LINKS]") && outcome.output.contains("patient.json: relations.notes"))
        #expect(
            outcome.output.contains("PatientNote (table patientnote)")
                && outcome.output.contains("visits (table visits)"), "\(outcome.output)")
    }
}
