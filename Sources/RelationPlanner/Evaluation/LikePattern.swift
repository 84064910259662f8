// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A pattern of LIKE or ILIKE, matched as PostgreSQL does it: by characters, the whole text, backslash escaping.
struct LikePattern: Sendable {
    private enum Piece: Sendable {
        case byte(UInt8)
        /// `_`
        case one
        /// `%`
        case any
    }

    private let pieces: [Piece]
    private let ignoringCase: Bool

    init(_ pattern: String, ignoringCase: Bool) {
        var pieces: [Piece] = []
        var isEscaped = false
        for byte in (ignoringCase ? pattern.simplyLowercased : pattern).utf8 {
            switch byte {
            case _ where isEscaped:
                pieces.append(.byte(byte))
                isEscaped = false
            case UInt8(ascii: "\\"): isEscaped = true
            case UInt8(ascii: "%"): pieces.append(.any)
            case UInt8(ascii: "_"): pieces.append(.one)
            default: pieces.append(.byte(byte))
            }
        }
        self.pieces = pieces
        self.ignoringCase = ignoringCase
    }

    /// Whether the pattern matches the whole text. In the worst case that takes as many steps as both have characters, multiplied.
    func matches(_ text: String, _ budget: inout StepBudget) throws -> Bool {
        try budget.spend(1 + text.utf8.count / (ignoringCase ? 2 : 32))
        var text = ignoringCase ? text.simplyLowercased : text
        return try text.withUTF8 { try matches($0, &budget) }
    }

    /// Goes back to the last `%` only, which is enough: what stands before it has matched as early as it can.
    private func matches(_ text: UnsafeBufferPointer<UInt8>, _ budget: inout StepBudget) throws -> Bool {
        var (position, piece) = (0, 0)
        var restart: (position: Int, piece: Int)?
        var steps = 0
        while true {
            steps &+= 1
            if steps & 0xFF == 0 { try budget.spend(0x100) }
            if piece < pieces.count {
                switch pieces[piece] {
                case .any:
                    piece += 1
                    restart = (position, piece)
                    continue
                case .byte(let byte) where position < text.count && text[position] == byte:
                    position += 1
                    piece += 1
                    continue
                case .one where position < text.count:
                    position = Self.next(text, position)
                    piece += 1
                    continue
                default: break
                }
            } else if position == text.count {
                return true
            }
            guard let start = restart, start.position < text.count else { return false }
            (position, piece) = (Self.next(text, start.position), start.piece)
            restart = (position, piece)
        }
    }

    private static func next(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int {
        var position = position + 1
        while position < text.count, text[position] & 0xC0 == 0x80 { position += 1 }
        return position
    }
}

extension String {
    /// In lower case, each character by itself, as the server's `lower` has it.
    var simplyLowercased: String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars { result.append(scalar.simplyLowercased) }
        return String(result)
    }
}

extension Unicode.Scalar {
    var simplyLowercased: Unicode.Scalar {
        if value < 0x80 { return value >= 0x41 && value <= 0x5A ? Unicode.Scalar(UInt8(value) + 0x20) : self }
        // The one character whose full mapping has two: İ.
        if value == 0x130 { return "i" }
        let mapping = properties.lowercaseMapping.unicodeScalars
        return mapping.count == 1 ? mapping.first ?? self : self
    }

    var simplyUppercased: Unicode.Scalar {
        if value < 0x80 { return value >= 0x61 && value <= 0x7A ? Unicode.Scalar(UInt8(value) - 0x20) : self }
        let mapping = properties.uppercaseMapping.unicodeScalars
        return mapping.count == 1 ? mapping.first ?? self : self
    }
}
