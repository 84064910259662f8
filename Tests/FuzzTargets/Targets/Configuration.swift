// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Libpq
import TestSupport

extension FuzzTarget {
    /// Addresses and service files: a URL; the same bytes behind a password that nothing may show; and as a service file.
    package static let configuration = FuzzTarget(
        name: "configuration",
        seeds: [
            "postgres://ada:pw@[::1]:5433,db2/shop?connect_timeout=5&sslmode=verify-full",
            "postgresql://%2Fvar%2Frun/shop?target_session_attrs=read-write&keepalives=0", "postgres://",
            "db1:5432,db2/shop?options=-c%20a%3Db", "[s]\nhost=a,b\nport=1,2\nuser=ada\n# x\n[t]\nhost=c",
        ].map { Array($0.utf8) },
        words: [
            "postgres://", "@", ":", "/", "?", "&", "=", "%2F", "%00", "%", "[", "]", "sslmode", "password", "[s]\n",
        ]
    ) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        var isAccepted = try accepts(url: text, environment: [:])
        guard !text.contains(secret) else { return isAccepted }
        for url in ["postgres://ada:\(secret)@" + text, "postgres://ada@h/db?password=\(secret)&" + text] {
            if try accepts(url: url, environment: [:]) { isAccepted = true }
        }
        let file =
            FileManager.default.temporaryDirectory.path + "/kinship-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
        _ = FileManager.default.createFile(atPath: file, contents: Data(bytes))
        defer { try? FileManager.default.removeItem(atPath: file) }
        if try accepts(url: "postgres://?service=s", environment: ["PGSERVICEFILE": file]) { isAccepted = true }
        return isAccepted
    }

    private static let secret = "Qz7-sesame"

    private static func accepts(url: String, environment: [String: String]) throws -> Bool {
        try Invariants.accepts {
            do {
                let configuration = try ConnectionConfiguration(url: url, environment: environment)
                try check("\(configuration)")
                for (key, value) in try configuration.keywords() where value.utf8.contains(0) || key.isEmpty {
                    throw Finding("\(key) has a NUL")
                }
            } catch {
                try check("\(error)")
                throw error
            }
        }
    }

    private static func check(_ text: String) throws {
        guard !text.contains(secret) else { throw Finding("shows the password: \(text)") }
    }
}
