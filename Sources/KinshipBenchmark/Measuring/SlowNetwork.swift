// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import BenchmarkFloor
internal import Foundation
internal import Libpq

/// A network to a server that takes a given time for a round trip, on top of what the server's own takes.
final class SlowNetwork {
    /// How the server is reached over it.
    let configuration: ConnectionConfiguration

    private let network: OpaquePointer
    private let directory: URL

    init(to target: ConnectionConfiguration, roundTrip: Duration) throws {
        guard let host = target.hosts.first else { throw BenchmarkError("The database's URL names no host.") }
        let port = host.port ?? 5432
        // A socket's path has about a hundred bytes.
        directory = URL(fileURLWithPath: "/tmp/kinship-network-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        guard
            let network = kinship_network_open(
                directory.path, CInt(port), host.address ?? host.name, CInt(port),
                Int64(roundTrip / .nanoseconds(1)))
        else {
            try? FileManager.default.removeItem(at: directory)
            throw BenchmarkError("No socket can be made in \(directory.path).")
        }
        self.network = network
        var configuration = target
        configuration.hosts = [Host(directory.path, port: port)]
        self.configuration = configuration
    }

    /// For when nothing is connected any more.
    func close() {
        kinship_network_close(network)
        try? FileManager.default.removeItem(at: directory)
    }
}
