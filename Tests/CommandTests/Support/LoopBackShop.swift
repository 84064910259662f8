// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// A LoopBack 3 application to be imported.
enum LoopBackShop {
    static let path = Fixture.repository + "/Tests/Fixtures/loopback/shop-api"

    /// The tool in a new folder.
    static func tool() throws -> Tool {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: [:])
        return tool
    }

    /// A copy of the application, for changing it.
    static func copy(in tool: Tool) throws -> String {
        let path = tool.directory + "/shop-api"
        try FileManager.default.copyItem(atPath: Self.path, toPath: path)
        return path
    }

    static func files(below folder: String) -> [String: Data] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return Dictionary(
            uniqueKeysWithValues: names.compactMap { name in
                FileManager.default.contents(atPath: folder + "/" + name).map { (name, $0) }
            })
    }

    static func write(_ text: String, _ path: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }
}
