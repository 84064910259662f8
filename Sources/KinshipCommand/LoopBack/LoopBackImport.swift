// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship

/// What is read of a LoopBack project.
struct LoopBackImport {
    /// `model-config.json`, with its variants.
    let configuration: JSONValue
    let models: LoopBackModels
    let sources: [ImportedSource]
    private let settings: ImportedSettings
    private let mixinSources: [String]?
    private var notes: [String] = []

    /// Reads all of it.
    ///
    /// - Throws: ``Failure`` with every file that can't be read, before anything is written.
    init(_ project: inout LoopBackProject) throws {
        let configuration = project.settings("model-config")
        var read = ModelConfiguration()
        if let json = configuration.json {
            do {
                read = try ModelConfiguration(json, file: project.server + "/model-config.json")
            } catch {
                for problem in error.problems {
                    let file = configuration.files.first ?? "model-config.json"
                    project.note("\(file): \(problem.path.map { "\($0): " } ?? "")\(problem.message)")
                }
            }
        }
        models = LoopBackModels(&project, read)
        let dataSources = project.settings("datasources")
        sources = (dataSources.json?.members ?? []).filter { $0.value.members != nil }.map {
            ImportedSource($0.key, $0.value)
        }
        var settings = ImportedSettings()
        let own = project.settings("config")
        if let json = own.json { settings.readConfiguration(json, own.files.first ?? "") }
        let middleware = project.settings("middleware")
        if let json = middleware.json { settings.readMiddleware(json, middleware.files.first ?? "") }
        let components = project.settings("component-config")
        if let json = components.json { settings.readComponents(json, components.files.first ?? "") }
        self.settings = settings
        self.configuration = configuration.json ?? .object([])
        mixinSources = configuration.json?["_meta"]?["mixins"]?.elements?.compactMap(\.text)
        for kind in [configuration, dataSources, own, middleware, components] {
            for file in kind.scripts { notes.append("\(file) is code, so what it says doesn't count here") }
            for file in kind.others {
                notes.append("\(file) is of another environment, and doesn't count: --env names the one that does")
            }
        }
        notes += models.missing
        for file in models.skipped { notes.append("\(file) holds no model, and isn't copied") }
        guard project.problems.isEmpty else {
            throw Failure(
                .data,
                project.problems.count == 1
                    ? "A file of the project can't be read, so nothing was written."
                    : "\(project.problems.count) files of the project can't be read, so nothing was written.",
                details: project.problems.map { "- \($0)" }, remedy: "correct them, and import again")
        }
    }

    /// The report.
    ///
    /// - Parameter draft: where the models have been written to.
    func report(_ project: LoopBackProject, at draft: String) -> ImportReport {
        var report = ImportReport(project: project.given, target: draft)
        let search = LeftWorkSearch(project, models, mixinSources: mixinSources, named: settings.scripts)
        (report.works, report.emptyScripts) = (search.works, search.emptyScripts)
        (report.sources, report.settings, report.notes) = (sources, settings, notes)
        func shown(_ text: String) -> String { text.replacing(draft + "/", with: "") }
        do {
            report.take(try SchemaLoader.load(application: draft), shown)
        } catch {
            report.problems = error.problems.map { shown("\($0)") }
            if let schema = try? SchemaLoader.load(application: draft, leniency: .lenient) {
                report.take(schema, shown)
                report.warnings = []
            } else {
                report.models = models.files.map {
                    ImportReport.Model(
                        name: $0.name, file: "models/\($0.newName)", place: "", isPublic: true, relations: 0)
                }
            }
        }
        return report
    }
}

extension ImportReport {
    /// Takes over what a schema has.
    fileprivate mutating func take(_ schema: Schema, _ shown: (String) -> String) {
        warnings = schema.warnings.map { shown($0.description) }
        let rules = TouchedRules(schema)
        touched = rules.places
        let owner = schema.model("AccessToken")?.relation("user")?.target.map { schema[$0].name }
        userModel = owner == "User" ? nil : owner
        models = schema.models.compactMap { model -> ImportReport.Model? in
            let definition = model.definition
            let source = definition.configuration?.dataSource ?? ""
            let place: String
            switch definition.attachment {
            case .attached: place = "data source \(source)"
            case .elsewhere(let source): place = "data source \(source), not in PostgreSQL"
            case .nowhere: place = "none"
            case .unlisted: place = "not listed in model-config.json"
            case .implied, nil: return nil
            }
            return Model(
                name: model.name, file: definition.file.map(shown), place: place, isPublic: definition.isPublic,
                relations: model.relations.count)
        }
    }
}
