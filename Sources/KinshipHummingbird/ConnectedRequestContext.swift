// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
public import Hummingbird
public import NIOCore

/// A request's context that knows the connection it came by, so that what a client has asked for can be cancelled when it goes away,
/// and limits of rates know its address.
///
/// The application's server needs ``ConnectionHandler`` among its `additionalChannelHandlers` for the former.
public protocol ConnectedRequestContext: RequestContext {
    /// The connection.
    var channel: any Channel { get }
}

/// The context that ``KinshipServer`` uses.
public struct KinshipRequestContext: ConnectedRequestContext {
    /// What Hummingbird needs.
    public var coreContext: CoreRequestContextStorage
    /// The connection.
    public let channel: any Channel

    /// A context of a request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
#endif
