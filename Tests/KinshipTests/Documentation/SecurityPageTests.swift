// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

/// SECURITY.md says which test holds each promise: there are such tests, and such limits.
@Suite struct SecurityPageTests {
    /// A row of a table: a promise, its limit, and what holds it.
    private struct Promise {
        var text: String
        var limit: String
        var tests: [String]
    }

    private let promises: [Promise]

    init() throws {
        let page = try String(contentsOfFile: Repository.path("SECURITY.md"), encoding: .utf8)
        promises = page.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| promise") }.map { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            return Promise(
                text: cells.first ?? "", limit: cells.dropFirst().dropLast().joined(separator: "|"),
                tests: Self.quoted(cells.last ?? ""))
        }
    }

    /// What is between backquotes.
    private static func quoted(_ text: String) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
            .map { String($0.element) }
    }

    /// The words of each Swift file of a folder.
    private static func words(in folder: String) throws -> [[Substring]] {
        try FileManager.default.subpathsOfDirectory(atPath: Repository.path(folder)).filter { $0.hasSuffix(".swift") }
            .map { file in
                try String(contentsOfFile: Repository.path("\(folder)/\(file)"), encoding: .utf8).utf8.split { byte in
                    !(UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte)
                }
                .map { Substring($0) }
            }
    }

    @Test func everyPromiseHasTestsThatAreThere() throws {
        #expect(promises.count > 60)
        let suites = try Self.words(in: "Tests").filter { $0.contains("Test") }
        let tests = Set(
            suites.flatMap { words in
                zip(words, words.dropFirst()).filter { ["struct", "class", "func"].contains($0.0) }.map(\.1)
            })
        let commands = Set(try Self.words(in: "Sources/KinshipBenchmark").joined())
        for promise in promises {
            #expect(!promise.tests.isEmpty, "Nothing holds: \(promise.text)")
            for test in promise.tests {
                // A comparison of the benchmark is named as it is run.
                let words = test.split(separator: " ")
                let isThere =
                    words.first == "kinship-bench"
                    ? words.dropFirst().allSatisfy(commands.contains) : tests.contains(Substring(test))
                #expect(isThere, "There is no \(test), which is to hold: \(promise.text)")
            }
        }
    }

    @Test func theLimitsAreThere() throws {
        let sources = Set(try Self.words(in: "Sources").joined())
        for promise in promises {
            // Names of the API: `maximumRows` of `TreeOptions`, not values such as `no-cache`.
            for name in Self.quoted(promise.limit) where name.allSatisfy({ $0.isLetter || $0 == "." }) {
                #expect(
                    name.split(separator: ".").allSatisfy(sources.contains),
                    "There is no \(name), which limits: \(promise.text)")
            }
        }
    }
}
