// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch
public import EmbeddedPostgres
import Foundation

/// A file system of ten megabytes that a server may write to. Mounting it takes root.
public struct SmallDisk: Sendable {
    /// Where it is.
    public let path: String

    /// Nil where it can't be mounted.
    public static func mount(for server: EmbeddedServer) async throws -> SmallDisk? {
        #if os(Linux)
        guard getuid() == 0 else { return nil }
        let path = FileManager.default.temporaryDirectory.path + "/kinship-disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let owner = try FileManager.default.attributesOfItem(atPath: server.dataDirectory)
        let user = (owner[.ownerAccountID] as? NSNumber)?.stringValue ?? "0"
        guard try await run("mount", "-t", "tmpfs", "-o", "size=10m,uid=\(user),mode=0700", "tmpfs", path) else {
            try FileManager.default.removeItem(atPath: path)
            return nil
        }
        return SmallDisk(path: path)
        #else
        return nil
        #endif
    }

    /// Gives it back.
    public func unmount() async {
        _ = try? await Self.run("umount", path)
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func run(_ arguments: String...) async throws -> Bool {
        try await BlockingCall.run(on: DispatchQueue(label: "kinship.tests.disk")) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = arguments
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
    }
}
