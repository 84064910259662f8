// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import KinshipSchema
import KinshipSwiftGenerator

/// What the plugins run: model files in, Swift out. It needs no database and no library beside the schema's.
///
///     kinship-generator (--file FILE | --folder DIR) [--access internal|package|public] [--null-elements] [--force] MODEL.json …
@main
enum Main {
    static func main() {
        do {
            try run(Arguments(CommandLine.arguments.dropFirst()))
        } catch let error as SchemaError {
            for problem in error.problems {
                say("\(problem.file ?? "models"): error: \(problem.path.map { "\($0): " } ?? "")\(problem.message)")
            }
            exit(1)
        } catch {
            say("error: \((error as? Mistake)?.message ?? error.localizedDescription)")
            exit(1)
        }
    }

    private static func run(_ arguments: Arguments) throws {
        var reading = DefinitionReading(leniency: .strict)
        for file in arguments.models {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw Mistake(message: "The model file \"\(file)\" can't be read.")
            }
            reading.read([UInt8](data), file: file)
        }
        let schema = try reading.schema { _, _ in [] }
        for warning in schema.warnings { say("\(warning.file ?? "models"): warning: \(warning.message)") }
        var options = GeneratorOptions(access: arguments.access, hasNullElements: arguments.hasNullElements)
        let place = arguments.folder ?? arguments.file ?? "."
        FormatterSettings.nearest(to: place)?.apply(to: &options)
        let generator = SwiftGenerator(schema, options: options)
        if let file = arguments.file {
            let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
            let text = generator.file(named: name).text
            // What says the same isn't touched, so that nothing is built anew for it.
            if FileManager.default.contents(atPath: file) == Data(text.utf8) { return }
            try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        }
        guard let path = arguments.folder else { return }
        let folder = GeneratedFolder(path)
        let changes = try folder.changes(to: generator.files(), force: arguments.force)
        try folder.apply(changes)
        for change in changes where change.fate != .unchanged { print(change.fate.rawValue, change.name) }
        if changes.contains(where: { $0.fate == .protected }) {
            throw Mistake(message: "Files that somebody has changed were left alone; --force writes over them.")
        }
    }

    private static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// Something in the arguments, or a file, that keeps the program from its work.
struct Mistake: Error {
    let message: String
}

/// What the program was called with.
struct Arguments {
    private(set) var file: String?
    private(set) var folder: String?
    private(set) var access = GeneratorOptions.Access.internal
    private(set) var force = false
    private(set) var hasNullElements = false
    private(set) var models: [String] = []

    init(_ words: some Sequence<String>) throws {
        var words = words.makeIterator()
        while let word = words.next() {
            switch word {
            case "--file": file = try Self.value(words.next(), of: word)
            case "--folder": folder = try Self.value(words.next(), of: word)
            case "--access":
                let name = try Self.value(words.next(), of: word)
                guard let access = GeneratorOptions.Access(rawValue: name) else {
                    throw Mistake(message: "--access is internal, package or public, and not \"\(name)\".")
                }
                self.access = access
            case "--force": force = true
            case "--null-elements": hasNullElements = true
            default:
                if word.hasPrefix("--") { throw Mistake(message: "There is no option \"\(word)\".") }
                models.append(word)
            }
        }
        guard (file == nil) != (folder == nil), !models.isEmpty else {
            throw Mistake(message: "Give --file or --folder, and model files.")
        }
    }

    private static func value(_ word: String?, of option: String) throws -> String {
        guard let word else { throw Mistake(message: "\(option) takes a value.") }
        return word
    }
}
