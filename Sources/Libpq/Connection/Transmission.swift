// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// Hands statements to libpq, which queues or sends them and never blocks.
///
/// Every function answers whether libpq took the message.
enum Transmission {
    /// `PQsendClosePrepared` of libpq 17 and later.
    private static let closePrepared = kinship_as_send_close_prepared(kinship_symbol("PQsendClosePrepared"))

    /// Whether a prepared statement is closed by a message of its own, which no transaction state refuses. Otherwise
    /// DEALLOCATE has to do, a statement like any other.
    static let hasClose = closePrepared != nil

    static func close(_ link: Link, _ name: StatementName) -> Bool {
        if let closePrepared {
            return name.withCString { closePrepared(link.pointer, $0) == 1 }
        }
        return text(link, "DEALLOCATE \(name)")
    }

    static func text(_ link: Link, _ text: String) -> Bool {
        text.withCString { PQsendQueryParams(link.pointer, $0, 0, nil, nil, nil, nil, 1) == 1 }
    }

    /// Through the simple protocol, outside of pipeline mode.
    static func simple(_ link: Link, _ text: String) -> Bool {
        text.withCString { PQsendQuery(link.pointer, $0) == 1 }
    }

    static func prepare(_ link: Link, _ statement: Statement, _ name: StatementName) -> Bool {
        let slots = statement.parameters.slots
        return withUnsafeTemporaryAllocation(of: Oid.self, capacity: max(1, slots.count)) { types in
            for index in slots.indices { types.initializeElement(at: index, to: slots[index].type.rawValue) }
            return statement.text.withCString { text in
                name.withCString {
                    PQsendPrepare(link.pointer, $0, text, Int32(slots.count), types.baseAddress) == 1
                }
            }
        }
    }

    /// Executes a statement.
    ///
    /// - Parameter name: its prepared statement, nil to have it parsed now.
    static func run(_ link: Link, _ statement: Statement, _ name: StatementName?, textResults: Bool) -> Bool {
        let format: Int32 = textResults ? 0 : 1
        let count = Int32(statement.parameters.count)
        return withValues(statement.parameters) { values, lengths, formats in
            if let name {
                return name.withCString {
                    PQsendQueryPrepared(link.pointer, $0, count, values, lengths, formats, format) == 1
                }
            }
            let slots = statement.parameters.slots
            return withUnsafeTemporaryAllocation(of: Oid.self, capacity: max(1, slots.count)) { types in
                for index in slots.indices { types.initializeElement(at: index, to: slots[index].type.rawValue) }
                return statement.text.withCString {
                    PQsendQueryParams(
                        link.pointer, $0, count, types.baseAddress, values, lengths, formats, format) == 1
                }
            }
        }
    }

    private typealias Values = UnsafePointer<UnsafePointer<CChar>?>

    private static func withValues(
        _ parameters: Parameters, _ body: (Values?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Bool
    ) -> Bool {
        let slots = parameters.slots
        guard !slots.isEmpty else { return body(nil, nil, nil) }
        return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: slots.count) { values in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * slots.count) { numbers in
                parameters.bytes.withUnsafeBytes { bytes in
                    // An empty value still needs an address: libpq takes nil for NULL.
                    let start = bytes.baseAddress ?? UnsafeRawPointer(numbers.baseAddress)
                    for (index, slot) in slots.enumerated() {
                        let address = slot.length < 0 ? nil : start?.advanced(by: slot.offset)
                        values.initializeElement(at: index, to: address?.assumingMemoryBound(to: CChar.self))
                        numbers.initializeElement(at: index, to: Int32(clamping: max(0, slot.length)))
                        numbers.initializeElement(at: slots.count + index, to: 1)
                    }
                    let lengths = UnsafePointer(numbers.baseAddress)
                    return body(UnsafePointer(values.baseAddress), lengths, lengths?.advanced(by: slots.count))
                }
            }
        }
    }
}
