// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// What tells the records of a graph apart: the model and the key, by its values and not by how they are spelled.
///
/// `1` and `"1"` are one key of a number (K3), and so are all spellings of a UUID, an instant or a decimal.
struct RecordName: Hashable, Sendable {
    /// A value as equality has it.
    enum Part: Hashable, Sendable {
        case value(BoundValue.Contents)
        case decimal(DecimalText)
        /// What is no value of the property's type.
        case json(String)
    }

    let model: Model.ID
    let key: [Part]

    /// The name of the record that JSON is of; nil where it hasn't all of the key.
    init?(_ record: JSONValue, of model: Model) {
        var key: [Part] = []
        for property in model.primaryKey {
            guard let value = record[model.properties[property].name], value != .null else { return nil }
            key.append(Part(value, model.properties[property]))
        }
        guard !key.isEmpty else { return nil }
        (self.model, self.key) = (model.id, key)
    }

    /// The name of the record with a key as operations take it.
    init?(key: JSONValue, of model: Model) {
        guard model.primaryKey.count == 1 else {
            self.init(key, of: model)
            return
        }
        let name = model.properties[model.primaryKey[0]].name
        self.init(.object([.init(name, key)]), of: model)
    }
}

extension RecordName.Part {
    /// A value of a property.
    init(_ json: JSONValue, _ property: Property) {
        let type = property.columnType
        switch ValueReader.contents(json, type, property.kind) {
        case nil: self = .json(json.description)
        case .numeric(let text)?: self = DecimalText(text).map { .decimal($0) } ?? .value(.numeric(text))
        // Zero is zero.
        case .double(let value)?: self = .value(.double(value == 0 ? 0 : value))
        case .text(let text)? where type.oid == ColumnType.bpchar.oid:
            self = .value(.text(String(text.reversed().drop { $0 == " " }.reversed())))
        case let contents?: self = .value(contents)
        }
    }
}

extension Property {
    /// Whether only the server knows which spellings of a value are the same: `citext`, `inet`, texts of some collations.
    var isComparedByTheServer: Bool {
        switch columnType.category {
        case .other, .interval, .timetz: true
        case .text: !columnType.equalityIsBytewise && columnType.oid != ColumnType.bpchar.oid
        default: false
        }
    }
}

extension Model {
    /// Whether only the server knows which spellings of a key are the same.
    var hasKeysOfTheServer: Bool { primaryKey.contains { properties[$0].isComparedByTheServer } }

    /// The condition of the record with a key.
    func condition(key: JSONValue) -> JSONValue {
        primaryKey.count == 1 ? .object([.init(properties[primaryKey[0]].name, key)]) : key
    }
}
