// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship

/// A data source of a LoopBack project, and what becomes of it. Passwords are never kept.
struct ImportedSource {
    enum Kind: String {
        case postgresql, memory, database, service
    }

    var name: String
    var connector: String
    var kind: Kind
    /// Where the database is, without a password; nil where that can't be said.
    var url: String?
    /// What is to be done.
    var note: String

    init(_ name: String, _ settings: JSONValue) {
        self.name = name
        let written = settings["connector"]?.text ?? "memory"
        var connector = written.lowercased().split(separator: "/").last.map(String.init) ?? ""
        if connector.hasPrefix("loopback-connector-") {
            connector = String(connector.dropFirst("loopback-connector-".count))
        }
        // A connector can be a path; whatever else stands here isn't for others to see.
        if connector.wholeMatch(of: #/[a-z0-9._-]+/#) == nil { connector = "unknown" }
        self.connector = connector
        if connector.contains("postgres") {
            kind = .postgresql
            url = Self.url(settings)
            note = Self.note(settings, url)
        } else if connector == "memory" || connector == "transient" {
            kind = .memory
            note = "becomes a PostgreSQL server of its own: `kinship embedded DIR` runs one that keeps its data in DIR"
            if settings["file"] != nil {
                note +=
                    "; the records in its `file` are not brought along: write them as lines of JSON for `kinship import`"
            }
        } else if Self.databases.contains(connector) {
            kind = .database
            note =
                "is no PostgreSQL: its records have to be brought along, as lines of JSON or CSV for `kinship import MODEL FILE`"
        } else {
            kind = .service
            note = "is left: what it does has to be written in Swift"
        }
    }

    private static let databases: Set<String> = [
        "arangodb", "cassandra", "cloudant", "couchdb", "couchdb2", "dashdb", "db2", "db2iseries", "db2z", "dynamodb",
        "firestore", "informix", "mongo", "mongodb", "mssql", "mysql", "neo4j", "oracle", "rethinkdb", "sqlite",
        "sqlite3",
    ]

    private static func note(_ settings: JSONValue, _ url: String?) -> String {
        if let variable = settings["url"]?.text?.wholeMatch(of: #/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/#)?.output.1 {
            return "its address is in the variable `\(variable)`: give it as `KINSHIP_DATABASE_URL`"
        }
        guard url != nil else {
            return "its address can't be read: write it yourself, `postgres://user@host:port/name`"
        }
        let password = settings["password"]?.text ?? ""
        if let variable = password.wholeMatch(of: #/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/#)?.output.1 {
            return "its password is in the variable `\(variable)`: give it as `PGPASSWORD`"
        }
        return "its password isn't copied: give it in `PGPASSWORD`, or in `~/.pgpass`"
    }

    // MARK: The address

    private static func url(_ settings: JSONValue) -> String? {
        func text(_ keys: String...) -> String? {
            for key in keys {
                switch settings[key] {
                case .string(let text)? where !text.isEmpty: return text
                case .number(let number)?: return number
                default: continue
                }
            }
            return nil
        }
        if let url = text("url") { return stripped(url) }
        let host = text("host", "hostname") ?? "localhost"
        let user = text("user", "username")
        let database = text("database")
        // An address in the wrong place may hold a password.
        guard !host.contains("@"), user?.contains(":") != true, database?.contains(where: { "?@".contains($0) }) != true
        else { return nil }
        return joined(user: user, host: host, port: text("port") ?? "5432", database: database)
    }

    /// An address without its password and its parameters, which can hold one too.
    private static func stripped(_ url: String) -> String? {
        guard let match = url.wholeMatch(of: #/postgres(?:ql)?:\/\/(.*)/#) else { return nil }
        var rest = match.output.1[...]
        var user: String?
        // The last one: a password may hold one.
        if let at = rest.lastIndex(of: "@") {
            user = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).first.map {
                $0.removingPercentEncoding ?? String($0)
            }
            rest = rest[rest.index(after: at)...]
        }
        let path = rest.prefix { $0 != "?" }
        guard user?.contains(where: { "/?=&".contains($0) }) != true,
            let parts = path.wholeMatch(
                of: #/(\$\{\w+\}|\[[0-9a-fA-F:.]+\]|[^\/:@]*)(?::(\d+|\$\{\w+\}))?(?:\/([^\/]*))?/#)
        else { return nil }
        let database = parts.output.3.map { $0.removingPercentEncoding ?? String($0) }
        return joined(
            user: user, host: String(parts.output.1), port: parts.output.2.map(String.init) ?? "5432",
            database: database)
    }

    /// An address that a shell takes as it is, in double quotes: placeholders such as `${DB_HOST}` are its variables.
    private static func joined(user: String?, host: String, port: String, database: String?) -> String {
        let owner = user.flatMap { $0.isEmpty ? nil : escaped($0) + "@" } ?? ""
        let name = database.map { "/" + escaped($0) } ?? ""
        return "postgres://\(owner)\(escaped(host, and: "[]:")):\(escaped(port))\(name)"
    }

    private static func escaped(_ text: String, and others: String = "") -> String {
        if text.wholeMatch(of: #/\$\{[A-Za-z_][A-Za-z0-9_]*\}/#) != nil { return text }
        let plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
        return text.addingPercentEncoding(withAllowedCharacters: CharacterSet(charactersIn: plain + others)) ?? ""
    }

    var json: JSONValue {
        [
            "name": .string(name), "connector": .string(connector), "becomes": .string(kind.rawValue),
            "url": url.map { .string($0) } ?? .null, "note": .string(note),
        ]
    }
}
