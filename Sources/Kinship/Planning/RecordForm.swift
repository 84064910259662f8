// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// How data of new records of a model become values of its columns, where they are as most are: found out once for all records.
///
/// Whatever isn't so is left to `DataReader`, which alone says what is wrong with data.
final class RecordForm: Sendable {
    /// What becomes of a record without a value.
    enum Absence: Sendable {
        /// Nothing is written.
        case nothing
        /// The same for all records.
        case constant(BoundValue.Contents)
        /// That is for the check of the whole record to say.
        case checked
    }

    /// One property.
    struct Column: Sendable {
        let id: Property.ID
        let name: String
        let value: PlainValue
        let absence: Absence
        /// Whether any value has to be checked with its whole record.
        let isChecked: Bool
        /// Whether NULL has to be.
        let refusesNull: Bool
    }

    /// The most properties that are told apart by the bits of a number.
    static let mostColumns = 64

    let model: Model
    let columns: [Column]
    /// Positions by name.
    let places: [String: Int]

    /// Nil for models of more properties than are told apart.
    init?(_ model: Model, in schema: Schema) {
        guard model.properties.count <= Self.mostColumns, schema.copies.held(by: model.id).isEmpty else { return nil }
        self.model = model
        columns = model.properties.map { Column($0, of: model, in: schema) }
        // Names of operators mean something else.
        places = Dictionary(
            columns.enumerated().filter { !$1.name.hasPrefix("$") }.map { ($1.name, $0) },
            uniquingKeysWith: { first, _ in first })
    }
}

extension RecordForm.Column {
    /// What `DataReader` does with a property of new records.
    init(_ property: Property, of model: Model, in schema: Schema) {
        (id, name) = (property.id, property.name)
        value = PlainValue(property)
        let filling = schema.filling(of: property, in: model)
        let isMade =
            filling == .generated
            || property.isGenerated && !(model.primaryKey.contains(property.id) && model.definition.forceId == false)
        let isEmbedded = model.relations.contains { $0.embedded == property.id }
        let isList = model.relations.contains { $0.kind == .referencesMany && $0.sourceKey == [property.id] }
        let isKept = property.definition.isReadOnly
        isChecked = isMade || isKept || isEmbedded || PropertyRules.apply(to: property)
        refusesNull = isMade || isKept || property.isRequired

        let definition = property.definition
        if isEmbedded || isList && property.isImplied || definition.defaultFunction != nil {
            absence = .checked
        } else if let json = definition.defaultValue, json != .null {
            if isMade {
                absence = .nothing
            } else if !PropertyRules.apply(to: property), let contents = value.contents(json) {
                absence = .constant(contents)
            } else {
                absence = .checked
            }
        } else if property.id == model.version?.id {
            absence = filling == .none ? .constant(.integer(1)) : .nothing
        } else if property.isRequired, !property.isGenerated, !isKept, filling == .none {
            absence = .checked
        } else {
            absence = .nothing
        }
    }
}

extension RecordForm {
    /// The values of one record; nil where it has to be checked as a whole.
    ///
    /// - Returns: which columns have one, by their bits, and all of these in the order of the columns.
    func values(of json: JSONValue) -> (given: UInt64, values: [BoundValue])? {
        guard case .object(let members) = json else { return nil }
        var contents = [BoundValue.Contents](repeating: .null, count: columns.count)
        var given: UInt64 = 0
        var guess = 0
        for member in members {
            guard let place = place(of: member.key, guess), given & (1 << place) == 0,
                let value = columns[place].given(member.value)
            else { return nil }
            contents[place] = value
            given |= 1 << place
            guess = place + 1
        }
        for (place, column) in columns.enumerated() where given & (1 << place) == 0 {
            switch column.absence {
            case .nothing: continue
            case .constant(let value):
                contents[place] = value
                given |= 1 << place
            case .checked: return nil
            }
        }
        var values: [BoundValue] = []
        values.reserveCapacity(given.nonzeroBitCount)
        for place in columns.indices where given & (1 << place) != 0 {
            values.append(BoundValue(columns[place].value.type, contents[place]))
        }
        return (given, values)
    }

    /// The values of many records; nil where one of them has to be checked as a whole.
    func columns(of data: [JSONValue]) -> RecordColumns? {
        var contents = columns.map { _ in [BoundValue.Contents]() }
        var missing = columns.map { _ in [Int]() }
        // Records of one list have their members in one order mostly.
        var order: [Int] = []
        for place in columns.indices { contents[place].reserveCapacity(data.count) }
        for (position, json) in data.enumerated() {
            guard case .object(let members) = json else { return nil }
            var given: UInt64 = 0
            for (index, member) in members.enumerated() {
                let guess = index < order.count ? order[index] : 0
                guard let place = place(of: member.key, guess), given & (1 << place) == 0,
                    let value = columns[place].given(member.value)
                else { return nil }
                contents[place].append(value)
                given |= 1 << place
                if index == order.count { order.append(place) } else if place != guess { order[index] = place }
            }
            guard given.nonzeroBitCount < columns.count else { continue }
            for (place, column) in columns.enumerated() where given & (1 << place) == 0 {
                switch column.absence {
                case .nothing:
                    contents[place].append(.null)
                    missing[place].append(position)
                case .constant(let value): contents[place].append(value)
                case .checked: return nil
                }
            }
        }
        return RecordColumns(
            count: data.count,
            columns.indices.map { RecordColumns.Column(columns[$0].id, contents[$0], missing: missing[$0]) })
    }

    @inline(__always)
    private func place(of name: String, _ guess: Int) -> Int? {
        if guess < columns.count, columns[guess].name == name, !name.hasPrefix("$") { return guess }
        return places[name]
    }
}

extension RecordForm.Column {
    /// A value of data; nil where the whole record has to be checked.
    @inline(__always)
    fileprivate func given(_ json: JSONValue) -> BoundValue.Contents? {
        guard !isChecked else { return nil }
        if case .null = json { return refusesNull ? nil : .some(.null) }
        return value.contents(json)
    }
}
