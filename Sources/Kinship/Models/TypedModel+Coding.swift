// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension TypedModel where Self: Encodable {
    /// Writes what ``Graph/json(_:)`` shows: the properties, and those relations that were loaded.
    public func encode(to encoder: any Encoder) throws { try Self.definition.write(self, to: encoder) }
}

extension TypedModel where Self: Decodable {
    /// Reads what ``Graph/json(_:)`` shows. Relations that aren't there are not loaded.
    ///
    /// - Throws: ``ModelError`` for a value that is missing or of another type.
    public init(from decoder: any Decoder) throws { self = try Self.decoded(from: try JSONValue(from: decoder)) }
}

extension TypedModel {
    /// A record that is JSON.
    static func decoded(from json: JSONValue) throws -> Self {
        guard json.members != nil else {
            throw ModelError(
                .unreadableValue, "A \(definition.name) is an object in JSON.", model: definition.name)
        }
        var reader = RecordReader(json, definition.name)
        var record = try Self(row: &reader)
        for relation in definition.relations {
            if let value = json[relation.name] { try relation.read(&record, value) }
        }
        return record
    }
}

/// A record to encode, whether or not its type is `Encodable`.
struct EncodedRecord<Record: TypedModel>: Encodable {
    let record: Record

    init(_ record: Record) { self.record = record }

    func encode(to encoder: any Encoder) throws { try Record.definition.write(record, to: encoder) }
}

extension TypedDefinition {
    func write(_ record: Record, to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: NameKey.self)
        for property in properties {
            if let shown = property.shown { try container.encode(shown(record), forKey: NameKey(property.name)) }
        }
        for relation in relations where relation.isLoaded(record) {
            try relation.write(record, container.superEncoder(forKey: NameKey(relation.name)))
        }
    }
}

/// The name of a property or relation.
struct NameKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
