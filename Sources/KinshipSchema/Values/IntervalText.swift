// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Base64, standard or URL alphabet, padded or not.
package enum Base64 {
    package static func decode(_ text: String) -> [UInt8]? {
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
package enum IntervalText {
    /// ISO 8601 (`P1Y2M3DT4H5M6.5S`), or numbers with units and hours (`1 day -02:30:00`, `@ 1 day 2 hours ago`), or the SQL
    /// standard's `1-2 3 4:05:06`: what PostgreSQL prints in any `IntervalStyle`.
    static func isInterval(_ text: String) -> Bool { length(of: text) != nil }

    /// How long an interval is, as PostgreSQL compares intervals: a month has 30 days, the microseconds are less than a
    /// day and not negative. nil for what is no interval.
    package static func length(of text: String) -> (days: Int64, microseconds: Int64)? {
        guard text.utf8.count <= 200, let length = text.hasPrefix("P") ? duration(text.dropFirst()) : words(text) else {
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
        ///
        /// - Returns: false for what is more than an interval holds.
        mutating func add(_ quantity: Quantity, _ unit: Unit) -> Bool {
            switch unit {
            case .year:
                let months = (Double(quantity.fraction * 12) / Double(Quantity.scale)).rounded(.toNearestOrEven)
                days += (quantity.whole * 12 + Int64(months)) * 30
                return true
            case .month: return add(quantity, days: 30)
            case .week: return add(quantity, days: 7)
            case .day: return add(quantity, days: 1)
            case .hour: return add(quantity, microseconds: 3_600_000_000)
            case .minute: return add(quantity, microseconds: 60_000_000)
            case .second: return add(quantity, microseconds: 1_000_000)
            case .millisecond: return add(quantity, microseconds: 1000)
            case .microsecond: return add(quantity, microseconds: 1)
            }
        }

        private mutating func add(_ quantity: Quantity, days size: Int64) -> Bool {
            let fraction = quantity.fraction * size
            days += quantity.whole * size + fraction / Quantity.scale
            return add(microseconds: fraction % Quantity.scale * InstantText.microsecondsPerDay / Quantity.scale)
        }

        private mutating func add(_ quantity: Quantity, microseconds size: Int64) -> Bool {
            let (whole, overflow) = quantity.whole.multipliedReportingOverflow(by: size)
            return !overflow && add(microseconds: whole)
                && add(microseconds: quantity.fraction * size / Quantity.scale)
        }

        mutating func add(microseconds more: Int64) -> Bool {
            let (sum, overflow) = microseconds.addingReportingOverflow(more)
            microseconds = sum
            return !overflow
        }

        var negated: Length { Length(days: -days, microseconds: 0 &- microseconds) }
    }

    /// A number of up to ten digits before its point and seven behind it: its whole part, and its fraction in ten-millionths, with the same sign.
    private struct Quantity {
        static let scale: Int64 = 10_000_000
        var whole: Int64
        var fraction: Int64

        init?(_ text: Substring) {
            guard var value = DecimalText(text), !text.contains("e"), !text.contains("E"), value.plainLength <= 18
            else {
                return nil
            }
            if !value.digits.isEmpty { value.exponent += 7 }
            guard let scaled = value.int64, scaled.magnitude < 100_000_000_000_000_000 else { return nil }
            (whole, fraction) = scaled.quotientAndRemainder(dividingBy: Self.scale)
        }
    }

    private static func words(_ text: String) -> Length? {
        var words = text.split(separator: " ")[...]
        if words.first == "@" { words = words.dropFirst() }
        let isPast = words.last?.lowercased() == "ago"
        if isPast { words = words.dropLast() }
        guard !words.isEmpty else { return nil }
        var length = Length()
        // The server refuses a unit that is said twice; hours with minutes say all units below a day.
        var seen: Set<Unit> = []
        while let word = words.popFirst() {
            if let months = yearsAndMonths(word) {
                guard seen.isEmpty else { return nil }
                seen = [.year, .month]
                length.days += months * 30
                continue
            }
            if word.contains(":") {
                guard words.isEmpty, seen.isSubset(of: [.day, .week, .month, .year]), let time = clock(word),
                    length.add(microseconds: time)
                else { return nil }
                break
            }
            guard let quantity = Quantity(word) else { return nil }
            let unit: Unit
            if words.isEmpty {
                // A number alone says too little, but for the nothing that the standard's style writes.
                guard word == "0" else { return nil }
                unit = .second
            } else if words.count == 1, words.first?.contains(":") == true {
                unit = .day
            } else if let named = words.popFirst().flatMap({ Unit(word: $0.lowercased()) }) {
                unit = named
            } else {
                return nil
            }
            guard seen.insert(unit).inserted, length.add(quantity, unit) else { return nil }
        }
        return isPast ? length.negated : length
    }

    /// `1-2`, one year and two months; the sign is that of both.
    private static func yearsAndMonths(_ word: Substring) -> Int64? {
        let unsigned = word.hasPrefix("-") || word.hasPrefix("+") ? word.dropFirst() : word
        let parts = unsigned.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let years = digits(parts[0], atMost: 9), let months = digits(parts[1], atMost: 2),
            months < 12
        else { return nil }
        return (years * 12 + months) * (word.hasPrefix("-") ? -1 : 1)
    }

    /// Hours, minutes and perhaps seconds, as microseconds: `-02:30:00`, `100:00:00.5`.
    private static func clock(_ word: Substring) -> Int64? {
        let unsigned = word.hasPrefix("-") || word.hasPrefix("+") ? word.dropFirst() : word
        let parts = unsigned.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let hours = digits(parts[0], atMost: 10), hours < 2_562_047_788,
            let minutes = digits(parts[1], atMost: 2), minutes < 60
        else { return nil }
        var time = hours * 3_600_000_000 + minutes * 60_000_000
        if parts.count == 3 {
            let seconds = parts[2].split(separator: ".", omittingEmptySubsequences: false)
            guard seconds.count <= 2, let whole = digits(seconds[0], atMost: 2), whole < 60 else { return nil }
            time += whole * 1_000_000
            if seconds.count == 2 {
                guard let fraction = digits(seconds[1], atMost: 6) else { return nil }
                time += (0..<(6 - seconds[1].utf8.count)).reduce(fraction) { value, _ in value * 10 }
            }
        }
        return word.hasPrefix("-") ? -time : time
    }

    private static func digits(_ text: Substring, atMost count: Int) -> Int64? {
        guard (1...count).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return Int64(text)
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
            guard length.add(quantity, units[place].unit) else { return nil }
            units = units[(place + 1)...]
            rest = rest[rest.index(after: end)...]
            seen = true
        }
        return seen ? length : nil
    }
}
