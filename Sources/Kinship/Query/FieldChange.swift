// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
public import RelationPlanner

/// A change that the server works out on what is stored: the `$0.stock` of `$0.stock -= 1`.
///
/// ```swift
/// try await database.query(Product.self).where { $0.id == 7 }.update { $0.stock -= 1 }
/// ```
///
/// They are the atomic operators of updates, so that no change that came meanwhile is lost.
public struct FieldChange<Value: PropertyValue>: Sendable {
    /// An operator, the property or the place in it, and what it takes; nil for a place that is taken out.
    struct Operation: Sendable, Hashable {
        let word: String
        let path: String
        let value: JSONValue?
    }

    let name: String
    var operations: [Operation] = []
    var mistake: CellError?

    init(_ name: String) { self.name = name }

    private mutating func add<Part: PropertyValue>(
        _ word: String, _ value: Part, _ change: (JSONValue) -> JSONValue = { $0 }
    ) {
        do throws(CellError) {
            operations.append(Operation(word: word, path: name, value: change(try value.storedValue)))
        } catch {
            mistake = mistake ?? error
        }
    }
}

extension FieldChange where Value: AdditiveArithmetic {
    /// Adds to a number; none counts as 0.
    public static func += (field: inout FieldChange, value: Value) { field.add("$inc", value) }

    /// Takes from a number; none counts as 0.
    public static func -= (field: inout FieldChange, value: Value) {
        // By its digits: the least number has no opposite of its own type.
        field.add("$inc", value) { json in
            guard case .number(let digits) = json else { return json }
            return .number(digits.hasPrefix("-") ? String(digits.dropFirst()) : "-" + digits)
        }
    }
}

extension FieldChange where Value: ListValue {
    /// Puts an element behind those of a list.
    public mutating func append(_ element: Value.ListElement) { add("$push", element) }

    /// Takes all equal elements out of a list.
    public mutating func remove(_ element: Value.ListElement) { add("$pull", element) }
}

extension FieldChange where Value: DocumentValue {
    /// A value inside of a document, by its keys with points between; nil takes it out. What is there isn't known here.
    ///
    /// ```swift
    /// try await database.query(Account.self).where { $0.id == 7 }.update {
    ///     $0.settings["theme"] = "dark"
    ///     $0.settings["old.name"] = nil
    /// }
    /// ```
    public subscript(_ path: String) -> JSONValue? {
        get { operations.last { $0.path == "\(name).\(path)" }?.value }
        set {
            operations.append(
                Operation(word: newValue == nil ? "$unset" : "$set", path: "\(name).\(path)", value: newValue))
        }
    }
}
