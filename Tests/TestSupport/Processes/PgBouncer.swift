// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import EmbeddedPostgres
import Foundation

/// PgBouncer in transaction mode before a server of the tests' own, when the program is installed.
public final class PgBouncer: Sendable {
    /// The port on 127.0.0.1.
    public let port: Int

    private let directory: String
    private let process: Process

    /// Where the program is; nil when it isn't installed.
    public static var program: String? {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (path + ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"]).map { $0 + "/pgbouncer" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// - Parameter settings: lines of its section `[pgbouncer]`.
    public init(program: String, before server: EmbeddedServer, settings: [String] = []) throws {
        directory = FileManager.default.temporaryDirectory.path + "/kinship-pgbouncer-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
        let (socket, port) = try Loopback.listen()
        Loopback.close(socket)
        self.port = port
        let target = URLComponents(string: server.tcpURL() ?? "")
        let text = """
            [databases]
            * = host=127.0.0.1 port=\(target?.port ?? 0) user=postgres password=\(target?.password ?? "")
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = 3
            max_client_conn = 200
            logfile = \(directory)/log
            \(settings.joined(separator: "\n"))
            """
        let file = directory + "/pgbouncer.ini"
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        // It refuses to run as root.
        process.arguments = ["-q"] + (getuid() == 0 ? ["-u", "nobody"] : []) + [file]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<500 {
            if let descriptor = try? Loopback.connect(port: port) {
                Loopback.close(descriptor)
                return
            }
            Thread.sleep(forTimeInterval: 0.01)
        }
        throw Loopback.Failure("pgbouncer doesn't listen, see \(directory)/log")
    }

    deinit {
        // What blocks signals in this process blocks them in its children, but for this one.
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// A URL that leads through it.
    public func url(database: String = "postgres") -> String {
        "postgres://postgres@127.0.0.1:\(port)/\(database)?sslmode=disable&gssencmode=disable"
    }
}
