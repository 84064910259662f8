// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ConnectionConfiguration {
    /// Puts settings into typed properties, checking each.
    mutating func apply(_ settings: Settings) throws {
        hosts = try Self.hosts(from: settings)
        for (key, setting) in settings.all.sorted(by: { $0.key < $1.key }) {
            let (value, place) = (setting.value, setting.place)
            guard !value.utf8.contains(0) else {
                throw PostgresError(
                    .invalidConfiguration, "\(place) contains a NUL character, which PostgreSQL can't take; remove it.")
            }
            try Self.checkForAddress(key, value, place)
            switch key {
            case "host", "hostaddr", "port", "service": break
            case "user": user = value
            case "password": password = Password(value)
            case "dbname": database = value
            case "application_name": applicationName = value
            case "sslmode": tls.mode = try Self.choice(value, place)
            case "sslrootcert": tls.rootCertificate = value
            case "sslcert": tls.certificate = value
            case "sslkey": tls.key = value
            case "sslpassword": tls.keyPassword = Password(value)
            case "target_session_attrs": targetSessionAttributes = try Self.choice(value, place)
            case "channel_binding": channelBinding = try Self.choice(value, place)
            case "connect_timeout":
                // Zero and less are "for ever" in libpq; nothing here waits longer than a day.
                let seconds = try Self.number(value, place)
                connectTimeout = .seconds(seconds > 0 ? min(seconds, 86_400) : 86_400)
            case "keepalives": if try Self.number(value, place) == 0 { keepAlive = nil }
            case "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout":
                parameters[key] = String(try Self.number(value, place))
            case "client_encoding":
                guard ["utf8", "utf-8", "unicode", "auto"].contains(value.lowercased()) else {
                    throw PostgresError(
                        .invalidConfiguration,
                        "\(place) is \(Self.shown(value)), but strings are always sent as UTF8; remove it.")
                }
            case "load_balance_hosts":
                parameters[key] = (try Self.choice(value, place) as LoadBalancing).rawValue
            default:
                if LibpqKeyword.all[key]?.isSecret == true {
                    secrets[key] = Password(value)
                } else {
                    parameters[key] = value
                }
            }
        }
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ value: String, _ place: String
    ) throws -> Choice {
        if let choice = Choice(rawValue: value) { return choice }
        let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw PostgresError(.invalidConfiguration, "\(place) is \(shown(value)); it has to be one of \(choices).")
    }

    /// A value for a message, when it is a word; anything else may have a password in it.
    private static func shown(_ value: String) -> String {
        let isWord =
            value.utf8.count <= 32
            && value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        return isWord ? "\"\(value)\"" : "something else"
    }

    /// Refuses what looks like an address where a name is expected: neither libpq nor the server nor anybody else is to
    /// repeat it, for it may hold a password.
    private static func checkForAddress(_ key: String, _ value: String, _ place: String) throws {
        let keyword = LibpqKeyword.all[key]
        guard keyword?.isSecret != true, keyword?.takesURL != true, ConnectionURL.isAddress(value) else { return }
        throw PostgresError(
            .invalidConfiguration,
            "\(place) holds an address where a name is expected; give the address as the database URL.")
    }

    private static func number(_ value: String, _ place: String) throws -> Int {
        if let number = Int32(value) { return Int(number) }
        throw PostgresError(.invalidConfiguration, "\(place) is \(shown(value)); it has to be a whole number.")
    }

    /// Pairs names, addresses and ports as libpq does: lists of one length, or one port for all.
    private static func hosts(from settings: Settings) throws -> [Host] {
        func list(_ key: String) -> [String] {
            settings[key]?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
        }
        let (names, addresses, ports) = (list("host"), list("hostaddr"), list("port"))
        let count = max(names.count, addresses.count, ports.isEmpty ? 0 : 1)
        guard names.isEmpty || addresses.isEmpty || names.count == addresses.count else {
            throw PostgresError(
                .invalidConfiguration,
                "There are \(names.count) hosts but \(addresses.count) addresses in hostaddr; give one for each, in order."
            )
        }
        guard ports.count <= 1 || ports.count == count else {
            throw PostgresError(
                .invalidConfiguration,
                "There are \(ports.count) ports but \(count) hosts; give one port for all or one for each, in order.")
        }
        return try (0..<count).map { index in
            let port = ports.isEmpty ? "" : ports[ports.count == 1 ? 0 : index]
            var host = Host(index < names.count ? names[index] : "")
            if index < addresses.count, !addresses[index].isEmpty { host.address = addresses[index] }
            if !port.isEmpty {
                // The text is not repeated: in a badly encoded URL it may be the password.
                guard let number = UInt16(port), number > 0 else {
                    let place = settings.all["port"]?.place ?? "port"
                    throw PostgresError(
                        .invalidConfiguration,
                        "\(place) is not a number from 1 to 65535; correct it"
                            + (place.contains("URL") ? " (and \(ConnectionURL.encodingRemedy))." : "."))
                }
                host.port = Int(number)
            }
            return host
        }
    }
}

extension ConnectionConfiguration {
    /// libpq's `load_balance_hosts`.
    private enum LoadBalancing: String, CaseIterable {
        case disable, random
    }

    /// A text of libpq or the server without the secrets it may quote: what was set as one, and what stands behind
    /// `password=` in start-up options.
    func masked(_ text: String) -> String {
        var text = text
        let names = [user, database].compactMap(\.self) + hosts.map(\.name)
        for secret in [password, tls.keyPassword].compactMap(\.self) + secrets.values {
            // A short one, or one that is a name too, would only make the message unreadable.
            guard secret.value.count > 3, !names.contains(secret.value) else { continue }
            text = text.replacing(secret.value, with: "***")
        }
        return text.replacing(#/(?i)((?:pass\w*|pwd|secret\w*)\s*=\s*)[^\s"]+/#) { "\($0.output.1)***" }
    }

    /// The encryption that ``TLS/mode`` means for these hosts.
    package var effectiveTLSMode: TLS.Mode { effectiveTLSMode(process: ProcessInfo.processInfo.environment) }

    func effectiveTLSMode(process: [String: String]) -> TLS.Mode {
        if let mode = tls.mode { return mode }
        // libpq asks for verify-full too when the system's authorities are to be trusted.
        if tls.rootCertificate == "system" { return .verifyFull }
        // libpq takes from the process's variables what it isn't given, so they decide here as well.
        func ambient(_ name: String) -> [String] {
            process[name]?.split(separator: ",").map(String.init) ?? []
        }
        var hosts = hosts
        if hosts.allSatisfy({ $0.name.isEmpty }) { hosts += ambient("PGHOST").map { Host($0) } }
        if hosts.allSatisfy({ $0.address == nil }) { hosts += ambient("PGHOSTADDR").map { Host("", address: $0) } }
        return hosts.allSatisfy(\.isLocal) ? .prefer : .verifyFull
    }

    /// The keywords and values for `PQconnectStartParams` with `expand_dbname` 0.
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/invalidConfiguration`` for values libpq can't take.
    package func keywords() throws -> [(key: String, value: String)] {
        var result: [(key: String, value: String)] = []
        func add(_ key: String, _ value: String?) { if let value, !value.isEmpty { result.append((key, value)) } }
        func addList(_ key: String, _ values: [String?]) {
            if values.contains(where: { $0?.isEmpty == false }) {
                add(key, values.map { $0 ?? "" }.joined(separator: ","))
            }
        }
        for host in hosts {
            guard !host.name.contains(","), host.address?.contains(",") != true else {
                throw PostgresError(
                    .invalidConfiguration,
                    "A host contains a comma, which libpq takes for a list; give several hosts instead.")
            }
            guard (1...65535).contains(host.port ?? 5432) else {
                throw PostgresError(.invalidConfiguration, "A host's port is not a number from 1 to 65535; correct it.")
            }
        }
        addList("host", hosts.map(\.name))
        addList("hostaddr", hosts.map(\.address))
        addList("port", hosts.map { $0.port.map(String.init) })
        add("dbname", database)
        add("user", user)
        add("password", password?.value)
        add("application_name", applicationName)
        let mode = effectiveTLSMode
        add("sslmode", mode.rawValue)
        add("sslrootcert", try TrustStore.rootCertificate(given: tls.rootCertificate, mode: mode))
        add("sslcert", tls.certificate)
        add("sslkey", tls.key)
        add("sslpassword", tls.keyPassword?.value)
        if targetSessionAttributes != .any { add("target_session_attrs", targetSessionAttributes.rawValue) }
        add("channel_binding", channelBinding?.rawValue)
        add("client_encoding", "UTF8")
        // Without it libpq would fill in what another service, named by the process's PGSERVICE, says.
        if let service, let ambient = ProcessInfo.processInfo.environment["PGSERVICE"], ambient != service {
            add("service", service)
        }
        var others = parameters
        let taken = Set(result.map(\.key))
        if let key = others.keys.first(where: { taken.contains($0) }) {
            throw PostgresError(
                .invalidConfiguration, "\"\(key)\" is set in parameters and by a property; remove it from parameters.")
        }
        others.merge(keepAliveKeywords) { given, _ in given }
        if others["fallback_application_name"] == nil { others["fallback_application_name"] = "kinship" }
        for (key, value) in others.sorted(by: { $0.key < $1.key }) { add(key, value) }
        for (key, value) in secrets.sorted(by: { $0.key < $1.key }) { add(key, value.value) }
        try check(result)
        return result
    }

    private var keepAliveKeywords: [String: String] {
        guard let keepAlive else { return ["keepalives": "0"] }
        return [
            "keepalives": "1",
            "keepalives_idle": String(max(1, keepAlive.idle.components.seconds)),
            "keepalives_interval": String(max(1, keepAlive.interval.components.seconds)),
            "keepalives_count": String(max(1, keepAlive.count)),
            "tcp_user_timeout": String(
                min(keepAlive.userTimeout, .seconds(86_400)).components.seconds * 1000
                    + keepAlive.userTimeout.components.attoseconds / 1_000_000_000_000_000),
        ]
    }

    private func check(_ keywords: [(key: String, value: String)]) throws {
        let version = PQlibVersion()
        for (key, value) in keywords {
            guard !value.utf8.contains(0) else {
                throw PostgresError(
                    .invalidConfiguration,
                    "\"\(key)\" contains a NUL character, which PostgreSQL can't take; remove it.")
            }
            try Self.checkForAddress(key, value, "\"\(key)\"")
            guard let keyword = LibpqKeyword.all[key] else {
                throw PostgresError(
                    .invalidConfiguration, "\"\(key)\" is not a keyword of libpq; remove it or correct its spelling.")
            }
            guard keyword.since <= version else {
                throw PostgresError(
                    .invalidConfiguration,
                    "\"\(key)\" needs libpq \(keyword.since / 10_000), this is \(version / 10_000); update libpq or remove it."
                )
            }
        }
    }
}
