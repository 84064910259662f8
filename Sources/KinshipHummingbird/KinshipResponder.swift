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
        let connection = channel.flatMap(ClientConnections.connection)
        let progress = BodyProgress(request.head)
        let body = RESTRequestBody(WatchedBody(base: request.body, progress: progress))
        var response = await ClientConnection.whileThere(connection) { [service] in
            await service.respond(to: request.head, body: body, client: channel?.remoteAddress?.ipAddress)
        }
        if progress.isShortAndUnread, let channel { await Self.pass(request.body, progress, of: channel) }
        // What else is left of the body is not waited for: who sends it slowly would keep the connection.
        let isLeft = progress.isLeft
        // Hummingbird takes a body that isn't there for an empty one, and would say so of a list whose length nobody knows.
        let isUnknown =
            request.method == .head && response.head.status == .ok && response.head.headerFields[.contentLength] == nil
        if isLeft || isUnknown { response.head.headerFields[.connection] = "close" }
        guard !isUnknown else {
            return Response(
                status: .ok, headers: response.head.headerFields, body: .init { _ in throw CancellationError() })
        }
        return Response(
            status: response.head.status, headers: response.head.headerFields,
            body: .init(response, connection, closing: isLeft ? channel : nil))
    }
}

extension KinshipResponder {
    /// Passes over a short body that a route has no use for, so that its connection can go on. Who takes long to send it loses the
    /// connection: reading can't be given up without that.
    private static func pass(_ body: RequestBody, _ progress: BodyProgress, of channel: any Channel) async {
        let closing = channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
        defer { closing.cancel() }
        do {
            for try await _ in body {}
            progress.end()
        } catch {
            // The connection is over, or its bytes are none of HTTP: it is closed behind the answer.
        }
    }
}

extension Hummingbird.ResponseBody {
    /// The body of an answer.
    ///
    /// - Parameters:
    ///   - connection: that of the client; what fetches the next piece is cancelled when it goes away.
    ///   - channel: a channel that is closed soon after the answer was sent; nil to keep it.
    fileprivate init(_ response: RESTResponse, _ connection: ClientConnection?, closing channel: (any Channel)?) {
        if let bytes = response.body.whole {
            guard let channel else {
                self = bytes.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: bytes))
                return
            }
            self.init(contentLength: bytes.count) { writer in
                if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
                try await writer.finish(nil)
                // Not at once: a client that is still sending would lose the answer.
                channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
            }
        } else {
            // An error on the way ends the connection without the end of the body, so that nobody takes a part for all of it.
            self.init { writer in
                let pieces = PulledBody(response.body)
                while let piece = try await ClientConnection.whileThere(connection, { await pieces.next() }).get() {
                    try await writer.write(ByteBuffer(bytes: piece))
                }
                try await writer.finish(nil)
                channel?.close(promise: nil)
            }
        }
    }
}
#endif
