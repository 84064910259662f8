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

/// Who PostgreSQL runs as. It refuses to run as root, so a process that is root gives it an ordinary user.
struct Privileges: Sendable, Hashable {
    /// `user:group` as numbers for `chown`; empty when nothing changes.
    var owner = ""
    /// The command that another command is put behind; empty when nothing changes.
    var command: [String] = []

    /// What the calling process needs.
    static func current() throws(EmbeddedPostgresError) -> Privileges {
        geteuid() == 0 ? try dropped(users: ["postgres", "nobody"], tools: Tool.all) : Privileges()
    }

    /// A program that changes the user and then becomes the command, so that its process id is the command's.
    ///
    /// `su`, `runuser` and `sudo` stay between as parents, and wait there for passwords or sessions.
    struct Tool {
        var path: String
        var arguments: @Sendable (_ uid: uid_t, _ gid: gid_t) -> [String]

        static let all: [Tool] = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"].flatMap { directory in
            [
                Tool(path: directory + "/setpriv") { uid, gid in
                    ["--reuid=\(uid)", "--regid=\(gid)", "--clear-groups"]
                },
                Tool(path: directory + "/chroot") { uid, gid in
                    #if canImport(Darwin)
                    ["-u", "\(uid)", "-g", "\(gid)", "/"]
                    #else
                    ["--userspec=\(uid):\(gid)", "--groups=\(gid)", "/"]
                    #endif
                },
            ]
        }
    }

    static func dropped(users: [String], tools: [Tool]) throws(EmbeddedPostgresError) -> Privileges {
        guard let (uid, gid) = users.lazy.compactMap(account(named:)).first(where: { $0.uid != 0 }) else {
            throw EmbeddedPostgresError(
                .rootRefused,
                "PostgreSQL refuses to run as root and there is no user named \(users.joined(separator: " or ")). "
                    + "Run as an ordinary user, or add one: useradd --system postgres.")
        }
        guard let tool = tools.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            throw EmbeddedPostgresError(
                .rootRefused,
                "PostgreSQL refuses to run as root and neither setpriv nor chroot is there to change the user. "
                    + "Run as an ordinary user, or install util-linux.")
        }
        return Privileges(owner: "\(uid):\(gid)", command: [tool.path] + tool.arguments(uid, gid))
    }

    private static func account(named name: String) -> (uid: uid_t, gid: gid_t)? {
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &result) == 0, result != nil else { return nil }
        return (entry.pw_uid, entry.pw_gid)
    }
}
