// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How a pool's connections are used at one moment.
///
/// ```swift
/// let status = pool.status
/// print(status)  // 3 of 10 connections: 1 idle, 2 leased, 0 connecting, 0 being checked; 0 waiting
/// ```
///
/// `idle + leased + connecting + preparing == size`, and `size <= maximum`, at every moment.
public struct PoolStatus: Sendable, Equatable, CustomStringConvertible {
    /// Places in use, including connections that are being made.
    public var size: Int
    /// The most there may be.
    public var maximum: Int
    /// Connections lying ready.
    public var idle: Int
    /// Connections that callers hold.
    public var leased: Int
    /// Connections being made.
    public var connecting: Int
    /// Connections being pinged before use, or rolled back after use.
    public var preparing: Int
    /// Callers waiting for a connection.
    public var waiting: Int

    package init(
        size: Int, maximum: Int, idle: Int, leased: Int, connecting: Int, preparing: Int, waiting: Int
    ) {
        self.size = size
        self.maximum = maximum
        self.idle = idle
        self.leased = leased
        self.connecting = connecting
        self.preparing = preparing
        self.waiting = waiting
    }

    /// The numbers in one line.
    public var description: String {
        "\(size) of \(maximum) connections: \(idle) idle, \(leased) leased, \(connecting) connecting, "
            + "\(preparing) being checked; \(waiting) waiting"
    }
}
