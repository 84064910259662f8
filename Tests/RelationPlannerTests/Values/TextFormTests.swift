// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema
import Testing

/// A form is told once, as an expression and as a reader.
@Suite struct TextFormTests {
    private let decimal = TextForm(
        .all(.optional(.one("-+")), .times(.one("0-9"), 1...3), .optional(.one("."), .times(.one("0-9"), 0...(.max)))))

    @Test func `An expression is written as PostgreSQL has it`() {
        #expect(decimal.pattern == #"^[-+]?[0-9]{1,3}(\.[0-9]*)?$"#)
        let other = TextForm(
            .all(.not(.text("00")), .any(.text("ab"), .times(.text("cd"), 2...2)), .times(.one("x"), 1...(.max))))
        #expect(other.pattern == "^(?!00)(ab|(cd){2})x+$")
        #expect(TextForm(.all(.times(.any(.one("a"), .one("b")), 2...4))).pattern == "^(a|b){2,4}$")
    }

    @Test(arguments: [
        ("1", true), ("-12", true), ("+123", true), ("1234", false), ("12.", true), ("12.5", true), ("", false),
        ("-", false),
        (".5", false), ("1.5.", false), ("1 ", false), ("1\n", false), ("１", false), ("1\u{0}", false),
    ])
    func `A reader takes the whole of a text`(text: String, isOne: Bool) {
        #expect(decimal.matches(text) == isOne)
    }

    @Test func `What was taken too much of is given back`() {
        let form = TextForm(
            .all(.times(.one("a"), 0...(.max)), .text("ab"), .times(.any(.text("c"), .text("cc")), 1...2), .text("c")))
        for text in ["abcc", "aaaabccc", "abcccc", "abccccc"] { #expect(form.matches(text), "\(text)") }
        for text in ["bcc", "abc", "abcccccc", "abccx"] { #expect(!form.matches(text), "\(text)") }
        // A piece that can be empty ends.
        #expect(!TextForm(.times(.times(.one("a"), 0...1), 0...3)).matches("b"))
        #expect(TextForm(.times(.times(.one("a"), 0...1), 0...3)).matches("aaa"))
    }

    @Test func `A long text takes no more than a walk over it`() {
        let zeros = String(repeating: "0", count: 1_000_000)
        #expect(StoredText(.int8)?.accepts(zeros) == false)
        #expect(StoredText(.numeric)?.accepts(String(repeating: "1", count: 9_999)) == true)
        #expect(StoredText(.uuid)?.accepts(zeros) == false && StoredText(.timestamptz)?.accepts(zeros) == false)
    }
}
