// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Hummingbird
import HummingbirdCore
public import KinshipREST
public import Logging
import NIOCore
public import ServiceLifecycle

/// An HTTP/1.1 server of a ``RESTService``, as a service of a `ServiceGroup`.
///
/// ```swift
/// let server = KinshipServer(service, host: "127.0.0.1", port: 3000)
/// let group = ServiceGroup(
///     services: [database, server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
/// try await group.run()
/// ```
///
/// On a graceful shutdown it takes no more connections, ends streams of changes and answers what has been asked. The task of a request is cancelled when its
/// client goes away. It speaks plain HTTP: TLS is for a proxy in front of it, or for a Hummingbird application with
/// ``KinshipResponder``.
public struct KinshipServer: Service {
    /// How the server deals with connections.
    public struct Options: Sendable {
        /// How many connections there may be; further ones wait.
        public var connections = 4_096
        /// How long a connection may be idle, or take for a request's head.
        public var idleTime = Duration.seconds(60)
        /// How long a client may take nothing of what it is sent.
        public var stallTime = Duration.seconds(30)

        /// The usual options.
        public init() {}
    }

    private let service: RESTService
    private let application: Application<KinshipResponder<KinshipRequestContext>>

    /// A server of a service.
    ///
    /// - Parameters:
    ///   - host: the address to listen at; `0.0.0.0` for all of the machine's.
    ///   - port: the port; 0 for one that is free.
    ///   - options: how it deals with connections.
    ///   - logger: takes what Hummingbird says.
    ///   - onListening: called with the port once connections are taken.
    public init(
        _ service: RESTService, host: String = "127.0.0.1", port: Int, options: Options = Options(),
        logger: Logger = Logger(label: "kinship.server"),
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.service = service
        let stall = TimeAmount(options.stallTime)
        application = Application(
            responder: KinshipResponder<KinshipRequestContext>(service),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionHandler(stall: stall)],
                    idleTimeout: TimeAmount(options.idleTime))),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(options.connections)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? port) }, logger: logger)
    }

    /// Listens and answers until the group shuts down.
    ///
    /// - Throws: when the address can't be listened at.
    public func run() async throws {
        let service = service
        try await withGracefulShutdownHandler {
            try await application.run()
        } onGracefulShutdown: {
            service.endChangeStreams()
        }
    }
}
#endif
