// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Foundation
import Kinship
import KinshipMigrator

/// Whether the indexes that the advisor asks for are made, and for which requests.
struct AdviceOptions: ParsableArguments {
    @Flag(
        name: .long,
        help:
            "Make the indexes that the index advisor asks for as well: for the scopes and relations of the models, and for --filter."
    )
    var advised = false

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "A request that indexes are advised for: Order={\"order\": \"total DESC\", \"limit\": 10}; may be repeated.",
            valueName: "model=json"))
    var filter: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("A JSON file of such requests: {\"Order\": [{…}, {…}]}.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var filters: String?

    func validate() throws {
        for text in filter where Self.pair(text) == nil {
            throw ValidationError("--filter takes MODEL=JSON, such as 'Order={\"limit\": 10}'; not \"\(text)\".")
        }
    }

    /// Whether anything of it was said.
    var isGiven: Bool { advised || !filter.isEmpty || filters != nil }

    /// How definitions are read where advised indexes are made, or aren't thought of.
    func making(_ options: DesiredTables.Options, for schema: Schema) throws -> DesiredTables.Options {
        if !advised, isGiven {
            throw Failure(
                .usage, "--filter and --filters say what indexes are advised for.",
                remedy: "give --advised as well, or look at the advice with \"kinship migrate plan\"")
        }
        return advised ? try suggesting(options, for: schema) : options
    }

    /// The same where indexes are told unless they are made.
    func suggesting(_ options: DesiredTables.Options, for schema: Schema) throws -> DesiredTables.Options {
        var options = options
        options.indexes = try MigrationAdvice(schema, options).indexes(for: try requests())
        options.onlySuggestsIndexes = !advised
        return options
    }

    // MARK: Requests

    private func requests() throws -> [MigrationAdvice.Request] {
        var requests = try filter.compactMap(Self.pair).map { model, text in
            MigrationAdvice.Request(
                place: "--filter \(model)", model: model, filter: try FilterArgument.parse(Array(text.utf8)))
        }
        guard let filters else { return requests }
        guard let data = FileManager.default.contents(atPath: filters) else {
            throw Failure(.noInput, "\"\(filters)\" can't be read.", remedy: "name a JSON file with --filters")
        }
        let json = try FilterArgument.parse(Array(data))
        guard let members = json.members else {
            throw Failure(
                .data, "\"\(filters)\" isn't an object of filters by model.",
                remedy: "write {\"Order\": [{\"order\": \"total DESC\", \"limit\": 10}]}")
        }
        for member in members {
            for filter in member.value.elements ?? [member.value] {
                requests.append(.init(place: "\(filters): \(member.key)", model: member.key, filter: filter))
            }
        }
        return requests
    }

    private static func pair(_ text: String) -> (String, String)? {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex else { return nil }
        let json = String(text[text.index(after: sign)...])
        return json.isEmpty ? nil : (String(text[..<sign]), json)
    }
}
