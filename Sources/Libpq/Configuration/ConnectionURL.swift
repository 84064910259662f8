// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The URL form of a configuration, read as libpq reads it (PostgreSQL documentation, "Connection URIs").
///
/// Nothing of the part before the database is ever repeated in an error: with a badly encoded password, any piece of it
/// may be the password.
enum ConnectionURL {
    static let encodingRemedy =
        "percent-encode / as %2F, ? as %3F, @ as %40 and : as %3A in user names and passwords"

    static func parse(_ url: String) throws -> Settings {
        guard let scheme = ["postgres://", "postgresql://"].first(where: { url.hasPrefix($0) }) else {
            throw PostgresError(
                .invalidConfiguration,
                "The database URL doesn't begin with postgres:// or postgresql://; write postgres://user@host:5432/database."
            )
        }
        var settings = Settings()
        let rest = url.dropFirst(scheme.count)
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        var path = rest[authorityEnd...]
        var query: Substring = ""
        if let mark = path.firstIndex(of: "?") {
            query = path[path.index(after: mark)...]
            path = path[..<mark]
        }
        var hosts = authority
        // The last @, for a host has none: an unencoded @ in a password then does no harm.
        if let at = authority.lastIndex(of: "@") {
            hosts = authority[authority.index(after: at)...]
            let user = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            try set("user", user[0])
            if user.count == 2 { try set("password", user[1]) }
        } else if rest[authorityEnd...].contains("@") && !(path.isEmpty && authority.isEmpty) && !query.contains("=") {
            throw misencoded("the user name or password")
        }
        // A password with @ and / in it: the host would be its middle, and the database, which is shown, its end.
        guard !path.contains("@") else { throw misencoded("the user name, password or database") }
        try checkParameters(path, hosts)
        try parse(hosts: hosts)
        if path.count > 1 { try set("dbname", path.dropFirst()) }
        // A key may only be repeated when it can't be the piece of a password.
        let keysAreSafe = !query.contains("@")
        for pair in query.split(separator: "&") {
            guard let equals = pair.firstIndex(of: "="), pair[pair.index(after: equals)...].contains("=") == false
            else {
                throw PostgresError(
                    .invalidConfiguration,
                    "A parameter after ? in the database URL is not of the form key=value; separate them by & and "
                        + "write = in a value as %3D.")
            }
            let key = try decoded(pair[..<equals], "a parameter's key")
            let value = try decoded(pair[pair.index(after: equals)...], keysAreSafe ? "\"\(key)\"" : "a parameter")
            guard keysAreSafe || LibpqKeyword.all[key] != nil else { throw misencoded("the user name or password") }
            // JDBC's spelling, which libpq takes too.
            if key == "ssl", value == "true" {
                settings.set("sslmode", "require", place: "\"ssl\" in the database URL")
                continue
            }
            guard LibpqKeyword.all[key] != nil else {
                throw PostgresError(
                    .invalidConfiguration,
                    "\"\(key)\" in the database URL is not a keyword of libpq; remove it or correct its spelling.")
            }
            guard !value.isEmpty else { continue }
            settings.set(key, value, place: "\"\(key)\" in the database URL")
        }
        return settings

        func set(_ key: String, _ text: Substring) throws {
            let value = try decoded(text, "the \(key == "dbname" ? "database" : key)")
            if !value.isEmpty {
                settings.set(key, value, place: "the \(key == "dbname" ? "database" : key) of the database URL")
            }
        }

        func parse(hosts: Substring) throws {
            guard !hosts.isEmpty else { return }
            var names: [String] = []
            var ports: [String] = []
            for item in hosts.split(separator: ",", omittingEmptySubsequences: false) {
                var (name, port) = (item, Substring())
                if item.hasPrefix("[") {
                    guard let close = item.firstIndex(of: "]") else { throw misencoded("a host: [ without ]; it") }
                    name = item[item.index(after: item.startIndex)..<close]
                    let after = item[item.index(after: close)...]
                    guard after.isEmpty || after.hasPrefix(":") else { throw misencoded("what follows ] of a host") }
                    port = after.dropFirst()
                } else if let colon = item.firstIndex(of: ":") {
                    name = item[..<colon]
                    port = item[item.index(after: colon)...]
                }
                names.append(try decoded(name, "a host"))
                ports.append(try decoded(port, "a port"))
            }
            if names.contains(where: { !$0.isEmpty }) {
                settings.set("host", names.joined(separator: ","), place: "a host of the database URL")
            }
            if ports.contains(where: { !$0.isEmpty }) {
                settings.set("port", ports.joined(separator: ","), place: "a port of the database URL")
            }
        }
    }

    /// Parameters that no question mark announces would be taken for a part of a name, which is shown: a password among them
    /// too.
    private static func checkParameters(_ path: Substring, _ hosts: Substring) throws {
        guard hosts.contains("=") || path.contains(#/[&;][^&;=]*=/#) else { return }
        throw PostgresError(
            .invalidConfiguration,
            "In the database URL, parameters stand where no question mark is before them; write …/database?key=value&key=value "
                + "(and & and ; in a name as %26 and %3B).")
    }

    /// Whether a text is an address of its own, a URL or a list of libpq's keywords, which may hold a password.
    static func isAddress(_ text: String) -> Bool {
        text.contains("://") || text.contains(#/(?i)(pass\w*|pwd|secret\w*)\s*=/#)
    }

    /// Percent-decodes.
    static func decoded(_ text: Substring, _ what: String) throws -> String {
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(Hexadecimal.value),
                let low = iterator.next().flatMap(Hexadecimal.value)
            else {
                throw misencoded(what)
            }
            bytes.append(high << 4 | low)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw misencoded(what) }
        return decoded
    }

    /// Percent-encodes all but letters, digits and `-._~`.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func misencoded(_ what: String) -> PostgresError {
        PostgresError(
            .invalidConfiguration, "In the database URL, \(what) is not properly written; \(encodingRemedy).")
    }
}
