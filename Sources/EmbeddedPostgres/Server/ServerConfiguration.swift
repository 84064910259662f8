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

/// The files one server is configured by, and the script that starts it.
struct ServerConfiguration: Sendable {
    let base: String
    let dataDirectory: String
    let port: Int?
    let password: String?
    private let isEphemeral: Bool
    private let settings: [(String, String)]
    private let rules: String
    private let tls: EmbeddedServerOptions.TLSIdentity?

    init(options: EmbeddedServerOptions, base: String) throws(EmbeddedPostgresError) {
        self.base = base
        isEphemeral = options.storage == .ephemeral
        switch options.storage {
        case .ephemeral: dataDirectory = base + "/data"
        case .directory(let path):
            guard path.hasPrefix("/") else {
                throw EmbeddedPostgresError(.invalidOption, "The data directory \(path) is not an absolute path.")
            }
            dataDirectory = path
        }
        switch options.network {
        case .socketOnly: port = nil
        case .loopback(let given?): port = given
        case .loopback(nil): port = try Self.freePort()
        }
        switch options.authentication {
        case .socketTrust:
            password = port == nil ? nil : UUID().uuidString
            rules = "local all all trust\nlocal replication all trust\nhost all all 127.0.0.1/32 scram-sha-256"
        case .password(let given):
            password = given
            rules = "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256"
        case .rules(let given, let secret):
            password = secret
            rules = given
        }
        tls = options.tls

        var settings = Self.ownSettings(base: base, ephemeral: isEphemeral)
        settings.append(("listen_addresses", port == nil ? "" : "127.0.0.1"))
        settings.append(("port", "\(port ?? 5432)"))
        if tls != nil {
            settings.append(("ssl", "on"))
            settings.append(("ssl_cert_file", base + "/server.crt"))
            settings.append(("ssl_key_file", base + "/server.key"))
        }
        for (name, value) in options.settings.sorted(by: { $0.key < $1.key }) {
            guard name.utf8.allSatisfy(Self.isNameByte), !value.contains(where: { $0.isNewline || $0 == "\0" }) else {
                throw EmbeddedPostgresError(
                    .invalidOption, "The setting \"\(name)\" has an odd name, or a line break in its value.")
            }
            settings.append((name, value))
        }
        self.settings = settings
    }

    /// Writes the files into the private directory.
    func write() throws(EmbeddedPostgresError) {
        var text = "include_if_exists = \(Self.quote(dataDirectory + "/postgresql.conf"))\n"
        text += "data_directory = \(Self.quote(dataDirectory))\n"
        text += "hba_file = \(Self.quote(base + "/pg_hba.conf"))\n"
        text += "ident_file = \(Self.quote(dataDirectory + "/pg_ident.conf"))\n"
        for (name, value) in settings { text += "\(name) = \(Self.quote(value))\n" }
        try write(text, "postgresql.conf")
        try write(rules + "\n", "pg_hba.conf")
        if let password {
            // Not an argument, which every user of the machine could read; the script removes the file.
            try write("ALTER ROLE postgres PASSWORD \(Self.quote(password));\n", "password.sql")
        }
        if let tls {
            try write(tls.certificate, "server.crt")
            try write(tls.key, "server.key")
        }
    }

    /// The variables of ``script``.
    func variables(binaries: PostgresBinaries, template: String, owner: String) -> [String: String] {
        [
            "data": dataDirectory, "template": template, "postgres": binaries.directory + "/postgres", "owner": owner,
            // What is thrown away needs no checkpoint first.
            "signal": isEphemeral ? "QUIT" : "INT", "patience": isEphemeral ? "10" : "60",
        ]
    }

    /// Variables: `data`, `template`, `owner`, `postgres`. Copies the template by reflink where the file system can.
    static let script = """
        copy() {
            mkdir -p "$data" || return 1
            cp -R --reflink=auto "$template/." "$data" 2>/dev/null || cp -Rc "$template/." "$data" 2>/dev/null \\
                || cp -R "$template/." "$data" || return 1
            [ -z "$owner" ] || chown -R "$owner" "$data"
        }
        hand_over() {
            chown "$owner" "$base/run" && chgrp "${owner#*:}" "$base" "$base"/*.conf && chmod g+x "$base" \\
                && chmod g+r "$base"/*.conf || return 1
            [ ! -e "$base/server.key" ] || chown "$owner" "$base/server.crt" "$base/server.key"
        }
        job() {
            [ -e "$data/PG_VERSION" ] || copy || return 1
            [ -e "$base/run" ] || mkdir "$base/run" || return 1
            [ -z "$owner" ] || hand_over || return 1
            if [ -e "$base/password.sql" ]; then
                "$@" "$postgres" --single -D "$base" postgres <"$base/password.sql" >/dev/null || return 1
                rm -f "$base/password.sql"
            fi
            run "$@" "$postgres" -D "$base"
        }
        """

    private static func ownSettings(base: String, ephemeral: Bool) -> [(String, String)] {
        let common = [
            ("unix_socket_directories", base + "/run"), ("unix_socket_permissions", "0700"),
            ("logging_collector", "off"),
            ("log_destination", "stderr"), ("timezone", "UTC"), ("log_timezone", "UTC"),
        ]
        guard ephemeral else { return common }
        return common + [
            ("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off"), ("max_wal_size", "2GB"),
        ]
    }

    private func write(_ text: String, _ name: String) throws(EmbeddedPostgresError) {
        try writePrivateFile(base + "/" + name, text)
    }

    private static func quote(_ value: String) -> String {
        "'" + value.replacingOccurrences(of: "'", with: "''") + "'"
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// A port nobody listens on at the moment.
    private static func freePort() throws(EmbeddedPostgresError) -> Int {
        #if canImport(Darwin)
        let socketDescriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
        let socketDescriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        #endif
        guard socketDescriptor >= 0 else { throw fileError("No socket can be made") }
        defer { close(socketDescriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let found = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socketDescriptor, $0, length) == 0 && getsockname(socketDescriptor, $0, &length) == 0
            }
        }
        guard found else { throw fileError("No free port can be found") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
