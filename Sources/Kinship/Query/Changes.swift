// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
public import RelationPlanner

/// What is set of a record: what isn't set isn't written.
///
/// ```swift
/// let order = try await database.create(Order.self) {
///     $0.status = .open
///     $0.note = nil  // NULL, and not the default
///     $0.set("secret", token)
/// }
/// ```
///
/// Reading a property gives what was set of it, nil where nothing was. In updates a property can also be changed by what is stored,
/// as ``FieldChange`` says.
@dynamicMemberLookup
public struct Changes<Record: TypedModel>: Sendable {
    var members: [JSONValue.Member]
    private var operators: [JSONValue.Member] = []
    private var mistake: PlannerError?

    package init(_ members: [JSONValue.Member]) { self.members = members }

    /// No changes yet.
    ///
    /// ```swift
    /// var changes = Changes<Order>()
    /// changes.status = .paid
    /// try await database.query(Order.self).update(7, changes)
    /// ```
    public init() { self.init([]) }

    /// Whether nothing is set.
    public var isEmpty: Bool { members.isEmpty && operators.isEmpty && mistake == nil }

    /// Whether a property is set, be it to NULL.
    public func isSet(_ path: PartialKeyPath<Record>) -> Bool {
        let name = Record.definition.name(of: path)
        return members.contains { $0.key == name }
    }

    /// What is set, as data of an operation.
    ///
    /// - Throws: ``PlannerError`` `INVALID_VALUE` for a value that can't be stored.
    public var json: JSONValue {
        get throws(PlannerError) {
            if let mistake { throw mistake }
            return .object(members + operators)
        }
    }

    /// The same for a record that is to be made.
    package var newJSON: JSONValue {
        get throws(PlannerError) {
            guard operators.isEmpty else {
                throw PlannerError(
                    .invalidValue,
                    "A \(Record.definition.name) that is to be made has nothing yet to be changed by; set its values.",
                    path: operators[0].key, model: Record.definition.name)
            }
            return try json
        }
    }

    /// A property; setting nil takes back what was set.
    public subscript<Value: PropertyValue>(dynamicMember path: KeyPath<Record, Value>) -> Value? {
        get { value(Record.definition.name(of: path)) }
        set {
            let name = Record.definition.name(of: path)
            if let newValue { set(name, newValue) } else { members.removeAll { $0.key == name } }
        }
    }

    /// An optional property; setting nil writes NULL.
    public subscript<Value: PropertyValue>(dynamicMember path: KeyPath<Record, Value?>) -> Value? {
        get { value(Record.definition.name(of: path)) }
        set { set(Record.definition.name(of: path), newValue) }
    }

    /// A property that is changed by what is stored.
    @_disfavoredOverload
    public subscript<Value: PropertyValue>(dynamicMember path: KeyPath<Record, Value>) -> FieldChange<Value> {
        get { FieldChange(Record.definition.name(of: path)) }
        set { take(newValue) }
    }

    /// An optional property that is changed by what is stored.
    @_disfavoredOverload
    public subscript<Value: PropertyValue>(dynamicMember path: KeyPath<Record, Value?>) -> FieldChange<Value> {
        get { FieldChange(Record.definition.name(of: path)) }
        set { take(newValue) }
    }

    /// Sets a property by its name: one that the struct doesn't have, such as a hidden one.
    public mutating func set<Value: PropertyValue>(_ name: String, _ value: Value) {
        do throws(CellError) {
            let stored = try value.storedValue
            if let index = members.firstIndex(where: { $0.key == name }) {
                members[index].value = stored
            } else {
                members.append(JSONValue.Member(name, stored))
            }
        } catch {
            note(name, error)
        }
    }

    private mutating func take<Value>(_ change: FieldChange<Value>) {
        if let error = change.mistake { note(change.name, error) }
        for operation in change.operations {
            let index = operators.firstIndex { $0.key == operation.word }
            if operation.word == "$unset" {
                let paths = index.flatMap { operators[$0].value.elements } ?? []
                put(.array(paths + [.string(operation.path)]), operation.word, index)
            } else {
                let changes = index.flatMap { operators[$0].value.members } ?? []
                let change = JSONValue.Member(operation.path, operation.value ?? .null)
                put(.object(changes + [change]), operation.word, index)
            }
        }
    }

    private mutating func put(_ value: JSONValue, _ word: String, _ index: Int?) {
        if let index { operators[index].value = value } else { operators.append(.init(word, value)) }
    }

    private mutating func note(_ name: String, _ error: CellError) {
        mistake =
            mistake
            ?? PlannerError(
                .invalidValue, "\(Record.definition.name).\(name) can't be stored: \(error.explanation).", path: name,
                model: Record.definition.name, property: name)
    }

    private func value<Value: PropertyValue>(_ name: String) -> Value? {
        members.first { $0.key == name }.flatMap { try? Value(json: $0.value) }
    }
}
