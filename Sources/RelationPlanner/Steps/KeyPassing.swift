// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How a fetch gets to know the keys it asks for.
public enum KeyPassing: String, Sendable, Hashable {
    /// It asks for no keys: the root, or a count.
    case none
    /// The keys were found in rows that have come, and are sent as an array.
    case parameter
    /// The statement that finds the keys leaves them on the server, in a setting of the transaction, where this one takes
    /// them: both go out in one round trip.
    case handedOver = "handed over"
    /// The root was asked for by its key, so the keys are known before anything is sent.
    case known
}
