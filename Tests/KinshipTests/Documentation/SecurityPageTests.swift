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

    /// What a pattern's first group matches in a folder's Swift files, or in those whose names end so.
    private static func found(_ pattern: String, in folder: String, _ ending: String = ".swift") throws -> Set<String> {
        let expression = try NSRegularExpression(pattern: pattern)
        var found: Set<String> = []
        for file in try FileManager.default.subpathsOfDirectory(atPath: Repository.path(folder))
        where file.hasSuffix(ending) {
            let text = NSString(
                string: try String(contentsOfFile: Repository.path("\(folder)/\(file)"), encoding: .utf8))
            for match in expression.matches(in: text as String, range: NSRange(location: 0, length: text.length)) {
                found.insert(text.substring(with: match.range(at: 1)))
            }
        }
        return found
    }

    @Test func everyPromiseHasTestsThatAreThere() throws {
        #expect(promises.count > 60)
        let tests = try Self.found("\\b(?:struct|class|func) ([A-Za-z0-9]+)", in: "Tests", "Tests.swift")
        let commands = try Self.found("commandName: \"([a-z]+)\"", in: "Sources/KinshipBenchmark")
        for promise in promises {
            #expect(!promise.tests.isEmpty, "Nothing holds: \(promise.text)")
            for test in promise.tests {
                // A comparison of the benchmark is named as it is run.
                let words = test.split(separator: " ")
                let isThere =
                    words.first == "kinship-bench"
                    ? words.dropFirst().allSatisfy { commands.contains(String($0)) } : tests.contains(test)
                #expect(isThere, "There is no \(test), which is to hold: \(promise.text)")
            }
        }
    }

    @Test func theLimitsAreThere() throws {
        // Names of the API: `maximumRows` of `TreeOptions`, not values such as `no-cache`.
        let names = promises.map { promise in
            Self.quoted(promise.limit).filter { $0.allSatisfy { $0.isLetter || $0 == "." } }
                .flatMap { $0.split(separator: ".").map { String($0) } }
        }
        let pattern = "\\b(" + Set(names.joined()).sorted().joined(separator: "|") + ")\\b"
        let found = try Self.found(pattern, in: "Sources")
        for (promise, names) in zip(promises, names) {
            for name in names { #expect(found.contains(name), "There is no \(name), which limits: \(promise.text)") }
        }
    }
}
