// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import RelationPlanner

/// The rows of workload w, made of their numbers as the floor makes them.
enum WrittenRows {
    /// The order with a number.
    static func order(_ number: Int, customer: Int? = nil) -> JSONValue {
        .object(members(order: number, customer: customer ?? (number - 1) % 10_000 + 1))
    }

    private static func members(order number: Int, customer: Int) -> [JSONValue.Member] {
        [
            .init("id", .number("\(number)")), .init("customerId", .number("\(customer)")),
            .init("total", .number(hundredths(number * 104_729 % 100_003))),
            .init("tax", .number(hundredths(number * 7907 % 20_011))),
            .init("status", .string(["open", "paid", "shipped", "closed"][number % 4])),
            .init("description", .string(description(number))), .init("createdAt", .string(instant(number))),
        ]
    }

    /// A customer with orders that have items.
    static func graph(_ customer: Int, orders: Int, items: Int) -> JSONValue {
        let list = (0..<orders).map { place -> JSONValue in
            let order = customer * 1000 + place
            let items = (0..<items).map { item in self.item(customer * 10_000 + place * items + item) }
            return .object(
                members(order: order, customer: customer).filter { $0.key != "customerId" } + [
                    .init("items", .array(items))
                ])
        }
        return ["id": .number("\(customer)"), "name": .string("Customer \(customer)"), "orders": .array(list)]
    }

    private static func item(_ number: Int) -> JSONValue {
        [
            "id": .number("\(number)"), "productId": .number("\(1 + number % 1000)"),
            "quantity": .number("\(1 + number % 5)"), "price": .number(hundredths(number * 15_485_863 % 10_007)),
        ]
    }

    /// The orders of some numbers as lines of JSON.
    static func lines(_ numbers: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(numbers.count * 180)
        for number in numbers {
            order(number).write(into: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    private static func description(_ number: Int) -> String {
        let hex = String(UInt32(truncatingIfNeeded: number) &* 2_654_435_761, radix: 16)
        return "Order \(number) " + String(repeating: "0", count: 8 - hex.count) + hex
    }

    private static func hundredths(_ number: Int) -> String {
        let rest = number % 100
        return rest == 0
            ? "\(number / 100)" : "\(number / 100).\(rest < 10 ? "0" : "")\(rest % 10 == 0 ? rest / 10 : rest)"
    }

    /// Three minutes for each order from 2022-01-01 on.
    private static func instant(_ number: Int) -> String {
        let minutes = number % 700_000 * 3
        var days = minutes / 1440
        var (year, month) = (2022, 0)
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        while true {
            let length = lengths[month] + (month == 1 && year % 4 == 0 ? 1 : 0)
            guard days >= length else { break }
            days -= length
            (year, month) = month == 11 ? (year + 1, 0) : (year, month + 1)
        }
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
        return "\(year)-\(two(month + 1))-\(two(days + 1))T\(two(minutes / 60 % 24)):\(two(minutes % 60)):00.000Z"
    }
}
