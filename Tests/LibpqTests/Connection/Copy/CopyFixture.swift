// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Synchronization
import TestSupport
import Testing

/// What tests copy.
enum CopyFixture {
    struct Broken: Error {}

    /// Counts how often something is asked for its next chunk.
    final class Source: AsyncSequence, Sendable {
        typealias Element = [UInt8]

        private let asked = Atomic<Int>(0)
        private let make: @Sendable (Int) async throws -> [UInt8]?

        /// - Parameter make: the chunk with a number from 0.
        init(_ make: @escaping @Sendable (Int) async throws -> [UInt8]?) { self.make = make }

        /// How many chunks have been asked for.
        var count: Int { asked.load(ordering: .sequentiallyConsistent) }

        func makeAsyncIterator() -> Iterator { Iterator(source: self) }

        struct Iterator: AsyncIteratorProtocol {
            let source: Source

            mutating func next() async throws -> [UInt8]? {
                try await source.make(source.asked.wrappingAdd(1, ordering: .sequentiallyConsistent).oldValue)
            }
        }
    }

    /// A connection to a database of its own with an empty table `name (id int primary key, word text)`.
    static func connect(
        _ table: String, url: String? = nil, _ configure: (inout ConnectionConfiguration) -> Void = { _ in }
    ) async throws -> Connection {
        let connection =
            if let url {
                try await ConnectionFixture.connect(url: url, configure)
            } else {
                try await ConnectionFixture.connect("copy", configure)
            }
        try await connection.run("drop table if exists \(table)")
        try await connection.run("create table \(table) (id int primary key, word text)")
        return connection
    }

    static func lines(_ range: Range<Int>) -> [UInt8] { range.flatMap { Array("\($0)\tword \($0)\n".utf8) } }

    /// Rows that nobody reads to their end.
    static let many: SQL = "copy (select i, repeat('x', 100) from generate_series(1, 3000000) i) to stdout"

    /// Gives rows for ever.
    static func endless() -> Source {
        Source { number in lines(number * 1_000..<number * 1_000 + 1_000) }
    }

    /// Reads rows, and does something in the midst of them.
    static func read(_ connection: Connection, after chunks: Int, _ act: () async throws -> Void) async throws {
        var count = 0
        for try await _ in connection.copyOut(many) {
            count += 1
            if count == chunks { try await act() }
        }
        Issue.record("it came to its end")
    }
}

extension AsyncStream where Element: Sendable {
    init(_ elements: [Element]) {
        self.init { continuation in
            for element in elements { continuation.yield(element) }
            continuation.finish()
        }
    }
}

extension Connection {
    func count(_ table: String) async throws -> Int? {
        try await answer(to: "select count(*)::text from \(table)").flatMap { Int($0) }
    }

    /// All that a COPY sends.
    func copied(_ sql: SQL) async throws -> [UInt8] {
        var all: [UInt8] = []
        for try await chunk in copyOut(sql) { all += chunk }
        return all
    }
}
