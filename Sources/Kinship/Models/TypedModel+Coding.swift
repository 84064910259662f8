// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension TypedModel where Self: Encodable {
    /// Writes what ``Graph/json(_:)`` shows: the properties, and those relations that were loaded.
    ///
    /// - Throws: ``ModelError`` `INVALID_MODEL` where a relation was loaded whose target isn't `Encodable`.
    public func encode(to encoder: any Encoder) throws { try Self.definition.write(self, to: encoder) }
}

extension TypedModel where Self: Decodable {
    /// Reads what ``Graph/json(_:)`` shows. Relations that aren't there are not loaded; members that the model hasn't are passed over.
    ///
    /// - Throws: `DecodingError` with the place of a value that is missing or of another type.
    public init(from decoder: any Decoder) throws { self = try Self.definition.read(from: decoder) }
}

/// A record to encode as its own type says. One that isn't `Encodable` is kept back, and that is told.
struct EncodedRecord<Record: TypedModel>: Encodable {
    let record: Record

    init(_ record: Record) { self.record = record }

    func encode(to encoder: any Encoder) throws {
        guard let own = record as? any Encodable else {
            let name = Record.definition.name
            throw ModelError(
                .invalidModel,
                "\(name) isn't Encodable, so that a relation to it that was loaded can't be encoded. Make it Encodable, or leave the relation out of what is encoded.",
                model: name)
        }
        try own.encode(to: encoder)
    }
}

/// A record to decode as its own type says.
struct DecodedRecord<Record: TypedModel>: Decodable {
    let record: Record

    init(from decoder: any Decoder) throws {
        guard let own = Record.self as? any Decodable.Type, let record = try own.init(from: decoder) as? Record else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "\(Record.definition.name) isn't Decodable; leave it out."))
        }
        self.record = record
    }
}

extension TypedDefinition {
    func write(_ record: Record, to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: NameKey.self)
        for property in properties {
            if let shown = property.shown { try container.encode(shown(record), forKey: NameKey(property.name)) }
        }
        for relation in relations where relation.isAnswered(record) {
            try relation.write(record, container.superEncoder(forKey: NameKey(relation.name)))
        }
    }

    func read(from decoder: any Decoder) throws -> Record {
        let container = try decoder.container(keyedBy: NameKey.self)
        var members: [JSONValue.Member] = []
        for property in properties where property.key != nil && container.contains(NameKey(property.name)) {
            let value = try container.decode(JSONValue.self, forKey: NameKey(property.name))
            members.append(JSONValue.Member(property.name, value))
        }
        var reader = RecordReader(.object(members), name)
        var record: Record
        do {
            record = try Record(row: &reader)
        } catch let error as ModelError {
            throw decodingError(error, .object(members), decoder.codingPath)
        }
        for relation in relations where container.contains(NameKey(relation.name)) {
            try relation.read(&record, container.superDecoder(forKey: NameKey(relation.name)))
        }
        return record
    }

    /// What a mistake of a value is to whoever decodes: the fault of what came, with its place.
    private func decodingError(_ error: ModelError, _ json: JSONValue, _ path: [any CodingKey]) -> any Error {
        guard error.code == .unreadableValue, let property = error.property else { return error }
        let key = NameKey(property)
        let isKnown = properties.contains { $0.key != nil && $0.name == property }
        guard let value = json[property] else {
            // What no definition has can't come either: that is the program's.
            guard isKnown else { return error }
            return DecodingError.keyNotFound(
                key,
                .init(codingPath: path, debugDescription: "\(name).\(property) is missing.", underlyingError: error))
        }
        return DecodingError.dataCorrupted(
            .init(
                codingPath: path + [key],
                debugDescription: value == .null ? "\(name).\(property) can't be null." : error.message,
                underlyingError: error))
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
