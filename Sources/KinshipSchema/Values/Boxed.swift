// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A value behind one reference: models, relations and properties are handed around with every request, and copying one
/// should not touch everything its definition holds; nor should every term of an order have room for what few have.
package indirect enum Boxed<Value: Sendable & Hashable>: Sendable, Hashable {
    case box(Value)

    @inlinable package var value: Value {
        switch self {
        case .box(let value): value
        }
    }
}
