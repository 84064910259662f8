// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import KinshipSwiftGenerator
import Testing

/// What becomes of the files of a folder.
@Suite struct GeneratedFolderTests {
    private let path = FileManager.default.temporaryDirectory.path + "/kinship-generated-" + UUID().uuidString

    private func files(_ names: String..., column: String? = nil) throws -> [GeneratedFile] {
        let models = names.map { ModelDefinition($0, properties: [.id(), .string("a", column: column)]) }
        return SwiftGenerator(try Schema(definitions: models)).files()
    }

    private func fates(_ files: [GeneratedFile], force: Bool = false) throws -> [String: GeneratedFolder.Fate] {
        let changes = try GeneratedFolder(path).changes(to: files, force: force)
        return Dictionary(changes.map { ($0.name, $0.fate) }, uniquingKeysWith: { first, _ in first })
    }

    private func apply(_ files: [GeneratedFile], force: Bool = false) throws {
        try GeneratedFolder(path).apply(try GeneratedFolder(path).changes(to: files, force: force))
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: path + "/" + name, encoding: .utf8)
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }

    @Test func filesFollowTheirModels() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(
            try fates(try files("A", "B")) == ["A.swift": .made, "B.swift": .made, "GeneratedModels.swift": .made])
        try apply(try files("A", "B"))
        #expect(Set(try fates(try files("A", "B")).values) == [.unchanged])
        #expect(
            try fates(try files("A", column: "c"))
                == ["A.swift": .changed, "B.swift": .removed, "GeneratedModels.swift": .changed])
        try apply(try files("A", column: "c"))
        #expect(try text("A.swift").contains(#"column: "c""#))
        #expect(!FileManager.default.fileExists(atPath: path + "/B.swift"))
    }

    @Test func whatPeopleWroteStays() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try apply(try files("A", "B"))
        let custom = "// digest: 0\nextension A {}\n"
        try write(custom, "A+Custom.swift")
        try write("struct Mine {}\n", "Mine.swift")
        try write(try text("A.swift") + "extension A {}\n", "A.swift")
        try write(try text("B.swift").replacing("var a", with: "var b"), "B.swift")
        try write("struct C {}\n", "C.swift")
        let next = try files("A", "C", column: "c")
        #expect(
            try fates(next)
                == [
                    "A.swift": .protected, "B.swift": .protected, "C.swift": .protected,
                    "GeneratedModels.swift": .changed,
                ])
        try apply(next)
        #expect(try text("A.swift").hasSuffix("extension A {}\n"))
        #expect(try text("C.swift") == "struct C {}\n")
        try apply(next, force: true)
        #expect(Set(try fates(next).values) == [.unchanged])
        #expect(try text("A+Custom.swift") == custom)
        #expect(try text("Mine.swift") == "struct Mine {}\n")
        #expect(!FileManager.default.fileExists(atPath: path + "/B.swift"))
    }

    /// Formatters and version control change blanks and line ends.
    @Test func blanksAreNoChange() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try apply(try files("A"))
        try write(try text("A.swift").replacing("\n  ", with: "\r\n\t"), "A.swift")
        #expect(try fates(try files("A"))["A.swift"] == .unchanged)
        #expect(try fates(try files("A", column: "c"))["A.swift"] == .changed)
    }
}
