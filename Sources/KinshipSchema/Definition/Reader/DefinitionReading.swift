// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The definitions of several files with everything that is wrong in them, so that it can be told in one go with what is wrong
/// between them.
///
/// ```swift
/// var reading = DefinitionReading(leniency: .strict)
/// reading.read(bytes, file: "models/order.json")
/// let schema = try reading.schema()
/// ```
package struct DefinitionReading {
    package let leniency: Leniency
    /// What could be read.
    package var definitions: [ModelDefinition] = []
    /// What was odd in the files.
    package var warnings: [DefinitionWarning] = []
    private(set) var problems: [PlannerError] = []
    /// The files of which nothing could be read, as the models in them are probably called.
    private(set) var unread: Set<String> = []

    package init(leniency: Leniency) { self.leniency = leniency }

    /// Reads a model file that has been parsed; one that holds no model is skipped with a warning.
    package mutating func read(_ file: ModelFile) {
        guard file.name != nil else {
            if case .object = file.json { return warnings.append(file.warning) }
            return fail(file.read(leniency).problems, file.path)
        }
        let (definition, failures) = file.read(leniency)
        guard let definition else { return fail(failures, file.path) }
        definitions.append(definition)
    }

    /// Reads a model file.
    package mutating func read(_ json: [UInt8], file: String) {
        do {
            read(try ModelFile(json: json, path: file))
        } catch {
            fail(error.problems, file)
        }
    }

    /// Takes over the models of an application.
    package mutating func add(_ application: ApplicationDefinition) {
        definitions += application.definitions
        warnings += application.warnings
    }

    /// Notes that nothing can be read of a file or folder.
    package mutating func fail(_ failures: [PlannerError], _ file: String) {
        problems += failures
        unread.insert(Self.plain(file.split(separator: "/").last.map { $0.split(separator: ".").first ?? $0 } ?? ""))
    }

    /// The same without the models that are wrong as a whole, and without what was told of files: for what can be said of the others.
    ///
    /// - Parameter errors: what is wrong.
    /// - Returns: nil when nothing is left out by that, or nothing is left.
    package func without(_ errors: [PlannerError]) -> DefinitionReading? {
        let names = Set(errors.compactMap(\.model))
        let files = Set(errors.compactMap(\.file))
        func isWrong(_ definition: ModelDefinition) -> Bool {
            names.contains(definition.name) || definition.file.map(files.contains) ?? false
        }
        var reading = self
        reading.problems = []
        reading.definitions.removeAll(where: isWrong)
        reading.unread.formUnion(definitions.filter(isWrong).map { Self.plain($0.name) })
        let isLess = !problems.isEmpty || reading.definitions.count < definitions.count
        return isLess && !reading.definitions.isEmpty ? reading : nil
    }

    /// `order-item` and `OrderItem` are one name.
    package static func plain(_ name: some StringProtocol) -> String {
        name.lowercased().filter { $0 != "-" && $0 != "_" }
    }
}
