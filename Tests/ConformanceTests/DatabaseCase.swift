// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// A small database that broke something once: its tables, its models and what must be answered.
///
/// The files are `databases/NAME.sql`, whose first line may say how the database is to be made, the folder `NAME-models` and
/// `NAME.jsonl`, one step a line: a case, `{"sql": …}` that changes the database beside the open one, or `{"sleep": seconds}`.
struct DatabaseCase: Sendable, CustomTestStringConvertible {
    let name: String

    var testDescription: String { name }

    static func all() throws -> [DatabaseCase] {
        let folder = Repository.path("Tests/Fixtures/conformance/databases")
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sql") }.sorted()
            .map { DatabaseCase(name: String($0.dropLast(4))) }
    }

    /// Those that this server has everything for.
    static func possible() async throws -> [DatabaseCase] {
        var possible: [DatabaseCase] = []
        for example in try all() {
            let sql = try String(contentsOfFile: Repository.path(example.file), encoding: .utf8)
            if try await ServerFeature.areThere(for: sql) {
                possible.append(example)
            } else {
                print("Left out, for the server was built without what it needs: \(example.name)")
            }
        }
        return possible
    }

    private var file: String { "Tests/Fixtures/conformance/databases/\(name).sql" }

    enum Step {
        case sql(String)
        case sleep(Double)
        case ask(Case)
    }

    func steps() throws -> [Step] {
        try Case.lines("databases/\(name).jsonl").map { line in
            if let sql = line["sql"]?.text { return .sql(sql) }
            if case .number(let seconds)? = line["sleep"] { return .sleep(try #require(Double(seconds))) }
            return .ask(try Case(line))
        }
    }

    /// Its database, made anew for each strategy, for the steps may change it.
    func make(_ strategy: Strategy) async throws -> TestDatabase {
        let text = try String(contentsOfFile: Repository.path(file), encoding: .utf8)
        let marker = "-- database: "
        let first = text.prefix { $0 != "\n" }
        let options = first.hasPrefix(marker) ? String(first.dropFirst(marker.count)) : nil
        return try await TestDatabase.named("\(name)_\(strategy)", loading: [file], options: options)
    }

    func open(_ database: TestDatabase, _ strategy: Strategy) async throws -> Database {
        try await Database.open(
            schema: SchemaLoader.load(
                directory: Repository.path("Tests/Fixtures/conformance/databases/\(name)-models")),
            connection: ConnectionConfiguration(url: database.url), trees: TreeOptions(strategy: strategy))
    }
}
