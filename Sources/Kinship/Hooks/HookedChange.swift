// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What becomes of a record, or of all that meet a condition, as hooks see it.
public struct HookedChange: Sendable {
    /// What becomes of it.
    public enum Kind: String, Sendable, Hashable {
        case create, update, delete
    }

    /// Whose relation an operation went through.
    public struct Parent: Sendable, Hashable {
        /// The name of the model that has the relation.
        public let model: String
        /// The record's key.
        public let id: JSONValue
        /// The relation's name.
        public let relation: String
    }

    /// The model's name.
    public let model: String
    /// The method that was called, as spans and metrics name it: `updateById`.
    public let operation: String
    /// What becomes of the record.
    public let kind: Kind
    /// What is to be written: properties, and the operators of an update. Whoever changes it before it is written has that written.
    public var data: JSONValue
    /// The record's key, where it is known: not of new ones whose key the database makes, until these are there.
    public internal(set) var key: JSONValue?
    /// The record as it was, with all its properties and exact dates; set where a hook of the model asks for it (``Hooks/Loading``).
    public internal(set) var old: JSONValue?
    /// The record as it is stored, with all its properties and exact dates; set when it has been written.
    public internal(set) var record: JSONValue?
    /// Of a change of many records which they are, as a filter's `where`; nil for one record.
    public internal(set) var condition: JSONValue?
    /// Of a change of many records how many there were; set when it has happened.
    public internal(set) var count: Int64?
    /// Set where the operation went through a relation.
    public internal(set) var parent: Parent?
    /// Whatever hooks of the same change want to tell those behind them.
    public var state: [String: any Sendable] = [:]

    /// Whether the record is new.
    public var isNew: Bool { kind == .create }

    /// Whether it is about many records that nobody has asked for.
    public var isBulk: Bool { condition != nil }

    init(
        _ model: String, _ operation: String, _ kind: Kind, data: JSONValue = .object([]), key: JSONValue? = nil,
        old: JSONValue? = nil, condition: JSONValue? = nil, parent: Parent? = nil
    ) {
        self.model = model
        self.operation = operation
        self.kind = kind
        self.data = data
        self.key = key
        self.old = old
        self.condition = condition
        self.parent = parent
    }

    /// The value that the data have for a property; nil takes it out of them.
    public subscript(property: String) -> JSONValue? {
        get { data[property] }
        set {
            var members = data.members ?? []
            let place = members.firstIndex { $0.key == property }
            switch (newValue, place) {
            case (let value?, let place?): members[place].value = value
            case (let value?, nil): members.append(.init(property, value))
            case (nil, let place?): members.remove(at: place)
            case (nil, nil): return
            }
            data = .object(members)
        }
    }

    /// The record as it will be, as far as that can be told before it is written: the old one with the data, but for operators.
    var expected: JSONValue {
        guard let old, var members = old.members else { return data }
        for member in data.members ?? [] where !member.key.hasPrefix("$") {
            if let place = members.firstIndex(where: { $0.key == member.key }) {
                members[place].value = member.value
            } else {
                members.append(member)
            }
        }
        return .object(members)
    }
}
