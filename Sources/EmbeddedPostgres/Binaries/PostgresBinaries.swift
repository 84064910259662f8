// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Foundation

/// A directory with PostgreSQL's programs.
///
/// ```swift
/// let binaries = try PostgresBinaries.find()
/// print(binaries.directory)
/// ```
public struct PostgresBinaries: Sendable, Hashable {
    /// The absolute path of the directory that holds `postgres` and `initdb`.
    public let directory: String

    /// Finds PostgreSQL's programs.
    ///
    /// `PG_BIN`, when it is set, is the only place looked at. Else the newest of Debian's and Ubuntu's
    /// `/usr/lib/postgresql/*/bin`, of the PGDG packages' `/usr/pgsql-*/bin`, of Homebrew's `postgresql@*` for Apple silicon
    /// and for Intel, and of Postgres.app; at last the directories of `PATH`.
    ///
    /// - Throws: EmbeddedPostgresError with code `binariesNotFound`, naming the package to install.
    public static func find(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(EmbeddedPostgresError) -> PostgresBinaries {
        try find(environment: environment, families: families)
    }

    /// Directories whose entries are versions: the part before the version, the part after it.
    struct Family {
        var parent: String
        var prefix: String
        var suffix: String
    }

    static let families: [Family] = [
        Family(parent: "/usr/lib/postgresql", prefix: "", suffix: "/bin"),
        Family(parent: "/usr", prefix: "pgsql-", suffix: "/bin"),
        Family(parent: "/opt/homebrew/opt", prefix: "postgresql@", suffix: "/bin"),
        Family(parent: "/usr/local/opt", prefix: "postgresql@", suffix: "/bin"),
        Family(parent: "/Applications/Postgres.app/Contents/Versions", prefix: "", suffix: "/bin"),
    ]

    static func find(
        environment: [String: String], families: [Family]
    ) throws(EmbeddedPostgresError) -> PostgresBinaries {
        if let given = environment["PG_BIN"], !given.isEmpty {
            guard let found = PostgresBinaries(at: given) else {
                throw EmbeddedPostgresError(
                    .binariesNotFound,
                    "PG_BIN is \(given), where there is no postgres and initdb to run. "
                        + "Point it at the directory that holds them, or unset it.")
            }
            return found
        }
        for family in families {
            if let found = newest(of: family) { return found }
        }
        for directory in (environment["PATH"] ?? "").split(separator: ":") where directory.hasPrefix("/") {
            if let found = PostgresBinaries(at: String(directory)) { return found }
        }
        throw EmbeddedPostgresError(.binariesNotFound, "There is no PostgreSQL server on this machine. " + remedy)
    }

    private init?(at directory: String) {
        for program in ["postgres", "initdb"] {
            guard FileManager.default.isExecutableFile(atPath: directory + "/" + program) else { return nil }
        }
        self.directory = directory
    }

    private static func newest(of family: Family) -> PostgresBinaries? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: family.parent)) ?? []
        let versions = names.compactMap { name -> (version: Double, name: String)? in
            guard name.hasPrefix(family.prefix) else { return nil }
            return Double(name.dropFirst(family.prefix.count)).map { ($0, name) }
        }
        for candidate in versions.sorted(by: { $0.version > $1.version }) {
            let directory = family.parent + "/" + candidate.name + family.suffix
            if let found = PostgresBinaries(at: directory) { return found }
        }
        return nil
    }

    private static var remedy: String {
        #if os(macOS)
        "Install it with: brew install postgresql@17"
        #else
        "Install it with: apt-get install postgresql (Debian, Ubuntu) or dnf install postgresql-server (Fedora), "
            + "or point PG_BIN at the directory that holds postgres and initdb."
        #endif
    }
}
