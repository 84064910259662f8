// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

/// A record that a relation starts from, as the function of the relation's scope reads it (D11).
///
/// ```swift
/// let sameRegion = ScopeFunction<ParentRecord> { parent in ["where": ["region": parent["region"]]] }
/// ```
///
/// Values are what the record's JSON shows: dates as ISO 8601 text, numbers with all their digits. Hidden properties can be
/// read. It is meant for the time of the call.
public final class ParentRecord: Sendable {
    /// The model's name.
    public let model: String
    private let read: @Sendable (String) throws(PlannerError) -> JSONValue
    private let fault = Mutex<PlannerError?>(nil)

    /// A record of a model, its values read by the properties' names.
    package init(_ model: String, read: @escaping @Sendable (String) throws(PlannerError) -> JSONValue) {
        self.model = model
        self.read = read
    }

    /// The value of a property; null for NULL.
    ///
    /// A property the model doesn't have, or whose value can't be read, reads as null, and the request fails with
    /// `INVALID_SCOPE` when the function has returned: what it gave rests on a mistake.
    public subscript(property: String) -> JSONValue {
        do throws(PlannerError) {
            return try read(property)
        } catch {
            fault.withLock { $0 = $0 ?? error }
            return .null
        }
    }

    /// The first mistake in reading it.
    package var firstFault: PlannerError? { fault.withLock { $0 } }
}
