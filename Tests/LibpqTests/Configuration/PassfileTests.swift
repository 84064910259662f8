// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq
import Foundation
import Libpq
import Testing

/// The look-up in `.pgpass`, which is libpq's: seen through `PQpass`, on connections that find no server.
struct PassfileTests {
    private func password(_ url: String, lines: String, permissions: Int = 0o600) throws -> String {
        let file = FileManager.default.temporaryDirectory.path + "/kinship-passfile-\(UUID().uuidString)"
        try Data(lines.utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file)
        let configuration = try ConnectionConfiguration(url: url, environment: ["PGPASSFILE": file])
        let keywords = try configuration.keywords()
        // The address is refused at once; the look-up has happened by then.
        var keys = keywords.map { UnsafePointer(strdup($0.key)) } + [nil]
        var values = keywords.map { UnsafePointer(strdup($0.value)) } + [nil]
        defer { for text in keys + values { free(UnsafeMutablePointer(mutating: text)) } }
        let connection = PQconnectdbParams(&keys, &values, 0)
        defer { PQfinish(connection) }
        return PQpass(connection).map { String(cString: $0) } ?? ""
    }

    private let lines = """
        # host:port:database:user:password
        127.0.0.1:1:shop:ada:first
        127.0.0.1:*:*:grace:co\\:lon
        *:*:*:*:last
        """

    @Test func lookUp() throws {
        #expect(try password("postgres://ada@127.0.0.1:1/shop", lines: lines) == "first")
        #expect(try password("postgres://grace@127.0.0.1:1/shop", lines: lines) == "co:lon")
        #expect(try password("postgres://ada@127.0.0.1:1/other", lines: lines) == "last")
    }

    @Test func givenPasswordIsStronger() throws {
        #expect(try password("postgres://ada:given@127.0.0.1:1/shop", lines: lines) == "given")
    }

    /// Others may read it: libpq ignores the file.
    @Test func permissions() throws {
        #expect(try password("postgres://ada@127.0.0.1:1/shop", lines: lines, permissions: 0o644) == "")
    }
}
