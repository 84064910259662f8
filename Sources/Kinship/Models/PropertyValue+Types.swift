// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
public import RelationPlanner

extension Int: PropertyValue {
    /// A number, `bigint`.
    public static var propertyType: PropertyType { PropertyType(.number, "bigint") }
}

extension Int64: PropertyValue {
    /// A number, `bigint`.
    public static var propertyType: PropertyType { PropertyType(.number, "bigint") }
}

extension Int32: PropertyValue {
    /// A number, `integer`.
    public static var propertyType: PropertyType { PropertyType(.number, "integer") }
}

extension Int16: PropertyValue {
    /// A number, `smallint`.
    public static var propertyType: PropertyType { PropertyType(.number, "smallint") }
}

extension Double: PropertyValue {
    /// A number, `double precision`.
    public static var propertyType: PropertyType { PropertyType(.number, "double precision") }
}

extension Float: PropertyValue {
    /// A number, `real`.
    public static var propertyType: PropertyType { PropertyType(.number, "real") }
}

extension Bool: PropertyValue {
    /// `boolean`.
    public static var propertyType: PropertyType { PropertyType(.boolean, "boolean") }
}

extension String: PropertyValue {
    /// A string, `text`.
    public static var propertyType: PropertyType { PropertyType(.string, "text") }
}

extension PostgresNumeric: PropertyValue {
    /// A number, `numeric`.
    public static var propertyType: PropertyType { PropertyType(.number, "numeric") }
}

extension PostgresUUID: PropertyValue {
    /// A string, `uuid`.
    public static var propertyType: PropertyType { PropertyType(.string, "uuid") }
}

extension PostgresTimestampTZ: PropertyValue {
    /// A date, `timestamp with time zone`.
    public static var propertyType: PropertyType { PropertyType(.date, "timestamp with time zone") }
    /// ISO 8601 in UTC with milliseconds (K9).
    public var jsonValue: JSONValue { .instant(microsecondsSince2000) }
}

extension PostgresTimestamp: PropertyValue {
    /// A date, `timestamp without time zone`.
    public static var propertyType: PropertyType { PropertyType(.date, "timestamp without time zone") }
    /// ISO 8601.
    public var filterValue: JSONValue { .string(description) }
    /// ISO 8601 with milliseconds (K9).
    public var jsonValue: JSONValue { .instant(microsecondsSince2000) }
    /// Reads ISO 8601; a `Z` behind it, which JSON has, means nothing.
    public init(json: JSONValue) throws(CellError) {
        guard case .string(let text) = json else { throw json == .null ? .null : .malformed("it is no date") }
        guard let value = PostgresTimestamp(text.hasSuffix("Z") ? String(text.dropLast()) : text) else {
            throw .malformed("it is not a date and time in ISO 8601")
        }
        self = value
    }
}

extension PostgresDate: PropertyValue {
    /// A date, `date`.
    public static var propertyType: PropertyType { PropertyType(.date, "date") }
    /// ISO 8601.
    public var filterValue: JSONValue { .string(description) }
    /// The midnight UTC that the day begins with (K9).
    public var jsonValue: JSONValue {
        var buffer = ByteBuffer(capacity: 40)
        buffer.append(date: daysSince2000)
        return .string(String(decoding: buffer.array.dropFirst().dropLast(), as: UTF8.self))
    }
    /// Reads a day, also as its midnight UTC.
    public init(json: JSONValue) throws(CellError) {
        guard case .string(let text) = json else { throw json == .null ? .null : .malformed("it is no date") }
        let midnight = "T00:00:00.000Z"
        guard let date = PostgresDate(text.hasSuffix(midnight) ? String(text.dropLast(midnight.count)) : text) else {
            throw .malformed("it is not a date in ISO 8601")
        }
        self = date
    }
}

extension PostgresTime: PropertyValue {
    /// A string, `time`.
    public static var propertyType: PropertyType { PropertyType(.string, "time without time zone") }
    /// `12:30:00`.
    public var filterValue: JSONValue { .string(description) }
}

extension PostgresTimeTZ: PropertyValue {
    /// A string, `time with time zone`.
    public static var propertyType: PropertyType { PropertyType(.string, "time with time zone") }
    /// `12:30:00+02:00`.
    public var filterValue: JSONValue { .string(description) }
}

extension PostgresInterval: PropertyValue {
    /// A string, `interval`.
    public static var propertyType: PropertyType { PropertyType(.string, "interval") }
    /// ISO 8601.
    public var filterValue: JSONValue { .string(description) }
}

extension PostgresPoint: PropertyValue {
    /// A geopoint, `point`.
    public static var propertyType: PropertyType { PropertyType(.geopoint, "point") }
    /// `{"lng": x, "lat": y}`.
    public var filterValue: JSONValue { ["lng": JSONValue(x), "lat": JSONValue(y)] }
    /// Reads `{"lng": x, "lat": y}`.
    public init(json: JSONValue) throws(CellError) {
        if json == .null { throw .null }
        guard let lng = json["lng"], let lat = json["lat"] else { throw .malformed("it has no lat and lng") }
        self.init(x: try Double(json: lng), y: try Double(json: lat))
    }
}

extension JSONValue: PropertyValue {
    /// Any JSON, `jsonb`.
    public static var propertyType: PropertyType { PropertyType(.object, "jsonb") }
    /// The value itself.
    public init(json: JSONValue) { self = json }
    /// Reads json, jsonb, and text that holds JSON; other text as a string.
    public init(cell: Cell) throws(CellError) {
        let text = try String(cell: cell)
        guard !text.isEmpty else {
            // LoopBack keeps '' for nothing.
            self = .null
            return
        }
        // As it is shown: a text that holds no JSON is a text.
        self = (try? JSONValue(parsing: text, maximumDepth: 512)) ?? .string(text)
    }
}

extension JSONValue {
    /// An instant as ``Graph/json(_:)`` shows it.
    static func instant(_ microsecondsSince2000: Int64) -> JSONValue {
        var buffer = ByteBuffer(capacity: 40)
        buffer.append(timestamp: microsecondsSince2000)
        return .string(String(decoding: buffer.array.dropFirst().dropLast(), as: UTF8.self))
    }
}
