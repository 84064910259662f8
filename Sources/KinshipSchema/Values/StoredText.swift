// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Which texts are values of a type, where JSON or a list holds them: the keys of a referencesMany, members of embedded records. The
/// one table of it.
///
/// What a statement asks (`sql(_:as:)` in `RelationPlanner`) and what is decided here (``accepts(_:)``) are both made of it, so that
/// what a condition finds is what an include shows. It is less than PostgreSQL's own input takes: only what no server, of any
/// version and with any settings, refuses or reads as something else.
package struct StoredText: Sendable {
    /// What the texts look like.
    package enum Form: Sendable {
        /// Any text.
        case any
        /// A number's digits.
        case number(TextForm)
        /// One of some words, in capitals or not.
        case words([String: Bool])
        /// One of the labels of an enumeration.
        case labels([String])
        /// Another form.
        case form(TextForm)
    }

    /// Which numbers are values of a type.
    package enum Limits: Sendable {
        case between(Int64, Int64)
        /// 0, and what is so far from it: digits with an exponent.
        case magnitude(String, String)
    }

    /// What the texts look like.
    package let form: Form
    /// Which of the numbers are values.
    package let limits: Limits?

    /// Texts of numbers are shorter: no server has a number with more digits before the point than it has room for.
    package static let longestNumber = 10_000

    /// The texts that are values of a type; nil where none is.
    package init?(_ type: ColumnType) {
        var limits: Limits?
        switch type.category {
        case .text, .other: form = .any
        case .bool: form = .words(Self.truths)
        case .int2: (form, limits) = (.number(Self.integer), .between(Int64(Int16.min), Int64(Int16.max)))
        case .int4: (form, limits) = (.number(Self.integer), .between(Int64(Int32.min), Int64(Int32.max)))
        case .int8: (form, limits) = (.number(Self.integer), .between(.min, .max))
        case .numeric: form = .number(Self.number)
        // A little less than there are, for those at the edges are refused by some servers.
        case .float4: (form, limits) = (.number(Self.number), .magnitude("1e-37", "3.4e38"))
        case .float8: (form, limits) = (.number(Self.number), .magnitude("1e-307", "1.7e308"))
        case .uuid: form = .form(Self.uuid)
        case .enumeration(let labels): form = .labels(labels)
        case .date, .timestamp, .timestamptz: form = .form(Self.instant)
        case .time: form = .form(Self.clock)
        case .timetz, .interval, .bytea, .json, .jsonb, .point, .array: return nil
        }
        self.limits = limits
    }

    /// Whether a text is a value, as far as its form and limits say: of a day also an instant, which is one at midnight only.
    package func accepts(_ text: String) -> Bool {
        switch form {
        case .any: return !text.utf8.contains(0)
        case .words(let words): return words[text.lowercased()] != nil
        case .labels(let labels): return labels.contains { $0.hasSameBytes(as: text) }
        case .form(let form): return form.matches(text)
        case .number(let form):
            guard text.utf8.count < Self.longestNumber, form.matches(text) else { return false }
            switch limits {
            case nil: return true
            case .between(let least, let most): return Int64(text).map { $0 >= least && $0 <= most } ?? false
            case .magnitude: return DecimalText(text).flatMap { limits?.hold($0) } ?? false
            }
        }
    }
}

extension StoredText {
    /// The first and the last instant that JSON holds as a number, in milliseconds since 1970.
    package static let milliseconds = (first: "-2e14", last: "4.6e15")

    /// Whether a value of JSON is an instant: a text in the form of one, or such a number.
    package static func isInstant(_ json: JSONValue) -> Bool {
        switch json {
        case .string(let text): return instant.matches(text)
        case .number(let text):
            guard let number = DecimalText(text), let first = DecimalText(milliseconds.first),
                let last = DecimalText(milliseconds.last)
            else { return false }
            return DecimalText.compare(number, first) >= 0 && DecimalText.compare(number, last) <= 0
        default: return false
        }
    }
}

extension StoredText.Limits {
    /// Whether a number is a value.
    package func hold(_ number: DecimalText) -> Bool {
        switch self {
        case .between(let least, let most): return number.int64.map { $0 >= least && $0 <= most } ?? false
        case .magnitude(let least, let most):
            guard !number.digits.isEmpty, let least = DecimalText(least), let most = DecimalText(most) else {
                return number.digits.isEmpty
            }
            var magnitude = number
            magnitude.isNegative = false
            return DecimalText.compare(magnitude, least) >= 0 && DecimalText.compare(magnitude, most) <= 0
        }
    }
}

// MARK: - The forms

extension StoredText {
    /// The words for true and false.
    package static let truths: [String: Bool] = [
        "true": true, "t": true, "1": true, "yes": true, "y": true, "on": true, "false": false, "f": false, "0": false,
        "no": false, "n": false, "off": false,
    ]

    private static let digit = TextForm.Piece.one("0-9")

    /// A whole number, also with zeros before it.
    private static let integer = TextForm(.all(.optional(.one("-")), .times(digit, 1...(.max))))

    /// A number of JSON, also with zeros before it.
    private static let number = TextForm(
        .all(
            .optional(.one("-")), .times(digit, 1...(.max)), .optional(.one("."), .times(digit, 1...(.max))),
            .optional(.one("eE"), .optional(.one("-+")), .times(digit, 1...3))))

    /// A UUID with its hyphens.
    private static let uuid: TextForm = {
        let hex = TextForm.Piece.one("0-9a-fA-F")
        return TextForm(
            .all(
                .times(hex, 8...8), .times(.all(.one("-"), .times(hex, 4...4)), 3...3), .one("-"), .times(hex, 12...12))
        )
    }()

    private static let timeOfDay: TextForm.Piece = {
        let sixty = TextForm.Piece.all(.one(":"), .one("0-5"), digit)
        return .all(
            .any(.all(.one("01"), digit), .all(.one("2"), .one("0-3"))), sixty,
            .optional(sixty, .optional(.one("."), .times(digit, 1...6))))
    }()

    /// A time of day.
    private static let clock = TextForm(timeOfDay)

    /// A day of the calendar, alone or with a time of day, with or without an offset.
    private static let instant: TextForm = {
        func one(_ characters: TextForm.Characters) -> TextForm.Piece { .one(characters) }
        let upTo29 = TextForm.Piece.any(.all(one("0"), one("1-9")), .all(one("12"), digit))
        let upTo28 = TextForm.Piece.any(.all(one("0"), one("1-9")), .all(one("1"), digit), .all(one("2"), one("0-8")))
        let long = TextForm.Piece.all(
            .any(.all(one("0"), one("13578")), .all(one("1"), one("02"))), one("-"),
            .any(upTo29, .all(one("3"), one("01"))))
        let short = TextForm.Piece.all(
            .any(.all(one("0"), one("469")), .text("11")), one("-"), .any(upTo29, .text("30")))
        let four = TextForm.Piece.any(.all(one("02468"), one("048")), .all(one("13579"), one("26")))
        let fourButNone = TextForm.Piece.any(
            .all(one("0"), one("48")), .all(one("2468"), one("048")), .all(one("13579"), one("26")))
        let leapYear = TextForm.Piece.any(.all(digit, digit, fourButNone), .all(four, .text("00")))
        let offset = TextForm.Piece.any(
            one("Zz"),
            .all(
                one("-+"), .any(.all(one("0"), digit), .all(one("1"), one("0-5"))),
                .optional(.optional(one(":")), one("0-5"), digit)))
        return TextForm(
            .all(
                .not(.text("0000")),
                .any(
                    .all(.times(digit, 4...4), one("-"), .any(long, short, .all(.text("02-"), upTo28))),
                    .all(leapYear, .text("-02-29"))),
                .optional(one("Tt "), timeOfDay, .optional(offset))))
    }()
}
