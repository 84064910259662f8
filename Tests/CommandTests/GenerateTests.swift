// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

/// `kinship generate swift`.
@Suite struct GenerateTests {
    @Test func filesAreWrittenAndChecked() async throws {
        let shop = try await SmallShop.shared()
        var tool = shop.tool
        tool.directory = try SmallShop.folder(of: [".swift-format": #"{"version": 1, "indentation": {"spaces": 3}}"#])
        let made = try await tool.run(["generate", "swift", "-o", "Generated"])
        #expect(made.errors == "")
        #expect(made.status == 0)
        #expect(
            made.lines == ["made Customer.swift", "made Item.swift", "made Order.swift", "made GeneratedModels.swift"])
        let path = tool.directory + "/Generated/Order.swift"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("\n   var total: "))
        let same = try await tool.run(["generate", "swift", "-o", "Generated", "--check"])
        #expect(same.status == 0 && same.output == "")

        let dry = try await tool.run([
            "generate", "swift", "-o", "Generated", "--dry-run", "--access", "public", "--database", shop.database.url,
        ])
        #expect(dry.status == 0)
        #expect(dry.lines.contains("changed Customer.swift"))
        #expect(try await tool.run(["generate", "swift", "-o", "Generated", "--check"]).status == 0)

        try (text + "// mine\n").write(toFile: path, atomically: true, encoding: .utf8)
        let checked = try await tool.run(["generate", "swift", "-o", "Generated", "--check"])
        #expect(checked.status == 1)
        #expect(checked.output == "protected Order.swift\n")
        let kept = try await tool.run(["generate", "swift", "-o", "Generated"])
        #expect(kept.status == 1)
        #expect(kept.errors.contains("Order.swift"))
        #expect(try String(contentsOfFile: path, encoding: .utf8).hasSuffix("// mine\n"))
        #expect(try await tool.run(["generate", "swift", "-o", "Generated", "--force"]).status == 0)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test func whatCannotBeIsSaid() async throws {
        let shop = try await SmallShop.shared()
        #expect(try await shop.tool.run(["generate", "swift"]).status == 64)
        #expect(try await shop.tool.run(["generate", "swift", "-o", "x", "--check", "--force"]).status == 64)
        #expect(try await shop.tool.run(["generate", "swift", "-o", "x", "--access", "private"]).status == 64)
        #expect(try await shop.tool.run(["generate", "swift", "-o", "x", "--header", "/nowhere"]).status == 66)
        #expect(try await shop.tool.run(["generate", "swift", "-o", "/dev/null/x"]).status == 74)
        #expect(try await shop.tool.run(["generate", "swift", "-o", "x", "--models", "/nowhere"]).status == 66)
    }
}
