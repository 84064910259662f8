// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PostgresInterval {
    /// The interval of a text, nil when it is none or doesn't fit.
    static func read(_ bytes: UnsafeRawBufferPointer) -> PostgresInterval? {
        var scanner = TextScanner(bytes)
        if scanner.skipWord("infinity") { return scanner.isAtEnd ? .infinity : nil }
        if scanner.skipWord("-infinity") { return scanner.isAtEnd ? .negativeInfinity : nil }
        var sum = Sum()
        let isRead = scanner.skip("P") ? sum.readISO(&scanner) : sum.readPostgres(&scanner)
        guard isRead, scanner.isAtEnd, let months = Int32(exactly: sum.months), let days = Int32(exactly: sum.days)
        else { return nil }
        return PostgresInterval(months: months, days: days, microseconds: sum.microseconds)
    }

    /// Parts as they are added up, checked for overflow.
    private struct Sum {
        var months: Int64 = 0
        var days: Int64 = 0
        var microseconds: Int64 = 0

        private static func add(_ count: Int64, times unit: Int64, to total: inout Int64) -> Bool {
            let (product, overflow) = count.multipliedReportingOverflow(by: unit)
            let (sum, carry) = total.addingReportingOverflow(product)
            total = sum
            return !overflow && !carry
        }

        /// `1Y2M3DT4H5M6.7S`, behind the `P`.
        mutating func readISO(_ scanner: inout TextScanner) -> Bool {
            var (isTime, count) = (false, 0)
            while !scanner.isAtEnd {
                if !isTime, scanner.skip("T") {
                    isTime = true
                    continue
                }
                let sign = scanner.sign()
                guard let number = scanner.digits(), let fraction = scanner.millionths() else { return false }
                let value = number * sign
                var isRead = false
                if isTime, scanner.skip("S") {
                    isRead =
                        Self.add(value, times: 1_000_000, to: &microseconds)
                        && Self.add(fraction * sign, times: 1, to: &microseconds)
                } else if fraction != 0 {
                    return false
                } else if isTime {
                    if scanner.skip("H") {
                        isRead = Self.add(value, times: 3_600_000_000, to: &microseconds)
                    } else if scanner.skip("M") {
                        isRead = Self.add(value, times: 60_000_000, to: &microseconds)
                    }
                } else if scanner.skip("Y") {
                    isRead = Self.add(value, times: 12, to: &months)
                } else if scanner.skip("M") {
                    isRead = Self.add(value, times: 1, to: &months)
                } else if scanner.skip("W") {
                    isRead = Self.add(value, times: 7, to: &days)
                } else if scanner.skip("D") {
                    isRead = Self.add(value, times: 1, to: &days)
                }
                guard isRead else { return false }
                count += 1
            }
            return count > 0
        }

        /// `-1 years +2 mons 3 days -04:05:06.7`, as the style `postgres` prints it.
        mutating func readPostgres(_ scanner: inout TextScanner) -> Bool {
            repeat {
                let sign = scanner.sign()
                guard let number = scanner.digits() else { return false }
                let value = number * sign
                if scanner.skip(":") {
                    guard let minutes = scanner.digits(minimum: 2, maximum: 2), minutes < 60, scanner.skip(":"),
                        let seconds = scanner.digits(minimum: 2, maximum: 2), seconds < 60,
                        let fraction = scanner.millionths()
                    else { return false }
                    let rest = (minutes * 60 + seconds) * 1_000_000 + fraction
                    return Self.add(value, times: 3_600_000_000, to: &microseconds)
                        && Self.add(rest, times: sign, to: &microseconds)
                }
                guard scanner.skip(" ") else { return false }
                var isRead = false
                if scanner.skipWord("year") {
                    isRead = Self.add(value, times: 12, to: &months)
                } else if scanner.skipWord("mon") {
                    isRead = Self.add(value, times: 1, to: &months)
                } else if scanner.skipWord("day") {
                    isRead = Self.add(value, times: 1, to: &days)
                }
                guard isRead else { return false }
                _ = scanner.skip("s")
            } while scanner.skip(" ")
            return true
        }
    }
}
