// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What was asked at the console before, kept in a file that only its owner reads.
struct ConsoleHistory {
    /// So many requests are kept.
    static let most = 1_000

    private(set) var requests: [String] = []
    /// How many lines the file has.
    private var lines = 0
    /// Where they are kept; nil for nowhere.
    private let path: String?

    /// - Parameter path: a file with a request on each line, as JSON.
    init(_ path: String?) {
        self.path = path
        guard let path, let data = FileManager.default.contents(atPath: path) else { return }
        let rows = data.split(separator: 0x0A)
        lines = rows.count
        requests = rows.suffix(Self.most).compactMap { (try? JSONValue(parsing: Array($0)))?.text }
    }

    /// `$XDG_STATE_HOME/kinship/history`, else the one below `~/.local/state`.
    static func usualPath(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/kinship/history" }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return home + "/.local/state/kinship/history"
    }

    /// Adds a request, unless it is the last one again. That it can't be kept is no reason to stop.
    mutating func add(_ request: String) {
        guard !request.isEmpty, request != requests.last else { return }
        requests.append(request)
        guard let path else { return }
        let folder = (path as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        if lines >= Self.most * 2 {
            requests = Array(requests.suffix(Self.most))
            write(requests, to: path, O_TRUNC)
            lines = requests.count
        } else {
            write([request], to: path, O_APPEND)
            lines += 1
        }
    }

    private func write(_ requests: [String], to path: String, _ mode: CInt) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | mode, 0o600)
        guard descriptor >= 0 else { return }
        // Also where it was there before, and others could read it.
        _ = fchmod(descriptor, 0o600)
        let lines = requests.map { JSONValue.string($0).description + "\n" }.joined()
        try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).write(contentsOf: Data(lines.utf8))
    }
}
