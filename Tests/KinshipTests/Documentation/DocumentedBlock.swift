// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport

/// A block of Swift on a page, with what a comment before it says it is given: as `Scripts/check-snippets` reads them.
struct DocumentedBlock {
    var page: String
    /// Its place among the blocks of the page, from 1.
    var number: Int
    /// `let database: Database`, `var order: ModelDefinition`.
    var givens: [String]
    var lines: [String]

    var name: String { "\(page) \(number)" }

    /// The blocks of README.md and Documentation/*.md.
    static func all() throws -> [DocumentedBlock] {
        let folder = Repository.path("Documentation")
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".md") }.sorted()
        return try (["README.md"] + pages.map { "Documentation/\($0)" }).flatMap { path in
            blocks(
                of: try String(contentsOfFile: Repository.path(path), encoding: .utf8),
                page: path.replacing("Documentation/", with: "").replacing(".md", with: ""))
        }
    }

    private static func blocks(of text: String, page: String) -> [DocumentedBlock] {
        var blocks: [DocumentedBlock] = []
        var givens: [String] = []
        var lines: [String]?
        for line in text.components(separatedBy: "\n") {
            if let inside = lines, line == "```" {
                blocks.append(DocumentedBlock(page: page, number: blocks.count + 1, givens: givens, lines: inside))
                (lines, givens) = (nil, [])
            } else if lines != nil {
                lines?.append(line)
            } else if line == "```swift" {
                lines = []
            } else if let match = line.wholeMatch(of: #/<!-- given (.*?) *-->/#) {
                givens = parts(String(match.output.1)).map { $0.hasPrefix("var ") ? $0 : "let \($0)" }
            }
        }
        return blocks
    }

    /// Commas inside of brackets belong to types.
    private static func parts(_ text: String) -> [String] {
        var parts = [""]
        var depth = 0
        for character in text {
            if "[(<".contains(character) { depth += 1 } else if "])>".contains(character) { depth -= 1 }
            if character == ",", depth == 0 {
                parts.append("")
            } else if !(character == " " && parts[parts.count - 1].isEmpty) {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}
