// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Testing

@testable import KinshipCommand

/// Each form of relation that the dialogue offers, typed through from the first question to the files.
@Suite struct RelationFormTests {
    private static let enter = "\r"
    /// Empties a line.
    private static let anew = "\u{15}"

    /// A form, what is asked and answered after it was chosen, and what is written.
    struct Walk: Sendable, CustomTestStringConvertible {
        /// Its title.
        var form: String
        var source: String
        var answers: [(String, String)]
        var written: [String: String]

        var testDescription: String { form }
    }

    private static func to(_ model: String) -> (String, String) { ("Which model does it lead to?", model + enter) }
    private static func named(_ proposal: String) -> (String, String) { ("What is it called? \(proposal)", enter) }
    private static func key(_ owner: String, _ key: String) -> (String, String) {
        ("Which key of \(owner)?", key + enter)
    }
    private static func linkKey(_ link: String, _ model: String, _ key: String) -> (String, String) {
        ("Which key of \(link) leads to \(model)?", key + enter)
    }
    private static let options = ("Options?", enter)
    private static let back = ("The relation back as well?", enter)
    private static let noWayBack = ("The relation back as well?", "no" + enter)
    private static func named(_ proposal: String, at model: String) -> (String, String) {
        ("What is it called at \(model)? \(proposal)", enter)
    }
    private static func word(_ word: String) -> (String, String) {
        ("Which word do its key and type begin with?", word + enter)
    }

    static let walks = [
        Walk(
            form: "belongsTo", source: "Order",
            answers: [
                to("Customer"), named("customer"), key("Order", "customerId"), options, back,
                named("orders", at: "Customer"),
            ],
            written: [
                "Order.customer": #"{"type":"belongsTo","model":"Customer","foreignKey":"customerId"}"#,
                "Customer.orders": #"{"type":"hasMany","model":"Order","foreignKey":"customerId"}"#,
            ]),
        Walk(
            form: "hasMany", source: "Customer",
            answers: [
                to("Order"), named("orders"), key("Order", "customerId"), options, back, named("customer", at: "Order"),
            ],
            written: [
                "Customer.orders": #"{"type":"hasMany","model":"Order","foreignKey":"customerId"}"#,
                "Order.customer": #"{"type":"belongsTo","model":"Customer","foreignKey":"customerId"}"#,
            ]),
        Walk(
            form: "hasOne", source: "Customer",
            answers: [to("Order"), named("order"), key("Order", "customerId"), options, noWayBack],
            written: ["Customer.order": #"{"type":"hasOne","model":"Order","foreignKey":"customerId"}"#]),
        Walk(
            form: "hasManyThrough", source: "Physician",
            answers: [
                to("Patient"), ("Which model links them?", enter), named("patients"),
                linkKey("Appointment", "Physician", "doctorId"), linkKey("Appointment", "Patient", "patientId"),
                options,
                back, named("physicians", at: "Patient"),
            ],
            written: [
                "Physician.patients":
                    #"{"type":"hasMany","model":"Patient","through":"Appointment","foreignKey":"doctorId","keyThrough":"patientId"}"#,
                "Patient.physicians":
                    #"{"type":"hasMany","model":"Physician","through":"Appointment","foreignKey":"patientId","keyThrough":"doctorId"}"#,
            ]),
        Walk(
            form: "hasAndBelongsToMany", source: "Patient",
            answers: [to("Note"), named("notes"), options, back, named("patients", at: "Note")],
            written: [
                "Patient.notes": #"{"type":"hasAndBelongsToMany","model":"Note"}"#,
                "Note.patients": #"{"type":"hasAndBelongsToMany","model":"Patient"}"#,
            ]),
        Walk(
            form: "referencesMany", source: "Customer",
            answers: [
                to("Order"), ("What is it called? orders", anew + "favourites" + enter),
                ("Which property has the keys? orderIds", enter), options,
            ],
            written: ["Customer.favourites": #"{"type":"referencesMany","model":"Order","foreignKey":"orderIds"}"#]),
        Walk(
            form: "embedsOne", source: "Customer",
            answers: [to("Address"), named("address"), ("Which property keeps them?", enter), options],
            written: ["Customer.address": #"{"type":"embedsOne","model":"Address"}"#]),
        Walk(
            form: "embedsMany", source: "Customer",
            answers: [
                to("Address"), named("addresses"), ("Which property keeps them?", "homeList" + enter), options,
            ],
            written: ["Customer.addresses": #"{"type":"embedsMany","model":"Address","property":"homeList"}"#]),
        Walk(
            form: "belongsTo, polymorphic", source: "Note",
            answers: [("What is it called?", "noteable" + enter), options],
            written: ["Note.noteable": #"{"type":"belongsTo","polymorphic":true}"#]),
        Walk(
            form: "hasMany, polymorphic", source: "Customer",
            answers: [to("Note"), word("noteable"), named("notes"), options, back],
            written: [
                "Customer.notes": #"{"type":"hasMany","model":"Note","polymorphic":"noteable"}"#,
                "Note.noteable": #"{"type":"belongsTo","polymorphic":true}"#,
            ]),
        Walk(
            form: "hasOne, polymorphic", source: "Customer",
            answers: [
                to("Picture"), word("subject"), ("What is it called? picture", anew + "face" + enter), options, back,
            ],
            written: [
                "Customer.face": #"{"type":"hasOne","model":"Picture","polymorphic":"subject"}"#,
                "Picture.subject": #"{"type":"belongsTo","polymorphic":true}"#,
            ]),
        Walk(
            form: "hasManyThrough, polymorphic", source: "Customer",
            answers: [
                to("Picture"), ("Which model links them?", "PictureLink" + enter), word("owner"), named("pictures"),
                linkKey("PictureLink", "Picture", "pictureId"), options, back, named("customers", at: "Picture"),
            ],
            written: [
                "Customer.pictures":
                    #"{"type":"hasMany","model":"Picture","through":"PictureLink","polymorphic":"owner","keyThrough":"pictureId"}"#,
                "Picture.customers":
                    #"{"type":"hasMany","model":"Customer","through":"PictureLink","polymorphic":"owner","invert":true,"foreignKey":"pictureId"}"#,
            ]),
        Walk(
            form: "hasManyThrough, polymorphic, inverted", source: "Picture",
            answers: [
                to("Customer"), ("Which model links them?", "PictureLink" + enter), word("owner"), named("customers"),
                linkKey("PictureLink", "Picture", "pictureId"), options, back, named("pictures", at: "Customer"),
            ],
            written: [
                "Picture.customers":
                    #"{"type":"hasMany","model":"Customer","through":"PictureLink","polymorphic":"owner","invert":true,"foreignKey":"pictureId"}"#,
                "Customer.pictures":
                    #"{"type":"hasMany","model":"Picture","through":"PictureLink","polymorphic":"owner","keyThrough":"pictureId"}"#,
            ]),
    ]

    @Test func eachFormIsWalkedThrough() {
        #expect(Self.walks.map(\.form) == RelationForm.allCases.map(\.title))
    }

    @Test(arguments: walks) func aFormIsAskedFor(_ walk: Walk) async throws {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: RelationCase.models)
        tool.environment = ["KINSHIP_MODELS": "."]
        let session = try TerminalSession(tool, ["relation"], columns: 120, rows: 40)
        #expect(await session.shows("Which model gets the relation?"))
        session.type(walk.source + Self.enter)
        #expect(await session.shows("Which kind of relation?"))
        let place = try #require(RelationForm.allCases.firstIndex { $0.title == walk.form })
        session.type(String(repeating: "\u{1B}[B", count: place))
        // What is chosen is explained.
        #expect(await session.shows("> \(walk.form)"), "\(session.screen.text)")
        #expect(
            await session.shows(RelationForm.allCases[place].explanation(of: walk.source)[1]), "\(session.screen.text)")
        session.type(Self.enter)
        for (question, answer) in walk.answers + [("Write the files?", Self.enter)] {
            #expect(await session.shows(question), "\(question) of \(session.screen.text)")
            session.type(answer)
        }
        #expect(await session.status() == 0, "\(session.screen.text)")
        #expect(session.isPlain)
        let schema = try SchemaLoader.load(directory: tool.directory)
        var relations: [String: String] = [:]
        for (file, before) in RelationCase.models {
            let path = tool.directory + "/" + file
            let json = try JSONValue(parsing: Array(try #require(FileManager.default.contents(atPath: path))))
            let former = try JSONValue(parsing: Array(before.utf8))
            for relation in json["relations"]?.members ?? [] where former["relations"]?[relation.key] == nil {
                relations["\(json["name"]?.text ?? "").\(relation.key)"] = relation.value.description
            }
        }
        #expect(relations == walk.written)
        for name in walk.written.keys {
            let parts = name.split(separator: ".").map(String.init)
            #expect(schema.model(parts[0])?.relation(parts[1]) != nil)
        }
    }
}
