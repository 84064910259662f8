// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a relation writes into the records that are made through it, reckoned for each of them.
///
/// ```swift
/// let copied = PropertiesFunction { customer, data in
///     ["region": customer["region"], "label": .string("\(customer["name"].text ?? ""): \(data["total"] ?? 0)")]
/// }
/// ```
///
/// It gets the record that values come from, as its JSON shows it, hidden properties too, and the data of what is made. What it
/// gives takes the place of what the data say. Of a relation with `invertProperties` the record is what the relation leads
/// to, the data are the record's that has the relation, and what it gives is written there. It runs on the task of the request
/// and must not block; to refuse it throws a ``PlannerError`` of its own choice.
///
/// Two are equal when one is a copy of the other.
public struct PropertiesFunction: Sendable {
    /// What it does.
    public typealias Body =
        @Sendable (_ source: ParentRecord, _ data: JSONValue) throws(PlannerError) -> [String: JSONValue]

    private final class Box: Sendable {
        let call: Body

        init(_ call: @escaping Body) { self.call = call }
    }

    private let box: Box

    /// A function.
    public init(_ body: @escaping Body) { box = Box(body) }

    /// What the function gives.
    ///
    /// - Throws: what it throws; ``PlannerError`` `INVALID_DEFINITION` when it reads a property that the record doesn't have.
    public func callAsFunction(
        _ source: ParentRecord, _ data: JSONValue
    ) throws(PlannerError) -> [String: JSONValue] {
        let values = try box.call(source, data)
        if var fault = source.firstFault {
            (fault.code, fault.status) = (.invalidDefinition, PlannerError.Code.invalidDefinition.status)
            throw fault
        }
        return values
    }
}

extension PropertiesFunction: Hashable {
    /// Whether both are copies of one function.
    public static func == (one: PropertiesFunction, other: PropertiesFunction) -> Bool { one.box === other.box }

    /// By identity.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(box)) }
}
