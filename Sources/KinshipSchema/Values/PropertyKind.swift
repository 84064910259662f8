// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// LoopBack's property types, which say how values are written and shown; what they are kept in is a ``ColumnType``.
public indirect enum PropertyKind: Sendable, Hashable {
    case string, number, boolean, date, buffer, geopoint, object, any
    /// `[T]`; `["string"]`.
    case array(of: PropertyKind)
    /// The value of an embedded model, by its name.
    case model(String)
}
