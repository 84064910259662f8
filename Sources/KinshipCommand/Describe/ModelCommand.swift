// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Foundation
import Kinship

/// `kinship model`.
struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Make the file of a new model.",
        discussion: """
            Examples:
              kinship model
              kinship model --name Customer --property name:string --property vip:boolean --dry-run

            What isn't said is asked for, on a terminal. The file is shown, with the SQL that the table needs. A model of an application is \
            listed in its model-config.json as well.
            """)

    @Option(name: .long, help: "What it is called, such as Customer.")
    var name: String?

    @Option(name: .long, help: ArgumentHelp("The model it extends. Default: PersistedModel.", valueName: "model"))
    var base: String?

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "A property and its type, such as name:string; may be repeated. \"kinship property\" says more of one.",
            valueName: "name:type"))
    var property: [String] = []

    @Option(name: .long, help: ArgumentHelp("The plural, for HTTP paths.", valueName: "name"))
    var plural: String?

    @Option(name: .long, help: ArgumentHelp("Its table. Default: the name in lower case.", valueName: "name"))
    var table: String?

    @Option(name: .long, help: ArgumentHelp("A sentence about it.", valueName: "text"))
    var description: String?

    @Option(
        name: .long, help: ArgumentHelp("The folder of the file. Default: that of the other models.", valueName: "dir"),
        completion: .directory)
    var folder: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Of an application: where its records are. Default: where those of most models are.", valueName: "name"))
    var dataSource: String?

    @OptionGroup var options: EditOptions

    func run() async throws {
        let run = try EditRun(options)
        try requireUsableFlags()
        let asks = name == nil && Terminal.canAsk
        guard name != nil || asks else {
            throw GeneratorError(
                .missingFlag, "--name", "It isn't said what the model is called.", remedy: "give --name NAME")
        }
        let folders = try options.models.foldersOrNew()
        let old = try await schema(folders)
        var properties = try property.map { try parsed($0, in: old) }
        try requireDistinct(properties)
        var (name, base) = (self.name ?? "", self.base)
        if asks {
            let dialogue = try Dialogue()
            defer { dialogue.close() }
            name = try await dialogue.ask("What is the model called?") { problem(withName: $0, in: old)?.message }
            if base == nil { base = try await ask(old, dialogue) }
            if properties.isEmpty { properties = try await askProperties(old, dialogue) }
        }
        if let problem = problem(withName: name, in: old) { throw problem }
        let place = ModelPlace(old, folders: folders, given: folder)
        if let odd = try oddDataSource(place), !options.models.quiet {
            await Terminal.say(Warnings.text([odd], for: .standardError))
        }
        let file = place.file(of: name)
        guard !FileManager.default.fileExists(atPath: file) else {
            throw GeneratorError(
                .nameTaken, file, "There is a file of the name.",
                remedy: "name another --folder, or call the model otherwise")
        }
        var edits = [ModelEdit(file: file, path: [], value: json(name, base, properties))]
        if let configuration = place.configuration {
            edits.append(ModelEdit(file: configuration, path: [name], value: try entry(place)))
        }
        try await run.run(edits, in: old, folders: folders, making: name, isAsked: asks)
    }

    private func requireUsableFlags() throws(GeneratorError) {
        if let plural, !ModelName.isWordOfPath(plural) {
            throw GeneratorError(
                .invalidFlag, "--plural", "\"\(plural)\" can't be a word of a path.",
                remedy: "name it with letters, digits, \"-\" and \"_\", such as \"order-items\"")
        }
        if table?.isEmpty == true {
            throw GeneratorError(.invalidFlag, "--table", "It is empty.", remedy: "leave --table out, or name one")
        }
    }

    /// What is odd about the data source that was named; nil for nothing.
    ///
    /// - Throws: ``GeneratorError`` when there can't be such a one.
    private func oddDataSource(_ place: ModelPlace) throws(GeneratorError) -> String? {
        guard let dataSource else { return nil }
        guard place.configuration != nil else {
            throw GeneratorError(
                .invalidFlag, "--data-source",
                "Only models of an application have data sources: there is no model-config.json.",
                remedy: "leave --data-source out, or name the application with --models")
        }
        guard let known = place.dataSources() else {
            return "no datasources.json says whether there is a data source \"\(dataSource)\""
        }
        guard !known.contains(dataSource) else { return nil }
        guard !place.hasScriptedDataSources else {
            return "no datasources.json has a data source \"\(dataSource)\"; a script may make it"
        }
        throw GeneratorError(
            .invalidFlag, "--data-source", "There is no data source \"\(dataSource)\".",
            remedy: known.isEmpty
                ? "describe it in datasources.json first"
                : Suggestion.hint(for: dataSource, among: known, kind: "data sources"))
    }

    private func schema(_ folders: [String]) async throws -> Schema {
        // The first model is made where there is none.
        let isEmpty = folders.allSatisfy { folder in
            let files = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
            return !files.contains { $0.hasSuffix(".json") }
        }
        return try await isEmpty ? Schema(uncheckedScopes: []) : options.models.load()
    }

    // MARK: Answers

    private func problem(withName name: String, in schema: Schema) -> GeneratorError? {
        ModelName.problem(with: name, beside: schema.models.map(\.name), "--name")
    }

    private func parsed(_ text: String, in schema: Schema) throws(GeneratorError) -> PropertyAnswers {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var answers = PropertyAnswers()
        answers.name = parts[0]
        if parts.count == 2 { answers.type = parts[1] }
        if var problem = PropertyAnswers.problem(withName: answers.name, of: nil)
            ?? PropertyAnswers.problem(withType: answers.type, in: schema)
        {
            problem.subject = "--property"
            throw problem
        }
        return answers
    }

    private func requireDistinct(_ properties: [PropertyAnswers]) throws(GeneratorError) {
        var names: Set<String> = []
        for property in properties where !names.insert(property.name.lowercased()).inserted {
            throw GeneratorError(
                .nameTaken, "--property", "Two properties would be called \"\(property.name)\".",
                remedy: "give one of them another name")
        }
    }

    private func ask(_ schema: Schema, _ dialogue: Dialogue) async throws -> String? {
        let own = schema.models.filter { EditedModels.hasFile($0) }.map(\.name).sorted()
        let items =
            [
                ChoiceList.Item(title: "PersistedModel", note: "records in a table"),
                .init(title: "Model", note: "records that are only embedded"),
            ] + own.map { ChoiceList.Item(title: $0) }
        let chosen = try await dialogue.choose("Which model does it extend?", items)
        return chosen == 0 ? nil : items[chosen].title
    }

    private func askProperties(_ schema: Schema, _ dialogue: Dialogue) async throws -> [PropertyAnswers] {
        let questions = PropertyDialogue(dialogue: dialogue, schema: schema)
        var properties: [PropertyAnswers] = []
        while let name = try await questions.name(of: nil, mayBeEmpty: true, taken: Set(properties.map(\.name))) {
            var answers = PropertyAnswers()
            answers.name = name
            try await questions.rest(of: &answers)
            properties.append(answers)
        }
        return properties
    }

    // MARK: What is written

    private func json(_ name: String, _ base: String?, _ properties: [PropertyAnswers]) -> JSONValue {
        var members: [JSONValue.Member] = [.init("name", .string(name))]
        if let plural { members.append(.init("plural", .string(plural))) }
        members.append(.init("base", .string(base ?? "PersistedModel")))
        if let description { members.append(.init("description", .string(description))) }
        if let table { members.append(.init("options", ["postgresql": ["table": .string(table)]])) }
        members.append(.init("properties", .object(properties.map { .init($0.name, $0.json) })))
        members.append(.init("relations", .object([])))
        return .object(members)
    }

    /// What `model-config.json` says of it.
    private func entry(_ place: ModelPlace) throws(GeneratorError) -> JSONValue {
        guard let source = dataSource ?? place.dataSource() else {
            throw GeneratorError(
                .missingFlag, "--data-source", "It isn't said where the records are.",
                remedy: "give --data-source NAME, one of datasources.json")
        }
        return ["dataSource": .string(source), "public": .bool(true)]
    }
}
