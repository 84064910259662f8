// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
public import NIOCore

/// Sees when a client goes away, and lets go of one that doesn't take what it is sent.
///
/// ```swift
/// let server = HTTPServerBuilder.http1(
///     configuration: .init(additionalChannelHandlers: [ConnectionHandler(stall: .seconds(30))]))
/// ```
public final class ConnectionHandler: ChannelInboundHandler, RemovableChannelHandler {
    /// It looks at no data.
    public typealias InboundIn = NIOAny
    /// It passes all of it on.
    public typealias InboundOut = NIOAny

    private let stall: TimeAmount
    private var closing: Scheduled<Void>?

    /// A handler of one connection.
    ///
    /// - Parameter stall: how long a client may take nothing while there is more for it than fits on the way.
    public init(stall: TimeAmount = .seconds(30)) { self.stall = stall }

    /// The connection begins.
    public func handlerAdded(context: ChannelHandlerContext) { _ = ClientConnections.begin(context.channel) }

    /// The connection is over.
    public func handlerRemoved(context: ChannelHandlerContext) { end(context) }

    /// The connection is over.
    public func channelInactive(context: ChannelHandlerContext) {
        end(context)
        context.fireChannelInactive()
    }

    /// The client has closed its side, as it does when nobody waits for the answer any more.
    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { ClientConnections.end(context.channel) }
        context.fireUserInboundEventTriggered(event)
    }

    /// The client takes no more for the moment, or takes some again.
    public func channelWritabilityChanged(context: ChannelHandlerContext) {
        closing?.cancel()
        closing = nil
        if !context.channel.isWritable {
            let channel = context.channel
            closing = context.eventLoop.scheduleTask(in: stall) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    private func end(_ context: ChannelHandlerContext) {
        closing?.cancel()
        closing = nil
        ClientConnections.end(context.channel)
    }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}
#endif
