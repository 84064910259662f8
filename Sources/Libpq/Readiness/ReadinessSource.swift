// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Something that is told when its socket can be read or written.
package protocol ReadinessHandler: AnyObject, Sendable {
    /// The socket has bytes, has room while that was asked for, or is broken. Called on the source's thread.
    func socketReady()
}

/// Watches sockets: an epoll loop on Linux, Dispatch sources elsewhere.
///
/// Registrations are known by tokens, never by pointers or descriptors, so an event that was already under way when its
/// connection went away finds nobody. The handler is held weakly.
package protocol ReadinessSource: AnyObject, Sendable {
    /// Starts watching a socket for reading.
    ///
    /// - Returns: the registration's token, nil when the system refuses (for instance for lack of memory).
    func register(_ descriptor: Int32, _ handler: any ReadinessHandler) -> Int?

    /// Changes what is watched for: something to read, room to write. That the socket is broken may be told in any case.
    func watch(_ token: Int, _ descriptor: Int32, reading: Bool, writing: Bool)

    /// Stops watching.
    ///
    /// - Parameter descriptor: the socket, nil when it was closed already (its number may be another's by now).
    func unregister(_ token: Int, _ descriptor: Int32?)
}
