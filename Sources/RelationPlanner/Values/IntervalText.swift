// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Base64, standard or URL alphabet, padded or not.
enum Base64 {
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        var isPadded = false
        for byte in text.utf8 {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): digit = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): digit = 63
            case UInt8(ascii: "="):
                isPadded = true
                continue
            default: return nil
            }
            if isPadded { return nil }
            buffer = buffer << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
                buffer &= 1 << bits - 1
            }
        }
        return bits < 6 ? bytes : nil
    }
}

/// The forms of intervals that PostgreSQL is known to read.
enum IntervalText {
    /// ISO 8601 (`P1Y2M3DT4H5M6.5S`), or numbers with units and a time of day (`1 day -02:30:00`).
    static func isInterval(_ text: String) -> Bool { length(of: text) != nil }

    /// How long an interval is, as PostgreSQL compares intervals: a month has 30 days, the microseconds are less than a
    /// day and not negative. nil for what is no interval.
    static func length(of text: String) -> (days: Int64, microseconds: Int64)? {
        guard text.utf8.count <= 100, let length = text.hasPrefix("P") ? duration(text.dropFirst()) : words(text) else {
            return nil
        }
        let day = InstantText.microsecondsPerDay
        let rest = length.microseconds % day
        let days = length.days + length.microseconds / day
        return rest < 0 ? (days - 1, rest + day) : (days, rest)
    }

    private enum Unit: String {
        case microsecond, millisecond, second, minute, hour, day, week, month, year

        init?(word: String) {
            let short: [String: Unit] = ["sec": .second, "min": .minute, "mon": .month]
            let singular = word.hasSuffix("s") ? String(word.dropLast()) : word
            guard let unit = short[word] ?? Unit(rawValue: word) ?? short[singular] ?? Unit(rawValue: singular) else {
                return nil
            }
            self = unit
        }
    }

    private struct Length {
        var days: Int64 = 0
        var microseconds: Int64 = 0

        /// Adds a number of a unit; fractions go to the smaller units, those of a year to whole months.
        mutating func add(_ quantity: Quantity, _ unit: Unit) {
            func add(days size: Int64) {
                let fraction = quantity.fraction * size
                days += quantity.whole * size + fraction / Quantity.scale
                microseconds += fraction % Quantity.scale * InstantText.microsecondsPerDay / Quantity.scale
            }
            func add(microseconds size: Int64) {
                microseconds += quantity.whole * size + quantity.fraction * size / Quantity.scale
            }
            switch unit {
            case .year:
                let months = (Double(quantity.fraction * 12) / Double(Quantity.scale)).rounded(.toNearestOrEven)
                days += (quantity.whole * 12 + Int64(months)) * 30
            case .month: add(days: 30)
            case .week: add(days: 7)
            case .day: add(days: 1)
            case .hour: add(microseconds: 3_600_000_000)
            case .minute: add(microseconds: 60_000_000)
            case .second: add(microseconds: 1_000_000)
            case .millisecond: add(microseconds: 1000)
            case .microsecond: add(microseconds: 1)
            }
        }
    }

    /// A number of up to seven digits: its whole part, and its fraction in ten-millionths, with the same sign.
    private struct Quantity {
        static let scale: Int64 = 10_000_000
        var whole: Int64
        var fraction: Int64

        init?(_ text: Substring) {
            guard var value = DecimalText(text), !text.contains("e"), !text.contains("E"), value.plainLength <= 7 else {
                return nil
            }
            if !value.digits.isEmpty { value.exponent += 7 }
            guard let scaled = value.int64 else { return nil }
            (whole, fraction) = scaled.quotientAndRemainder(dividingBy: Self.scale)
        }
    }

    private static func words(_ text: String) -> Length? {
        var words = text.split(separator: " ")[...]
        guard !words.isEmpty else { return nil }
        var length = Length()
        // The server refuses a unit that is said twice, and a time of day does say hours, minutes and seconds.
        var seen: Set<Unit> = []
        while let word = words.popFirst() {
            if words.isEmpty, word.contains(":") {
                let clock = word.hasPrefix("-") || word.hasPrefix("+") ? word.dropFirst() : word
                guard seen.isSubset(of: [.day, .week, .month, .year]), let time = InstantText.timeOfDay(String(clock))
                else { return nil }
                length.microseconds += word.hasPrefix("-") ? -time : time
                return length
            }
            guard let quantity = Quantity(word), let unit = words.popFirst().flatMap({ Unit(word: $0.lowercased()) }),
                seen.insert(unit).inserted
            else { return nil }
            length.add(quantity, unit)
        }
        return length
    }

    private static func duration(_ text: Substring) -> Length? {
        var units: ArraySlice<(letter: Character, unit: Unit)> = [
            ("Y", .year), ("M", .month), ("W", .week), ("D", .day),
        ]
        var length = Length()
        var rest = text
        var seen = false
        var inTime = false
        while !rest.isEmpty {
            if rest.first == "T", !inTime {
                inTime = true
                units = [("H", .hour), ("M", .minute), ("S", .second)]
                rest = rest.dropFirst()
                guard !rest.isEmpty else { return nil }
                continue
            }
            guard let end = rest.firstIndex(where: \.isLetter), let quantity = Quantity(rest[..<end]),
                let place = units.firstIndex(where: { $0.letter == rest[end] })
            else { return nil }
            length.add(quantity, units[place].unit)
            units = units[(place + 1)...]
            rest = rest[rest.index(after: end)...]
            seen = true
        }
        return seen ? length : nil
    }
}
