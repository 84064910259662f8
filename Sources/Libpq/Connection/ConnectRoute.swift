// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The servers that one connect goes through, and what libpq is told of each.
///
/// libpq is given one address at a time: it would spend all of the time on the first that is silent, and look up names without a way
/// to interrupt it.
struct ConnectRoute {
    /// One server of the list. Empty strings are libpq's default.
    struct Stop: Equatable {
        var name: String
        var address: String
        var port: String

        /// Whether the name has to be looked up.
        var isLookedUp: Bool {
            address.isEmpty && !name.isEmpty && !name.hasPrefix("/") && !name.hasPrefix("@")
                && !SystemNames.isAddress(name)
        }

        /// For people, as libpq writes it.
        func description(_ address: String?) -> String {
            let address = address ?? (self.address.isEmpty ? nil : self.address)
            let host = name.isEmpty ? address.map { "\"\($0)\"" } : "\"\(name)\"" + (address.map { " (\($0))" } ?? "")
            guard let host else { return "the server of this machine, port \(port)," }
            return "the server at \(host), port \(port),"
        }

        /// What attempts at one server have in common.
        func key(_ address: String?) -> String { "\(address ?? (self.address.isEmpty ? name : self.address)):\(port)" }
    }

    let stops: [Stop]
    /// `target_session_attrs`, once for each round through the servers.
    let rounds: [String?]
    /// Whether the addresses of a name are tried in a random order, as the servers are.
    let isShuffled: Bool
    private let common: [(key: String, value: String)]

    init(_ configuration: ConnectionConfiguration) throws {
        // Start-up options cost no round trip. Poolers that switch servers between transactions refuse them.
        let given = try configuration.keywords()
        let keywords = configuration.statementCache == .unnamed ? given : SessionSettings.added(to: given)
        let ambient = Self.ambient(configuration, keywords)
        func keyword(_ key: String) -> String? { keywords.first { $0.key == key }?.value ?? ambient[key] }
        isShuffled = keyword("load_balance_hosts") == "random"
        let attributes = keyword("target_session_attrs")
        // As in libpq: any server will do when there is no standby.
        rounds = attributes == "prefer-standby" ? ["standby", "any"] : [attributes]
        let own: Set = ["host", "hostaddr", "port", "target_session_attrs", "load_balance_hosts"]
        common = keywords.filter { !own.contains($0.key) }
        let stops = try Self.stops(host: keyword("host"), address: keyword("hostaddr"), port: keyword("port"))
        self.stops = isShuffled ? stops.shuffled() : stops
    }

    /// The keywords for one address, as `PQconnectStartParams` takes them.
    func keywords(_ stop: Stop, address: String?, attributes: String?) -> [(key: String, value: String)] {
        let own = [
            ("host", stop.name), ("hostaddr", address ?? stop.address), ("port", stop.port),
            ("target_session_attrs", attributes ?? ""),
        ]
        return own.filter { !$0.1.isEmpty } + common
    }

    /// Pairs names, addresses and ports as libpq does.
    static func stops(host: String?, address: String?, port: String?) throws -> [Stop] {
        func list(_ text: String?) -> [String] {
            guard let text, !text.isEmpty else { return [] }
            return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let (names, addresses, ports) = (list(host), list(address), list(port))
        let count = max(1, addresses.isEmpty ? names.count : addresses.count)
        guard names.isEmpty || names.count == count, ports.count <= 1 || ports.count == count else {
            throw PostgresError(
                .invalidConfiguration,
                "Together with the process's PG* variables there are \(names.count) hosts, \(addresses.count) addresses and "
                    + "\(ports.count) ports; give as many of each, in order.")
        }
        return (0..<count).map { index in
            let port = ports.isEmpty ? "" : ports[ports.count == 1 ? 0 : index]
            return Stop(
                name: names.isEmpty ? "" : names[index], address: addresses.isEmpty ? "" : addresses[index],
                port: port.isEmpty ? "5432" : port)
        }
    }

    /// What libpq takes from the process where nothing is given.
    private static func ambient(
        _ configuration: ConnectionConfiguration, _ keywords: [(key: String, value: String)]
    ) -> [String: String] {
        let keys = ["host", "hostaddr", "port", "target_session_attrs", "load_balance_hosts"]
        var ambient: [String: String] = [:]
        // With a service of its own, libpq's defaults would be those of the process's service.
        if keywords.contains(where: { $0.key == "service" }) {
            let environment = ProcessInfo.processInfo.environment
            for key in keys { ambient[key] = LibpqKeyword.all[key]?.variable.flatMap { environment[$0] } }
            return ambient
        }
        guard let defaults = PQconndefaults() else { return ambient }
        defer { PQconninfoFree(defaults) }
        var option = defaults
        while let keyword = option.pointee.keyword {
            let key = String(cString: keyword)
            if keys.contains(key), let value = option.pointee.val { ambient[key] = String(cString: value) }
            option += 1
        }
        return ambient
    }
}
