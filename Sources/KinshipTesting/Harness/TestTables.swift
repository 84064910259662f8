// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
public import Kinship
import KinshipMigrator
import Logging

/// How the tables of a suite's database come to be.
///
/// ```swift
/// let harness = try await TestHarness.start(schema: schema, tables: [.models, .sql("insert into country values ('de')")])
/// ```
public enum TestTables: Sendable, ExpressibleByArrayLiteral {
    /// The tables that the models ask for, as migrations make them.
    case models
    /// A text of any number of statements; one transaction, unless it says otherwise.
    case sql(String)
    /// Files of such texts, by their paths, in their order.
    case files([String])
    /// What a program does itself: its own migrations, say.
    case made(@Sendable (ConnectionConfiguration) async throws -> Void)
    /// Several ways, one after the other.
    case all([TestTables])

    /// Several ways, one after the other.
    public init(arrayLiteral elements: TestTables...) { self = .all(elements) }

    /// Makes them.
    func make(for schema: Schema, in configuration: ConnectionConfiguration, _ logger: Logger) async throws {
        switch self {
        case .models:
            try await Migrator(configuration, logger: logger).apply(schema)
        case .sql(let text):
            try await SQLScript.run(text, called: "The text of tables", on: configuration)
        case .files(let paths):
            for path in paths {
                guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                    throw TestingError(
                        .tables, "The file \(path) can't be read; paths are relative to the directory tests run in.")
                }
                try await SQLScript.run(text, called: path, on: configuration)
            }
        case .made(let body):
            try await body(configuration)
        case .all(let ways):
            for way in ways { try await way.make(for: schema, in: configuration, logger) }
        }
    }
}
