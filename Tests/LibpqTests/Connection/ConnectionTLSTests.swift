// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Libpq
import TestSupport
import Testing

/// Which TLS modes take which servers, and results over TLS and over Dispatch.
@Suite struct ConnectionTLSTests {
    /// What is wrong, if anything.
    enum Peer: CaseIterable, Sendable {
        case right, unknownAuthority, wrongHost, plain, expired
    }

    /// The modes with which such a server gives a connection.
    private func accepted(_ peer: Peer) -> Set<TLS.Mode> {
        switch peer {
        // The server takes encrypted connections only, so that allow tries again with TLS.
        case .right: [.allow, .prefer, .require, .verifyCA, .verifyFull]
        case .wrongHost: [.allow, .prefer, .require, .verifyCA]
        // With a root certificate at hand, require checks it too.
        case .unknownAuthority, .expired: []
        case .plain: [.disable, .allow, .prefer]
        }
    }

    @Test(arguments: Peer.allCases)
    func `Each mode takes what it promises to take`(_ peer: Peer) async throws {
        let (server, url, root): (EmbeddedServer, String, String)
        switch peer {
        case .plain:
            server = try await PrivateServer.start()
            (url, root) = (try #require(server.tcpURL()), try await TestCertificate.make(names: ["x"]).authorityFile)
        default:
            let made = try await PrivateServer.tls(
                names: [peer == .wrongHost ? "elsewhere.example" : "localhost"], days: peer == .expired ? 0 : 2)
            server = made.server
            url = try #require(server.tcpURL()).replacing("@127.0.0.1", with: "@localhost")
            root =
                peer == .unknownAuthority
                ? try await TestCertificate.make(names: ["localhost"]).authorityFile : made.authority.authorityFile
        }
        if peer == .expired { try await Task.sleep(for: .milliseconds(1_500)) }
        for mode in TLS.Mode.allCases {
            do {
                let connection = try await ConnectionFixture.connect(url: url) {
                    $0.tls.mode = mode
                    $0.tls.rootCertificate = root
                }
                #expect(accepted(peer).contains(mode), "\(peer) was taken with \(mode)")
                connection.close()
            } catch let error as PostgresError {
                #expect(!accepted(peer).contains(mode), "\(mode): \(error)")
                #expect([.connectFailed, .authenticationFailed].contains(error.code), "\(error)")
                #expect(!"\(error)".contains("kinship-tls"))
            }
        }
        // Without a root certificate require only encrypts.
        if peer != .plain {
            try await ConnectionFixture.connect(url: url) { $0.tls.mode = .require }.close()
        }
    }

    enum Way: CaseIterable, Sendable { case tls, dispatch, tlsOverDispatch }

    @Test(arguments: Way.allCases)
    func `Limits of results hold, and the connection goes on`(_ way: Way) async throws {
        let (server, authority) = try await PrivateServer.tls()
        let url = try #require(server.tcpURL()).replacing("@127.0.0.1", with: "@localhost")
        let source: (any ReadinessSource)? = way == .tls ? nil : DispatchReadiness()
        let connection = try await ConnectionFixture.connect(
            url: way == .dispatch ? server.url : url, source: source
        ) {
            guard way != .dispatch else { return }
            $0.tls.mode = .verifyFull
            $0.tls.rootCertificate = authority.authorityFile
        }
        for limits in [ResultLimits(rows: 1000), ResultLimits(bytes: 100_000)] {
            try await expect(.resultTooLarge) {
                try await connection.execute(
                    Statement("select generate_series(1, 1000000000000::int8), 'row' as name"), limits: limits)
            }
            #expect(try await connection.answer(to: "select 'here'") == "here")
        }
        let all = try await connection.execute(
            Statement("select repeat('x', 100) from generate_series(1, 20000)"), limits: ResultLimits(rows: 20_000))
        #expect(all.count == 20_000)
        connection.close()
    }
}
