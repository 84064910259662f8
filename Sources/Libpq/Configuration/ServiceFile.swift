// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The connection service file, `pg_service.conf`.
///
/// Read here and not by libpq: only when its settings are known do environment variables stay weaker than them, and only
/// then can the hosts decide about TLS. PostgreSQL documentation, "The Connection Service File".
enum ServiceFile {
    /// Where distributions have libpq look for `pg_service.conf` when `PGSYSCONFDIR` doesn't say.
    private static let systemDirectories = [
        "/etc/postgresql-common", "/etc/sysconfig/pgsql", "/etc/postgresql", "/etc",
        "/opt/homebrew/etc/postgresql", "/usr/local/etc/postgresql",
    ]

    /// The settings of a service; the user's file comes before the system's.
    static func settings(of service: String, environment: [String: String]) throws -> Settings {
        guard !ConnectionURL.isAddress(service) else {
            throw PostgresError(
                .invalidConfiguration,
                "The service (PGSERVICE, or service= in the database URL) is an address where the name of a section is expected; "
                    + "give the address as the database URL.")
        }
        var files: [String] = []
        if let file = environment["PGSERVICEFILE"], !file.isEmpty {
            guard FileManager.default.isReadableFile(atPath: file) else {
                throw PostgresError(
                    .invalidConfiguration, "PGSERVICEFILE names \"\(file)\", which can't be read; correct the path.")
            }
            files.append(file)
        } else if let home = environment["HOME"], !home.isEmpty {
            files.append(home + "/.pg_service.conf")
        }
        if let directory = environment["PGSYSCONFDIR"], !directory.isEmpty {
            files.append(directory + "/pg_service.conf")
        } else {
            files += systemDirectories.map { $0 + "/pg_service.conf" }
        }
        for file in files {
            guard let data = FileManager.default.contents(atPath: file) else { continue }
            if let settings = try parse(String(decoding: data, as: UTF8.self), file: file, service: service) {
                return settings
            }
        }
        throw PostgresError(
            .invalidConfiguration,
            "No service file has a section [\(service)]; add it to \(files[0]), or set PGSERVICEFILE to the file that has it."
        )
    }

    /// The settings of one section, nil when the file has no such section.
    static func parse(_ text: String, file: String, service: String) throws -> Settings? {
        var settings: Settings?
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasPrefix("[") {
                // As in libpq, the section ends at the next one, and the first of that name counts.
                if settings != nil { return settings }
                if line == "[\(service)]" { settings = Settings() }
                continue
            }
            guard settings != nil else { continue }
            let place = "line \(index + 1) of \(file)"
            if line.hasPrefix("ldap") {
                throw PostgresError(
                    .invalidConfiguration,
                    "\(place) asks for a look-up by LDAP, which isn't supported; write the settings into the file.")
            }
            guard let equals = line.firstIndex(of: "=") else {
                throw PostgresError(.invalidConfiguration, "\(place) is not of the form key=value; correct it.")
            }
            let key = String(line[..<equals].trimmed)
            guard LibpqKeyword.all[key] != nil, key != "service" else {
                // Not repeated: a line that went wrong may be the piece of a password.
                throw PostgresError(
                    .invalidConfiguration,
                    "\(place) sets what is not a keyword that a service can set; remove it or correct its spelling."
                )
            }
            let value = String(line[line.index(after: equals)...].trimmed)
            if !value.isEmpty, settings?[key] == nil {
                settings?.set(key, value, place: "\"\(key)\" in \(place)")
            }
        }
        return settings
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return self[first...last]
    }
}
