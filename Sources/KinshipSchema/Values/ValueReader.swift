// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads a JSON value as one of a column's type.
package enum ValueReader {
    /// The value as it is compared with a column of the type; nil when it doesn't fit. Not for NULL.
    ///
    /// An instant inside a day is no value of type `date`, and is compared with the midnight that a day is (B10).
    package static func value(_ json: JSONValue, _ type: ColumnType, _ kind: PropertyKind) -> BoundValue? {
        if let contents = contents(json, type, kind) { return BoundValue(type, contents) }
        guard case .date = type.category, let value = instant(json) else { return nil }
        return BoundValue(.timestamp, .timestamp(value))
    }

    /// The day that an instant is in.
    package static func day(_ json: JSONValue) -> BoundValue.Contents? {
        switch value(json, .date, .date)?.contents {
        case .timestamp(let value):
            .date(Int32((Double(value) / Double(InstantText.microsecondsPerDay)).rounded(.down)))
        case let day: day
        }
    }

    /// A value that another one contains: of a range also one of its elements.
    package static func contained(_ json: JSONValue, _ type: ColumnType, _ kind: PropertyKind) -> BoundValue.Contents? {
        guard let form = type.features?.form, form != .plain, let contents = contents(json, type, kind),
            case .text(let text) = contents, let first = text.trimmingSpace.utf8.first,
            !"[({".utf8.contains(first), text.trimmingSpace.lowercased() != "empty"
        else { return contents(json, type, kind) }
        var element = ""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { element.unicodeScalars.append("\\") }
            element.unicodeScalars.append(character)
        }
        let range = "[\"\(element)\",\"\(element)\"]"
        return .text(form == .multirange ? "{\(range)}" : range)
    }

    /// The contents; nil when the value doesn't fit. Not for NULL.
    package static func contents(_ json: JSONValue, _ type: ColumnType, _ kind: PropertyKind) -> BoundValue.Contents? {
        switch type.category {
        case .bool: return boolean(json).map { .bool($0) }
        case .int2: return integer(json, Int64(Int16.min)...Int64(Int16.max)).map { .integer($0) }
        case .int4: return integer(json, Int64(Int32.min)...Int64(Int32.max)).map { .integer($0) }
        case .int8: return integer(json, .min ... .max).map { .integer($0) }
        case .float4:
            guard let value = double(json) else { return nil }
            // The nearest float4, so that the comparison is one of equals: the greatest is shown as a little more than it is.
            let nearest = Float(value)
            return value.isFinite && !nearest.isFinite ? nil : .double(Double(nearest))
        case .float8: return double(json).map { .double($0) }
        case .numeric: return numeric(json).map { .numeric($0) }
        case .text, .interval, .other: return text(json, type, kind)
        case .enumeration(let labels):
            guard case .string(let text) = json, labels.contains(where: { $0.hasSameBytes(as: text) }) else {
                return nil
            }
            return .text(text)
        case .bytea: return bytes(json).map { .bytes($0) }
        case .uuid: return json.text.flatMap(uuid)
        case .date:
            // Days reach farther than instants.
            if let day = json.text.flatMap(InstantText.day) { return .date(day) }
            guard let value = instant(json) else { return nil }
            if value == .max { return .date(.max) }
            if value == .min { return .date(.min) }
            let day = InstantText.microsecondsPerDay
            return value % day == 0 ? .date(Int32(value / day)) : nil
        case .timestamp, .timestamptz: return instant(json).map { .timestamp($0) }
        case .time: return json.text.flatMap(InstantText.timeOfDay).map { .time($0) }
        case .timetz:
            guard case .string(let text) = json, InstantText.isTimeWithOffset(text) else { return nil }
            return .text(text)
        case .json, .jsonb: return isStorable(json) ? .json(json.description) : nil
        case .point: return point(json)
        case .array(let element):
            guard let elements = json.listElements else { return nil }
            let elementKind: PropertyKind = if case .array(let kind) = kind { kind } else { .any }
            var contents: [BoundValue.Contents] = []
            contents.reserveCapacity(elements.count)
            for json in elements {
                if json == .null {
                    contents.append(.null)
                } else if let value = Self.contents(json, element, elementKind) {
                    contents.append(value)
                } else {
                    return nil
                }
            }
            return .array(contents)
        }
    }

    /// What values of a type look like, for messages.
    package static func expectation(_ type: ColumnType) -> String {
        switch type.category {
        case .bool: "true or false"
        case .int2: "a whole number from -32768 to 32767"
        case .int4: "a whole number from -2147483648 to 2147483647"
        case .int8: "a whole number of 64 bits"
        case .float4, .float8, .numeric: "a number"
        case .text where type.oid == ColumnType.name.oid: "a string of at most 63 bytes"
        case .text: "a string without the character NUL"
        case .other: "a string that PostgreSQL reads as \(type.name)"
        case .interval: "an interval such as \"P1DT2H\" or \"1 day 02:00:00\""
        case .enumeration(let labels):
            "one of \(labels.prefix(10).joined(separator: ", "))\(labels.count > 10 ? " …" : "")"
        case .bytea: "bytes in base64"
        case .uuid: "a UUID"
        case .date, .timestamp, .timestamptz: "a date in ISO 8601 or milliseconds since 1970"
        case .time: "a time of day such as \"12:30:00\""
        case .timetz: "a time of day with an offset such as \"12:30:00+02:00\""
        case .json, .jsonb: "JSON without the character NUL"
        case .point: "a point such as {\"lat\": 52.5, \"lng\": 13.4}"
        case .array(let element): "a list of values, each \(expectation(element))"
        }
    }

    // MARK: Numbers

    /// A JSON number, or a string that holds one (K3).
    package static func decimal(_ json: JSONValue) -> DecimalText? {
        switch json {
        case .number(let text): DecimalText(text)
        case .string(let text): DecimalText(text.trimmingSpace)
        default: nil
        }
    }

    private static func integer(_ json: JSONValue, _ range: ClosedRange<Int64>) -> Int64? {
        if case .number(let text) = json, let value = plainInteger(text) { return range.contains(value) ? value : nil }
        guard let value = decimal(json)?.int64, range.contains(value) else { return nil }
        return value
    }

    /// A number of up to 18 plain digits, which most are; nil for anything else.
    private static func plainInteger(_ text: String) -> Int64? {
        var value: Int64 = 0
        var isNegative = false
        guard text.utf8.count <= 19 else { return nil }
        for (position, byte) in text.utf8.enumerated() {
            if position == 0, byte == UInt8(ascii: "-") {
                isNegative = true
                continue
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), position < 18 || isNegative else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return isNegative ? -value : value
    }

    private static func double(_ json: JSONValue) -> Double? {
        switch json.text {
        case "NaN": return .nan
        case "Infinity", "infinity": return .infinity
        case "-Infinity", "-infinity": return -.infinity
        default: break
        }
        guard decimal(json) != nil else { return nil }
        let text: String
        switch json {
        case .number(let digits): text = digits
        case .string(let digits): text = digits.trimmingSpace
        default: return nil
        }
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    package static func numeric(_ json: JSONValue) -> String? {
        switch json.text {
        case "NaN": return "NaN"
        case "Infinity", "infinity": return "Infinity"
        case "-Infinity", "-infinity": return "-Infinity"
        default: break
        }
        // An exponent writes many digits with few: only as many as a text of that length could hold are written out.
        let length = if case .number(let text) = json { text.utf8.count } else { json.text?.utf8.count ?? 0 }
        guard let value = decimal(json), value.plainLength <= max(1_000, length),
            value.digits.count + value.exponent <= 131_072, -value.exponent <= 16_383
        else { return nil }
        return value.plain
    }

    private static func boolean(_ json: JSONValue) -> Bool? {
        switch json {
        case .bool(let flag): return flag
        case .number("1"): return true
        case .number("0"): return false
        case .string(let text): return StoredText.truths[text.lowercased()]
        default: return nil
        }
    }

    // MARK: Text

    private static func text(_ json: JSONValue, _ type: ColumnType, _ kind: PropertyKind) -> BoundValue.Contents? {
        let text: String
        switch json {
        case .string(let string): text = string
        // As LoopBack's String(5) and String(true).
        case .number(let digits):
            let plain = DecimalText(digits).flatMap { $0.plainLength <= 400 ? $0.plain : nil }
            text = plain ?? digits
        case .bool(let flag): text = flag ? "true" : "false"
        case .array, .object:
            // Lists and objects are kept as JSON text when the column is one of text.
            switch kind {
            case .array, .object, .any, .model: text = json.description
            default: return nil
            }
        case .null: return nil
        }
        if text.utf8.contains(0) { return nil }
        // The type `name` holds 63 bytes; PostgreSQL refuses longer ones even where it only compares them.
        if type.oid == ColumnType.name.oid, text.utf8.count > 63 { return nil }
        if type.category == .interval, !IntervalText.isInterval(text) { return nil }
        return .text(text)
    }

    /// PostgreSQL stores no NUL character, not even escaped in jsonb.
    private static func isStorable(_ json: JSONValue) -> Bool {
        var pending = [json]
        while let value = pending.popLast() {
            switch value {
            case .string(let text): if text.utf8.contains(0) { return false }
            case .number: if numeric(value) == nil { return false }
            case .array(let elements): pending += elements
            case .object(let members):
                for member in members {
                    if member.key.utf8.contains(0) { return false }
                    pending.append(member.value)
                }
            case .null, .bool: break
            }
        }
        return true
    }

    private static func uuid(_ text: String) -> BoundValue.Contents? {
        var bytes = Array(text.utf8)[...]
        if bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}") { bytes = bytes.dropFirst().dropLast() }
        var digits = 0
        var words: (UInt64, UInt64) = (0, 0)
        for (position, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "-") {
                // Between groups of four digits, as PostgreSQL takes them.
                guard digits > 0, digits % 4 == 0, position < bytes.count - 1 else { return nil }
                continue
            }
            guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digits < 32 else {
                return nil
            }
            if digits < 16 { words.0 = words.0 << 4 | UInt64(digit) } else { words.1 = words.1 << 4 | UInt64(digit) }
            digits += 1
        }
        return digits == 32 ? .uuid(words.0, words.1) : nil
    }

    // MARK: Others

    private static func instant(_ json: JSONValue) -> Int64? {
        switch json {
        case .number(let text): return DecimalText(text).flatMap(InstantText.microseconds(sinceEpoch:))
        case .string(let text):
            let trimmed = text.trimmingSpace
            if let value = InstantText.microseconds(trimmed) { return value }
            // Query strings have no numbers: more digits than a year has are milliseconds.
            let digits = trimmed.hasPrefix("-") ? trimmed.dropFirst() : trimmed[...]
            guard digits.utf8.count > 4, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
            return DecimalText(trimmed).flatMap(InstantText.microseconds(sinceEpoch:))
        default: return nil
        }
    }

    private static func point(_ json: JSONValue) -> BoundValue.Contents? {
        let parts: (lat: JSONValue?, lng: JSONValue?)
        switch json {
        case .object:
            parts = (json["lat"], json["lng"])
        case .string(let text):
            let words = text.split(separator: ",", omittingEmptySubsequences: false).map {
                JSONValue.string($0.trimmingSpace)
            }
            guard words.count == 2 else { return nil }
            parts = (words[0], words[1])
        case .array(let elements):
            guard elements.count == 2 else { return nil }
            parts = (elements[0], elements[1])
        default: return nil
        }
        guard let lat = parts.lat.flatMap(double), let lng = parts.lng.flatMap(double), lat.magnitude <= 90,
            lng.magnitude <= 180
        else { return nil }
        // PostgreSQL's x is the longitude.
        return .point(lng, lat)
    }

    /// Base64, or Node's {"type": "Buffer", "data": [1, 2]}.
    private static func bytes(_ json: JSONValue) -> [UInt8]? {
        if case .object = json, json["type"] == .string("Buffer"), let data = json["data"]?.elements {
            let bytes = data.compactMap { decimal($0)?.int64.flatMap(UInt8.init(exactly:)) }
            return bytes.count == data.count ? bytes : nil
        }
        return json.text.flatMap(Base64.decode)
    }
}
