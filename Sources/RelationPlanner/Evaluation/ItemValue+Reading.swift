// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ItemValue {
    /// The value of a record, read strictly: nil when it is of another JSON type than the column type has, or does not
    /// fit it. So it never matches, as at a JSON path (D26).
    ///
    /// - Parameter isAssumed: whether the type is only LoopBack's default. It is no promise about JSON then: numbers are
    ///   read as what they are.
    init?(_ json: JSONValue, _ type: ColumnType, _ kind: Property.Kind, isAssumed: Bool) {
        switch type.category {
        case .int2, .int4, .int8, .float4, .float8, .numeric:
            switch json {
            case .number: break
            // A `string` property over a number's column holds its digits as text.
            case .string where kind == .string: break
            default: return nil
            }
            if isAssumed || type.category == .numeric {
                guard let value = ValueReader.decimal(json) else { return nil }
                self = ItemValue(value)
                return
            }
            if case .number(let digits) = json, let limits = StoredText(type)?.limits {
                guard let number = DecimalText(digits), limits.hold(number) else { return nil }
            }
        case .bool: guard case .bool = json else { return nil }
        case .text:
            guard let text = Self.text(json, kind) else { return nil }
            self = .text(type.oid == ColumnType.bpchar.oid ? text.trimmingTrailingSpaces : text)
            return
        case .enumeration, .uuid, .time:
            guard case .string(let text) = json, StoredText(type)?.accepts(text) == true else { return nil }
        case .other, .timetz, .interval: guard case .string = json else { return nil }
        case .array(let element):
            guard case .array(let elements) = json else { return nil }
            let kind: Property.Kind = if case .array(let kind) = kind { kind } else { .any }
            var values: [ItemValue?] = []
            for json in elements {
                if json == .null {
                    values.append(nil)
                } else if let value = ItemValue(json, element, kind, isAssumed: isAssumed) {
                    values.append(value)
                } else {
                    return nil
                }
            }
            self = .array(values)
            return
        case .json, .jsonb:
            self = .json(json)
            return
        // An instant has no JSON type of its own: texts that the server reads as well, and milliseconds.
        case .date, .timestamp, .timestamptz:
            guard StoredText.isInstant(json) else { return nil }
            if type.category == .date {
                guard let day = ValueReader.day(json) else { return nil }
                self.init(day, type)
                return
            }
        // Nor have bytes and a point: what a filter may say, a record may hold.
        case .bytea, .point: break
        }
        guard let contents = ValueReader.contents(json, type, kind) else { return nil }
        self.init(contents, type)
    }

    /// The value a filter was bound with; nil for NULL.
    init?(_ contents: BoundValue.Contents, _ type: ColumnType) {
        switch contents {
        case .null, .slot: return nil
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .double(let value): self = .double(value)
        case .numeric("NaN"): self = .double(.nan)
        case .numeric("Infinity"): self = .double(.infinity)
        case .numeric("-Infinity"): self = .double(-.infinity)
        case .numeric(let digits):
            guard let value = DecimalText(digits) else { return nil }
            self = ItemValue(value)
        case .text(let text):
            guard let value = Self.value(of: text, type) else { return nil }
            self = value
        case .bytes(let value): self = .bytes(value)
        case .uuid(let high, let low): self = .uuid(high, low)
        case .date(.max): self = .instant(.max)
        case .date(.min): self = .instant(.min)
        case .date(let days):
            let (value, overflow) = Int64(days).multipliedReportingOverflow(by: InstantText.microsecondsPerDay)
            if overflow { return nil }
            self = .instant(value)
        case .timestamp(let value): self = .instant(value)
        case .time(let value): self = .time(value)
        case .json(let text):
            do throws(PlannerError) { self = .json(try JSONValue(parsing: text, maximumDepth: 512)) } catch {
                return nil
            }
        case .point(let x, let y): self = .point(x, y)
        case .array(let elements):
            guard let element = type.element else { return nil }
            self = .array(elements.map { ItemValue($0, element) })
        }
    }

    private init(_ value: DecimalText) {
        self = value.int64.map(ItemValue.integer) ?? .decimal(value)
    }

    /// What a text stands for in a type whose values are bound as text.
    private static func value(of text: String, _ type: ColumnType) -> ItemValue? {
        switch type.category {
        case .enumeration(let labels): labels.firstIndex { $0.hasSameBytes(as: text) }.map(ItemValue.label)
        case .timetz:
            InstantText.timeWithOffset(text).map { .zonedTime($0.time - $0.offset, offset: $0.offset) }
        case .interval:
            IntervalText.length(of: text).map { .interval(days: $0.days, microseconds: $0.microseconds) }
        default: .text(type.oid == ColumnType.bpchar.oid ? text.trimmingTrailingSpaces : text)
        }
    }

    /// The text a text column would hold for a value.
    private static func text(_ json: JSONValue, _ kind: Property.Kind) -> String? {
        switch (json, kind) {
        case (.string(let text), _): return text
        case (.null, _): return nil
        case (.number, .number), (.bool, .boolean), (_, .object), (_, .any), (_, .array), (_, .model):
            guard case .text(let text) = ValueReader.contents(json, .text, kind) else { return nil }
            return text
        default: return nil
        }
    }
}

extension String {
    /// Without the spaces at its end, which `character` does not tell apart.
    var trimmingTrailingSpaces: String {
        guard utf8.last == 0x20 else { return self }
        return String(decoding: utf8.reversed().drop { $0 == 0x20 }.reversed(), as: UTF8.self)
    }
}
