// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport

/// The order of texts in the databases of the tests: that of their bytes, or on a foreign cluster what the server says.
///
/// Evaluators compare without waiting. A text whose place isn't known yet is noted, and ``settled(on:_:)`` asks the server and
/// evaluates once more.
enum Collation {
    private struct State {
        /// The places of known texts by their bytes, for canonically equivalent texts differ.
        var places: [[UInt8]: Int] = [:]
        var unknown: Set<[UInt8]> = []
        var misses = 0
    }

    private static let state = Locked(State())

    /// Less than 0, 0 or more than 0.
    static func order(_ one: String, _ other: String) -> Int {
        if one.utf8.elementsEqual(other.utf8) { return 0 }
        guard TestCluster.current == .foreign else {
            return one.utf8.lexicographicallyPrecedes(other.utf8) ? -1 : 1
        }
        return state.withLock { state in
            let (left, right) = (Array(one.utf8), Array(other.utf8))
            if let place = state.places[left], let otherPlace = state.places[right] {
                return place < otherPlace ? -1 : 1
            }
            for text in [left, right] where state.places[text] == nil { state.unknown.insert(text) }
            state.misses += 1
            return one.utf8.lexicographicallyPrecedes(other.utf8) ? -1 : 1
        }
    }

    /// What `evaluate` gives when the places of all texts it compares are known.
    static func settled<R>(on test: TestDatabase, _ evaluate: () throws -> R) async throws -> R {
        while true {
            let before = state.withLock { $0.misses }
            let result = try evaluate()
            if state.withLock({ $0.misses }) == before { return result }
            try await learn(on: test)
        }
    }

    private static func learn(on test: TestDatabase) async throws {
        let texts = state.withLock { Set($0.places.keys).union($0.unknown) }
        let literals = texts.map { "'" + String(decoding: $0, as: UTF8.self).replacing("'", with: "''") + "'" }
        let rows = try await test.runPlainly(
            "SELECT t FROM unnest(ARRAY[\(literals.joined(separator: ", "))]::text[]) AS u(t) ORDER BY t")
        let places = Dictionary(
            rows.enumerated().map { (Array(($1[0] ?? "").utf8), $0) }, uniquingKeysWith: { first, _ in first })
        state.withLock { state in
            // Another one may have asked for more in the meantime.
            if places.count >= state.places.count { state.places = places }
            state.unknown.subtract(state.places.keys)
        }
    }
}
