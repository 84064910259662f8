// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship

/// `kinship property`.
struct PropertyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "property",
        abstract: "Add a property to a model's file, or remove it.",
        discussion: """
            Examples:
              kinship property
              kinship property --model Customer --name email --type string --unique --dry-run
              kinship property --model Customer --remove email

            What isn't said is asked for, on a terminal. The change is shown as a diff, with the SQL that the table needs for it.
            """)

    @Option(
        name: .long, help: ArgumentHelp("The model that gets the property.", valueName: "model"),
        completion: .custom { words, _, _ in ModelCompletion.names(words) })
    var model: String?

    @Option(name: .long, help: "What it is called.")
    var name: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "string, number, boolean, date, object, geopoint, buffer, any, or a model's name; '[string]' for a list.",
            valueName: "type"),
        completion: .list(PropertyAnswers.types))
    var type: String?

    @Flag(name: .long, help: "Records must have a value.")
    var required = false

    @Flag(name: .long, help: "It is the key.")
    var id = false

    @Flag(name: .long, help: "The database makes the value.")
    var generated = false

    @Flag(name: .long, help: "It has an index.")
    var index = false

    @Flag(name: .long, help: "No two records have the same value.")
    var unique = false

    @Flag(name: .long, help: "It never leaves the process.")
    var hidden = false

    @Option(
        name: .customLong("default"),
        help: ArgumentHelp(
            "The value of records that give none: JSON, of a string the text itself.", valueName: "value"))
    var defaultValue: String?

    @Option(
        name: .long,
        help: ArgumentHelp("What makes that value: guid, uuid, uuidv4, now, shortid or nanoid.", valueName: "function"),
        completion: .list(["guid", "uuid", "uuidv4", "now", "shortid", "nanoid"]))
    var defaultFn: String?

    @Option(name: .long, help: ArgumentHelp("How long texts may be.", valueName: "letters"))
    var length: Int?

    @Option(name: .long, help: ArgumentHelp("A sentence about it.", valueName: "text"))
    var description: String?

    @Option(name: .long, help: ArgumentHelp("Its column. Default: the name in lower case.", valueName: "name"))
    var column: String?

    @Option(name: .long, help: ArgumentHelp("The column's type, such as numeric(10,2).", valueName: "type"))
    var dataType: String?

    @Option(name: .long, help: ArgumentHelp("Removes the property of this name from the model.", valueName: "name"))
    var remove: String?

    @OptionGroup var options: EditOptions

    func run() async throws {
        let run = try EditRun(options)
        if let remove { return try await take(remove, away: run) }
        let asks = (model == nil || name == nil || type == nil) && Terminal.canAsk
        if !asks { try requireFlags() }
        let schema = try await options.models.load()
        var answers = try given()
        var owner = try model.map { try schema.requiredModel($0, "--model") }
        if let type, let problem = PropertyAnswers.problem(withType: type, in: schema) { throw problem }
        if asks {
            let dialogue = try Dialogue()
            defer { dialogue.close() }
            let questions = PropertyDialogue(dialogue: dialogue, schema: schema)
            if owner == nil { owner = try await questions.model("Which model gets the property?") }
            if name == nil { answers.name = try await questions.name(of: owner, mayBeEmpty: false) ?? "" }
            try await questions.rest(of: &answers, knowsType: type != nil)
        }
        guard let owner else { return }
        if let problem = PropertyAnswers.problem(withName: answers.name, of: owner) { throw problem }
        let edit = ModelEdit(model: owner.name, path: ["properties", answers.name], value: answers.json)
        try await run.run([edit], in: schema, isAsked: asks)
    }

    private func take(_ name: String, away run: EditRun) async throws {
        try MemberRemoval.requireAlone([
            ("--name", self.name != nil), ("--type", type != nil), ("--required", required), ("--id", id),
            ("--generated", generated), ("--index", index), ("--unique", unique), ("--hidden", hidden),
            ("--default", defaultValue != nil), ("--default-fn", defaultFn != nil), ("--length", length != nil),
            ("--description", description != nil), ("--column", column != nil), ("--data-type", dataType != nil),
        ])
        let schema = try await options.models.load()
        let removal = try MemberRemoval(.property, name, of: model, "the property", in: schema)
        try await run.run(removal, in: schema)
    }

    private func requireFlags() throws(GeneratorError) {
        for (value, flag, what) in [
            (model, "--model", "which model gets the property"), (name, "--name", "what the property is called"),
            (type, "--type", "of which type the property is"),
        ] where value == nil {
            throw GeneratorError(.missingFlag, flag, "It isn't said \(what).", remedy: "give \(flag)")
        }
    }

    private func given() throws(GeneratorError) -> PropertyAnswers {
        for (value, flag) in [(column, "--column"), (dataType, "--data-type")] where value?.isEmpty == true {
            throw GeneratorError(.invalidFlag, flag, "It is empty.", remedy: "leave \(flag) out, or say what it is")
        }
        if let length, length < 1 || length > 10_485_760 {
            throw GeneratorError(
                .invalidFlag, "--length", "PostgreSQL's texts are limited to 1 up to 10485760 letters.",
                remedy: "leave --length out where texts may be as long as they like")
        }
        var answers = PropertyAnswers()
        answers.name = name ?? ""
        answers.type = type ?? answers.type
        (answers.isRequired, answers.isKey, answers.isGenerated) = (required, id, generated)
        (answers.isIndexed, answers.isUnique, answers.isHidden) = (index, unique, hidden)
        if let defaultValue { answers.defaultValue = try PropertyAnswers.value(defaultValue, of: answers.type) }
        (answers.defaultFunction, answers.length, answers.summary) = (defaultFn, length, description)
        (answers.column, answers.dataType) = (column, dataType)
        return answers
    }
}
