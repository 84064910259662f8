// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Hummingbird
import HummingbirdCore
import KinshipREST
package import Logging
import NIOCore
import ServiceLifecycle

/// Answers GET of one path with a text that is made when somebody asks, at a port of its own: for who looks after a process.
///
/// It asks nobody who he is: listen at an address that only those reach.
package struct TextServer: Service {
    private struct Responder: HTTPResponder {
        typealias Context = BasicRequestContext

        let path: String
        let type: String
        let text: @Sendable () -> String

        func respond(to request: Request, context: Context) async throws -> Response {
            guard request.uri.path == path else { return Response(status: .notFound) }
            guard request.method == .get else { return Response(status: .methodNotAllowed, headers: [.allow: "GET"]) }
            return Response(
                status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(string: text())))
        }
    }

    private let application: Application<Responder>

    /// A server of a text.
    ///
    /// - Parameters:
    ///   - path: the one path that there is.
    ///   - type: what the text is.
    ///   - onListening: called with the port once connections are taken.
    ///   - text: makes the text.
    package init(
        path: String, type: String, host: String, port: Int, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void, text: @escaping @Sendable () -> String
    ) {
        application = Application(
            responder: Responder(path: path, type: type, text: text),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? port) }, logger: logger)
    }

    /// Listens and answers until the group shuts down.
    package func run() async throws { try await application.run() }
}
#endif
