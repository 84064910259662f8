// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// A server that says of its catalog what can't be.
@Suite(.timeLimit(.minutes(1))) struct HostileCatalogTests {
    private static let definition = #"{"name": "Note", "properties": {"id": {"type": "number", "id": true}}}"#

    /// A one-dimensional array as it travels.
    private static func array(_ type: UInt32, _ elements: [[UInt8]]) -> [UInt8] {
        let head: [Int32] = [elements.isEmpty ? 0 : 1, 0, Int32(type)]
        let size: [Int32] = elements.isEmpty ? [] : [Int32(elements.count), 1]
        return (head + size).flatMap { BackendMessage.integer($0) }
            + elements.flatMap { BackendMessage.integer(Int32($0.count)) + $0 }
    }

    /// An index of one column, of which one of its lists says nothing.
    @Test(arguments: 0..<5) func `An index whose lists are of different lengths is refused`(_ missing: Int) async throws
    {
        let (text, bool) = (UInt32(25), UInt32(16))
        let columns: [(String, UInt32)] = [
            ("a", text), ("b", text), ("c", text), ("d", bool), ("e", bool), ("f", bool), ("g", 1009), ("h", 1000),
            ("i", 1007), ("j", text), ("k", 1000), ("l", 1000),
        ]
        let no: [UInt8] = [0]
        let lists: [[UInt8]] = [(text, Array("id".utf8)), (bool, no), (23, [0, 0, 0, 0]), (bool, no), (bool, no)]
            .enumerated().map { Self.array($1.0, $0 == missing ? [] : [$1.1]) }
        let row: [[UInt8]?] =
            ["public", "note", "note_pkey"].map { Array($0.utf8) } + [no, no, no] + lists[0...2] + [Array("btree".utf8)]
            + lists[3...4]
        let server = try FakeServer { session in
            try session.accept()
            var text = ""
            try session.serve { message in
                if message.type == "P" { text = message.strings[1] }
                guard text.contains("indoption") else {
                    return message.type == "E" ? [.commandComplete("SELECT 0")] : nil
                }
                switch message.type {
                case "D": return [.rowDescription(columns)]
                case "E": return [.dataRow(row), .commandComplete("SELECT 1")]
                default: return nil
                }
            }
        }
        let schema = try Schema(definitions: [ModelDefinition(json: Array(Self.definition.utf8), file: nil)])
        let error = await #expect(throws: PostgresError.self) {
            _ = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: server.url))
        }
        #expect(error?.code == .decodingFailed && error?.message.contains("note_pkey") == true, "\(error as Any)")
        server.close()
    }
}
