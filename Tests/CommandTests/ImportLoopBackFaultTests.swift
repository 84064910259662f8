// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Foundation
import Kinship
import RelationPlanner
import TestSupport
import Testing

@testable import KinshipCommand

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What `kinship import-lb3` can't take: it says so, and leaves nothing behind.
@Suite struct ImportLoopBackFaultTests {
    @Test func filesThatAreNoJSONAreToldWithTheirLines() async throws {
        let tool = try LoopBackShop.tool()
        let project = try LoopBackShop.copy(in: tool)
        try LoopBackShop.write(
            "{\n  // the customers\n  \"name\": \"Customer\"\n}", project + "/common/models/customer.json")
        try LoopBackShop.write(
            "{\n  \"name\": \"Order\",\n  \"properties\": {\n}", project + "/common/models/order.json")
        try LoopBackShop.write("{\"db\": {\"connector\": \"memory\"},}", project + "/server/datasources.json")
        let outcome = try await tool.run(["import-lb3", "shop-api", "--to", "shop"])
        #expect(outcome.status == 65)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("3 files of the project can't be read, so nothing was written."))
        #expect(outcome.errors.contains("common/models/customer.json:2:3: JSON has no comments"))
        #expect(outcome.errors.contains("common/models/order.json:4:2:"))
        #expect(outcome.errors.contains("server/datasources.json:1:"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: tool.directory) == ["shop-api"])
    }

    @Test func brokenModelsAreThereWithWhatIsToBeMended() async throws {
        let tool = try LoopBackShop.tool()
        let project = try LoopBackShop.copy(in: tool)
        try LoopBackShop.write(
            #"{"name": "Profile", "properties": {}, "relations": {"team": {"type": "belongsTo", "model": "Tema"}}}"#,
            project + "/common/models/profile.json")
        let outcome = try await tool.run(["import-lb3", "shop-api", "--to", "shop"])
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("Tema"))
        #expect(outcome.errors.contains("models/profile.json"))
        #expect(!outcome.errors.contains(".part"))
        #expect(outcome.output.contains("## What keeps the models from being used"))
        let check = try await tool.run(["check", "--models", "shop"])
        #expect(check.status == 65 && check.output.contains("Tema"))
        try LoopBackShop.write(#"{"name": "Profile", "properties": {}}"#, tool.directory + "/shop/models/profile.json")
        #expect(try await tool.run(["check", "--models", "shop"]).status == 0)
    }

    @Test func whatIsThereIsNeverOverwritten() async throws {
        let tool = try LoopBackShop.tool()
        let project = try LoopBackShop.copy(in: tool)
        let before = LoopBackShop.files(below: project)
        for folder in ["empty", "full"] {
            try FileManager.default.createDirectory(
                atPath: "\(tool.directory)/\(folder)", withIntermediateDirectories: false)
        }
        try LoopBackShop.write("mine", tool.directory + "/full/notes.txt")
        try LoopBackShop.write("mine", tool.directory + "/file")
        for (target, status) in [
            ("full", 74), ("file", 74), ("shop-api/new", 64), ("shop-api", 64), ("empty", 0), ("deep/er", 0),
        ] {
            let outcome = try await tool.run(["import-lb3", "shop-api", "--to", target])
            #expect(Int(outcome.status) == status, "\(target): \(outcome.errors)")
        }
        #expect(LoopBackShop.files(below: project) == before)
        #expect(LoopBackShop.files(below: tool.directory + "/full").count == 1)
        #expect(FileManager.default.fileExists(atPath: tool.directory + "/empty/models/order.json"))
        let dry = try await tool.run(["import-lb3", "shop-api", "--to", "dry", "--dry-run"])
        #expect(dry.status == 0 && dry.output.contains("## Differs"))
        let names = try FileManager.default.contentsOfDirectory(atPath: tool.directory)
        #expect(Set(names) == ["shop-api", "empty", "full", "file", "deep"])
        let none = try await tool.run(["import-lb3", "shop-api", "--to", "new/er/dry", "--dry-run"])
        #expect(none.status == 0)
        #expect(!FileManager.default.fileExists(atPath: tool.directory + "/new"))
        var inside = tool
        inside.directory = project
        let here = try await inside.run(["import-lb3", ".", "--to", "../here"])
        #expect(here.status == 0 && here.output.hasPrefix("# shop-api\n"), "\(here.errors)")
        #expect(here.output.contains("`common/models/customer.js`, Customer"))
        #expect(try await tool.run(["import-lb3", "nowhere", "--to", "x"]).status == 66)
        #expect(try await tool.run(["import-lb3", "full", "--to", "x"]).status == 66)
        #expect(try await tool.run(["import-lb3", "shop-api"]).status == 64)
        #expect(try await tool.run(["import-lb3", "shop-api", "--to", "x", "--env", "../x"]).status == 64)
        // In two words, as well.
        #expect(try await tool.run(["import", "lb3", "shop-api", "--to", "two"]).status == 0)
    }

    /// What others have made may be a link to what never ends, a pipe that nobody writes to, or a name that is a path.
    @Test func oddFilesAreToldAndNeverWaitedFor() async throws {
        let tool = try LoopBackShop.tool()
        let project = try LoopBackShop.copy(in: tool)
        let models = project + "/common/models/"
        #expect(mkfifo(models + "pipe.json", 0o600) == 0)
        for (name, target) in [("endless.json", "/dev/zero"), ("gone.json", "/nowhere/gone.json")] {
            try FileManager.default.createSymbolicLink(atPath: models + name, withDestinationPath: target)
        }
        try Data(count: (16 << 20) + 1).write(to: URL(fileURLWithPath: models + "long.json"))
        let told = try await tool.run(["import-lb3", "shop-api", "--to", "shop"])
        #expect(told.status == 65)
        for text in [
            "4 files", "models/pipe.json: it is no file", "models/endless.json: it is no file",
            "models/gone.json: it can't be read", "models/long.json: it is longer",
        ] { #expect(told.errors.contains(text), "\(text)") }

        for name in ["pipe", "endless", "gone", "long"] {
            try FileManager.default.removeItem(atPath: models + name + ".json")
        }
        #expect(mkfifo(project + "/server/boot/pipe.js", 0o600) == 0)
        // A model that lies elsewhere comes along as what it is.
        try LoopBackShop.write(#"{"name": "Shared", "properties": {"a": "string"}}"#, tool.directory + "/shared.json")
        try FileManager.default.createSymbolicLink(
            atPath: models + "shared.json", withDestinationPath: "../../../shared.json")
        // Names that are paths, of files that are called alike.
        try LoopBackShop.write(
            #"{"name": "../../../evil", "properties": {}}"#, project + "/server/models/customer.json")
        try LoopBackShop.write(#"{"properties": {"b": "string"}}"#, project + "/server/models/product.json")
        try LoopBackShop.write(#"{"name": "Thing", "properties": {}}"#, models + "product.json")
        let outcome = try await tool.run(["import-lb3", "shop-api", "--to", "shop"])
        #expect(outcome.output.contains("`server/boot/pipe.js`: it can't be read"), "\(outcome.errors)")
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: tool.directory)) == [
                "shop-api", "shop", "shared.json",
            ])
        let made = LoopBackShop.files(below: tool.directory + "/shop/models")
        #expect(made["shared.json"] == Data(#"{"name": "Shared", "properties": {"a": "string"}}"#.utf8))
        let attributes = try FileManager.default.attributesOfItem(atPath: tool.directory + "/shop/models/shared.json")
        #expect(attributes[.type] as? FileAttributeType == .typeRegular)
        #expect(made["customer-2.json"].map { String(decoding: $0, as: UTF8.self) }?.contains("evil") == true)
        let product = made["product-2.json"].map { String(decoding: $0, as: UTF8.self) } ?? ""
        #expect(product.contains("\"name\": \"Product\""))
    }

    /// Models that extend each other are told, however long the circle is.
    @Test func modelsThatExtendThemselvesAreTold() async throws {
        let tool = try LoopBackShop.tool()
        let project = try LoopBackShop.copy(in: tool)
        let models = ["One", "Two", "Three"].map { "\"\($0)\": {\"dataSource\": \"db\"}" }.joined(separator: ", ")
        try LoopBackShop.write("{\(models)}", project + "/server/model-config.local.json")
        for (name, base) in [("One", "Two"), ("Two", "Three"), ("Three", "One")] {
            try LoopBackShop.write(
                #"{"name": "\#(name)", "base": "\#(base)", "properties": {}}"#, "\(project)/common/models/\(name).json")
        }
        let outcome = try await tool.run(["import-lb3", "shop-api", "--to", "shop"])
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("extends itself"))
        #expect(outcome.output.contains("## What keeps the models from being used"))
    }
}
