// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The checked data of one record: what its properties are to be.
package struct RecordData: Sendable, Hashable {
    /// One property's.
    package struct Assignment: Sendable, Hashable {
        /// The property.
        package let property: Property.ID
        /// A value, or what becomes of the one that is there.
        package var value: ChangeValue
    }

    /// By property, in the order of the model's.
    package private(set) var assignments: [Assignment] = []

    package init() {}

    /// Whether nothing is to be written.
    package var isEmpty: Bool { assignments.isEmpty }

    /// What a property is to be; nil where the data don't say.
    package subscript(property: Property.ID) -> ChangeValue? {
        get { assignments.first { $0.property == property }?.value }
        set {
            let place = assignments.firstIndex { $0.property >= property } ?? assignments.endIndex
            let isThere = place < assignments.endIndex && assignments[place].property == property
            switch (newValue, isThere) {
            case (let value?, true): assignments[place].value = value
            case (let value?, false): assignments.insert(Assignment(property: property, value: value), at: place)
            case (nil, true): assignments.remove(at: place)
            case (nil, false): break
            }
        }
    }

    /// The value of a property, nil where there is none or it is NULL.
    package func contents(_ property: Property.ID) -> BoundValue.Contents? {
        guard case .value(let value)? = self[property], value.contents != .null else { return nil }
        return value.contents
    }

    /// The same for the change of a record of a model whose changes are counted: made where their number is still the one that
    /// the data have. Who makes the change counts it.
    func seen(in model: Model, _ match: inout RowMatch) -> RecordData {
        guard let version = model.version else { return self }
        var data = self
        if case .value(let value)? = self[version.id], value.contents != .null {
            match.keys.append(RowMatch.Key(version.id, .value(value)))
        }
        data[version.id] = nil
        return data
    }

    /// The same for a new record: its changes are counted from 1.
    func beginning(of model: Model) -> RecordData {
        guard let version = model.version, self[version.id] == nil else { return self }
        var data = self
        data[version.id] = .value(BoundValue(version.columnType, .integer(1)))
        return data
    }

    /// That a record still has the number of changes that the data have; true of all where these have none.
    func seenVersion(of model: Model) -> Condition {
        guard let version = model.version, case .value(let value)? = self[version.id], value.contents != .null else {
            return .always
        }
        return .comparison(Condition.Operand(version.id), .equal, value)
    }

    /// As columns of a statement have them.
    var cells: [Insert.Cell] { assignments.map { Insert.Cell($0.property, $0.value) } }
}
