// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The order of texts as a database has it.
///
/// What a collation makes of two texts only the server knows, so it is asked about those that are going to be compared: it gives
/// each a rank.
package struct TextRanks: Sendable {
    /// A text with the equality of its bytes.
    private struct Key: Hashable {
        let text: String

        static func == (one: Key, other: Key) -> Bool { one.text.hasSameBytes(as: other.text) }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            hasher.combine(0xFF as UInt8)
        }
    }

    private var ranks: [Key: Int64] = [:]

    /// - Parameters:
    ///   - texts: the texts.
    ///   - ranks: the rank of each.
    package init(_ texts: [String], ranks: [Int64]) {
        for (text, rank) in zip(texts, ranks) { self.ranks[Key(text: text)] = rank }
    }

    /// Less than, equal to or greater than 0; by bytes for texts that weren't asked about.
    func compare(_ one: String, _ other: String) -> Int {
        guard let rank = ranks[Key(text: one)], let otherRank = ranks[Key(text: other)], rank != otherRank else {
            return one.compareBytes(with: other)
        }
        return rank < otherRank ? -1 : 1
    }
}

extension ItemValue {
    /// The texts that the order of the value depends on.
    var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .array(let elements): elements.flatMap { $0?.texts ?? [] }
        default: []
        }
    }
}

extension ColumnType {
    /// Whether the order of values depends on a collation.
    var hasCollation: Bool { (element ?? self).category == .text || (element ?? self).category == .other }
}

extension ItemCondition {
    /// What is compared by its order, and with which values, where a collation decides about that.
    var collated: (operands: [ItemOperand], values: [ItemValue]) {
        switch self {
        case .all(let conditions), .any(let conditions):
            conditions.map(\.collated).reduce(into: ([], [])) { all, next in
                all.0 += next.operands
                all.1 += next.values
            }
        case .not(let condition): condition.collated
        case .comparison(let operand, let comparison, let value) where comparison.isOrder && operand.type.hasCollation:
            ([operand], [value])
        case .between(let operand, let low, let high) where operand.type.hasCollation: ([operand], [low, high])
        case .columns(let one, let comparison, let other) where comparison.isOrder && one.type.hasCollation:
            ([one, other], [])
        case .constant, .comparison, .between, .columns, .isNull, .member, .like, .expression, .containment, .near:
            ([], [])
        }
    }
}

extension Condition.Comparison {
    fileprivate var isOrder: Bool { self != .equal && self != .notEqual }
}
