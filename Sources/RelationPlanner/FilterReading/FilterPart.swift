// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What may stand in a literal that becomes a filter or a key: a ``FilterValue``, or a dictionary, list or optional whose
/// contents are found to be values when the literal is used.
///
/// Swift types a literal with variables of several types in it as a dictionary of anything:
///
/// ```swift
/// let graph = try await database.find("Order", filter: ["where": ["customerId": id, "status": "open"], "limit": 10])
/// let line = try await database.findById("OrderLine", id: ["orderId": order, "line": 2])
/// ```
///
/// Programs make their own types a ``FilterValue``, not this.
public protocol FilterPart {
    /// What making JSON of it can throw.
    associatedtype PartFailure: Error = Never

    /// The JSON form.
    ///
    /// - Throws: ``PlannerError`` `INVALID_FILTER` for contents that have none, with the place.
    func part() throws(PartFailure) -> JSONValue
}

extension Optional: FilterPart {
    /// The contents, or `null`.
    public func part() throws(PlannerError) -> JSONValue {
        guard let contents = self else { return .null }
        return try JSONValue.part(of: contents)
    }
}

extension Array: FilterPart {
    /// A list.
    public func part() throws(PlannerError) -> JSONValue {
        var elements: [JSONValue] = []
        elements.reserveCapacity(count)
        for (position, element) in enumerated() {
            do {
                elements.append(try JSONValue.part(of: element))
            } catch {
                throw error.below("[\(position)]")
            }
        }
        return .array(elements)
    }
}

extension Dictionary: FilterPart where Key == String {
    /// An object. Its members are in alphabetical order: dictionaries have none.
    public func part() throws(PlannerError) -> JSONValue {
        var members: [JSONValue.Member] = []
        members.reserveCapacity(count)
        for (key, value) in sorted(by: { $0.key < $1.key }) {
            do {
                members.append(JSONValue.Member(key, try JSONValue.part(of: value)))
            } catch {
                throw error.below(key)
            }
        }
        return .object(members)
    }
}

/// An optional whose type isn't known.
private protocol AnyOptional {
    var contents: Any? { get }
}

extension Optional: AnyOptional {
    fileprivate var contents: Any? { self }
}

extension JSONValue {
    /// The JSON form of anything that has one.
    static func part(of value: Any) throws(PlannerError) -> JSONValue {
        if let optional = value as? any AnyOptional {
            guard let contents = optional.contents else { return .null }
            return try part(of: contents)
        }
        if let part = value as? any FilterPart {
            do {
                return try part.part()
            } catch let error as PlannerError {
                throw error
            } catch {
                throw PlannerError(.invalidFilter, "A value can't be part of a filter: \(error)")
            }
        }
        if let named = value as? any RawRepresentable { return try part(of: named.rawValue) }
        throw PlannerError(
            .invalidFilter,
            "A value of the type \(type(of: value)) can't be part of a filter or a key; give a number, text, date, UUID, list or dictionary, or make the type a FilterValue."
        )
    }
}

extension PlannerError {
    /// The error as one of a member or element of something that holds its place.
    package func below(_ step: String) -> PlannerError {
        var error = self
        guard let path else {
            error.path = step
            return error
        }
        error.path = path.hasPrefix("[") ? step + path : "\(step).\(path)"
        return error
    }
}
