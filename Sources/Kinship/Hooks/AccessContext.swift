// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What an access hook is given: the model that a request comes to.
public struct AccessContext: Sendable {
    /// The model's name.
    public let model: String
    /// The session of the request, for reading what the decision rests on; access hooks don't restrict what is read here.
    public let session: any Session
    private(set) var conditions: [JSONValue] = []

    init(_ model: String, _ session: any Session) {
        self.model = model
        self.session = session
    }

    /// Lets the request reach only records that meet a condition as well.
    ///
    /// - Parameter condition: a filter's `where`. Hidden properties may be asked about; what it asks of related records isn't
    ///   restricted by access hooks in turn.
    public mutating func narrow(_ condition: JSONValue) { conditions.append(condition) }
}
