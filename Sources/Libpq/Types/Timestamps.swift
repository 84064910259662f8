// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CivilDates

/// What both kinds of timestamps share: the wire form and the text.
package enum Timestamps {
    /// Whether a text has an offset.
    enum Zone { case none, required }

    static func read(_ cell: Cell, zone: Zone) throws(CellError) -> Int64 {
        if cell.format == .binary {
            let microseconds = try cell.value(count: 8).bigEndian(Int64.self)
            guard microseconds == .max || microseconds == .min || PostgresTimestampTZ.range.contains(microseconds)
            else { throw .malformed("it is out of the range of timestamps") }
            return microseconds
        }
        guard let microseconds = read(try cell.value(), zone: zone) else {
            throw .malformed("it is not a timestamp in ISO format (DateStyle has to be ISO)")
        }
        return microseconds
    }

    static func read(_ bytes: UnsafeRawBufferPointer, zone: Zone) -> Int64? {
        var scanner = TextScanner(bytes)
        if scanner.skipWord("infinity") { return scanner.isAtEnd ? .max : nil }
        if scanner.skipWord("-infinity") { return scanner.isAtEnd ? .min : nil }
        guard let date = Calendar.readDate(&scanner), scanner.skip("T") || scanner.skip(" "),
            let time = Calendar.readTime(&scanner)
        else { return nil }
        var offset = 0
        if zone == .required {
            guard let seconds = Calendar.readZone(&scanner) else { return nil }
            offset = seconds
        }
        guard let days = Calendar.days(date, era: &scanner), scanner.isAtEnd else { return nil }
        let (microseconds, overflow) = Int64(days).multipliedReportingOverflow(by: CivilDate.microsecondsPerDay)
        let (sum, carry) = microseconds.addingReportingOverflow(time - Int64(offset) * 1_000_000)
        return !overflow && !carry && PostgresTimestampTZ.range.contains(sum) ? sum : nil
    }

    /// Appends the text of a wire value, whatever it is: `2024-02-29T11:00:00.5Z`.
    package static func appendText(_ microseconds: Int64, isUTC: Bool, to text: inout [UInt8]) {
        switch microseconds {
        case .max: text.append(contentsOf: "infinity".utf8)
        case .min: text.append(contentsOf: "-infinity".utf8)
        default:
            let (days, time) = CivilDate.split(microseconds)
            let isBeforeChrist = Calendar.append(date: days, to: &text)
            text.append(UInt8(ascii: "T"))
            Calendar.append(time: time, to: &text)
            if isUTC { text.append(UInt8(ascii: "Z")) }
            Calendar.appendEra(isBeforeChrist, to: &text)
        }
    }
}
