// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
public import Hummingbird
public import KinshipREST
import NIOCore

/// Answers the requests of a Hummingbird application with a ``RESTService``.
///
/// ```swift
/// let application = Application(responder: KinshipResponder<BasicRequestContext>(service))
/// try await application.runService()
/// ```
///
/// ``KinshipServer`` does the same, and cancels what a client that went away has asked for; inside of an application that has
/// routes of its own there is ``KinshipMiddleware``.
public struct KinshipResponder<Context: RequestContext>: HTTPResponder {
    private let service: RESTService

    /// A responder of a service.
    public init(_ service: RESTService) { self.service = service }

    /// Answers a request.
    public func respond(to request: Request, context: Context) async throws -> Response {
        let channel = (context as? any ConnectedRequestContext)?.channel
        let body = RESTRequestBody(request.body.map { $0.readableBytesView })
        let response = await ClientConnection.whileThere(channel.flatMap(ClientConnections.connection)) { [service] in
            await service.respond(to: request.head, body: body, client: channel?.remoteAddress?.ipAddress)
        }
        return Response(status: response.head.status, headers: response.head.headerFields, body: .init(response))
    }
}

extension Hummingbird.ResponseBody {
    /// The body of an answer.
    fileprivate init(_ response: RESTResponse) {
        if let bytes = response.body.whole {
            self = bytes.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: bytes))
        } else {
            // An error on the way ends the connection without the end of the body, so that nobody takes a part for all of it.
            self.init { writer in
                for try await piece in response.body { try await writer.write(ByteBuffer(bytes: piece)) }
                try await writer.finish(nil)
            }
        }
    }
}
#endif
