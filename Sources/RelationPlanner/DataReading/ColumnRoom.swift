// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a column has room for: the server would refuse the rest, and not say which column it was.
package struct ColumnRoom {
    let type: ColumnType

    package init(_ type: ColumnType) { self.type = type }

    /// What is too much of a value, for messages; nil where it fits.
    package func excess(_ contents: BoundValue.Contents) -> String? {
        switch contents {
        case .text(let text):
            guard let length = type.length, text.unicodeScalars.count > length else { return nil }
            // Spaces at the end are cut off.
            let isPadding = text.unicodeScalars.dropFirst(length).allSatisfy { $0 == " " }
            return isPadding ? nil : "has \(text.unicodeScalars.count) characters, and its column takes \(length)"
        case .numeric(let text):
            guard let precision = type.precision, let digits = Self.integerDigits(text) else { return nil }
            let most = precision - (type.scale ?? 0)
            return digits > most ? "has \(digits) digits ahead of the point, and its column takes \(max(most, 0))" : nil
        case .array(let elements):
            guard let element = type.element else { return nil }
            let room = ColumnRoom(element)
            return elements.lazy.compactMap(room.excess).first
        default: return nil
        }
    }

    /// The digits ahead of the point; nil for what is no finite number.
    private static func integerDigits(_ text: String) -> Int? {
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "0") }
        guard let first = digits.first else { return 0 }
        if first == UInt8(ascii: ".") { return 0 }
        guard (48...57).contains(first) else { return nil }
        return digits.prefix { (48...57).contains($0) }.count
    }
}

extension ColumnType {
    /// Whether values are days or instants.
    var isMoment: Bool {
        switch category {
        case .date, .timestamp, .timestamptz: true
        default: false
        }
    }
}
