// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A cluster made by `initdb` once and kept in the user's cache directory, to be copied for each server.
struct ClusterTemplate: Sendable {
    let binaries: PostgresBinaries
    let arguments: [String]
    let privileges: Privileges
    let environment: [String: String]
    let cache: String

    init(
        binaries: PostgresBinaries, arguments: [String], privileges: Privileges, environment: [String: String],
        cache: String?
    ) {
        self.binaries = binaries
        self.arguments =
            ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"] + Self.locale + arguments
        self.privileges = privileges
        self.environment = environment
        self.cache = cache ?? Self.cacheDirectory(environment)
    }

    /// The path of the template, made now if it isn't there yet.
    ///
    /// Safe when several processes come at once: one makes it under a lock, the others wait, and it appears under its
    /// name complete or not at all.
    func path(deadline: ContinuousClock.Instant) async throws -> String {
        let path = cache + "/" + key
        if access(path + "/PG_VERSION", R_OK) == 0 { return path }
        try makePrivateDirectory(cache)
        let lock = open(cache + "/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw fileError("The lock file \(cache)/lock can't be opened") }
        defer { close(lock) }
        while flock(lock, LOCK_EX | LOCK_NB) != 0 {
            guard ContinuousClock.now < deadline else {
                throw EmbeddedPostgresError(
                    .timedOut, "Another process has been making the template in \(cache) for too long.")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        if access(path + "/PG_VERSION", R_OK) == 0 { return path }
        try await make(at: path, deadline: deadline)
        return path
    }

    private func make(at path: String, deadline: ContinuousClock.Instant) async throws {
        let base = try makeTemporaryDirectory(environment: environment)
        let supervisor = try Supervisor(
            base: base, script: Self.script,
            variables: [
                "signal": "TERM", "patience": "5", "owner": privileges.owner, "initdb": binaries.directory + "/initdb",
                "arguments": arguments.joined(separator: "\n"), "target": path,
            ],
            command: privileges.command, environment: environment)
        do {
            while true {
                if let status = supervisor.exitStatus {
                    guard status == 0 else {
                        throw EmbeddedPostgresError(
                            .initializationFailed, "\(binaries.directory)/initdb ended with status \(status).",
                            log: supervisor.logTail)
                    }
                    break
                }
                guard ContinuousClock.now < deadline else {
                    throw EmbeddedPostgresError(
                        .timedOut, "initdb had not finished when its time was up.", log: supervisor.logTail)
                }
                try await Task.sleep(for: .milliseconds(10))
            }
        } catch {
            await supervisor.end()
            throw error
        }
        await supervisor.end()
    }

    /// Names the programs by place, size and date, so that an upgrade makes a new template without asking for a version.
    private var key: String {
        var about = stat()
        stat(binaries.directory + "/postgres", &about)
        #if canImport(Darwin)
        let changed = about.st_mtimespec.tv_sec
        #else
        let changed = about.st_mtim.tv_sec
        #endif
        let text = ([binaries.directory, "\(about.st_size)", "\(changed)"] + arguments).joined(separator: "\u{0}")
        // FNV-1a; Swift's own hash differs from process to process.
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "template-" + String(hash, radix: 36)
    }

    private static var locale: [String] {
        for name in ["C.UTF-8", "en_US.UTF-8"] {
            guard let found = newlocale(allCategories, name, nil) else { continue }
            freelocale(found)
            return ["--lc-collate=\(name == "C.UTF-8" ? name : "C")", "--lc-ctype=\(name)", "--lc-messages=C"]
        }
        return ["--locale=C"]
    }

    #if canImport(Darwin)
    private static let allCategories = LC_ALL_MASK
    #else
    // A macro with a shift in it, which isn't imported: all categories but LC_ALL itself.
    private static let allCategories: CInt = 0x1fbf
    #endif

    private static func cacheDirectory(_ environment: [String: String]) -> String {
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return cache + "/kinship" }
        if let home = environment["HOME"], home.hasPrefix("/"), access(home, W_OK) == 0 {
            #if os(macOS)
            return home + "/Library/Caches/kinship"
            #else
            return home + "/.cache/kinship"
            #endif
        }
        return "/tmp/kinship-cache-\(geteuid())"
    }

    /// Variables: `initdb`, `arguments` (one a line), `target`, `owner`.
    private static let script = """
        job() {
            mkdir "$base/data" || return 1
            if [ -n "$owner" ]; then
                chown "$owner" "$base/data" && chgrp "${owner#*:}" "$base" && chmod g+x "$base" || return 1
            fi
            IFS='
        '
            run "$@" "$initdb" --pgdata="$base/data" $arguments || return 1
            rm -rf "${target%/*}"/*.partial
            cp -R "$base/data" "$target.partial" && mv "$target.partial" "$target"
        }
        """
}
