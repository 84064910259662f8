// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import KinshipCommand

/// Keys, lines that are edited, lists that are chosen from.
@Suite struct KeyTests {
    private func keys(_ text: String, isAll: Bool = true) -> [Key] { keys(Array(text.utf8), isAll: isAll) }

    private func keys(_ bytes: [UInt8], isAll: Bool = true) -> [Key] {
        var decoder = KeyDecoder()
        decoder.append(bytes)
        var keys: [Key] = []
        while let key = decoder.next(isAll: isAll) { keys.append(key) }
        return keys
    }

    @Test func keysAreMadeOfBytes() {
        #expect(
            keys("a\r\n\t\u{7F}\u{8}\u{3}") == [
                .text("a"), .enter, .enter, .tab, .backspace, .backspace, .control("c"),
            ])
        #expect(keys("\u{1B}[A\u{1B}OB\u{1B}[C\u{1B}[1;5D") == [.up, .down, .right, .left])
        #expect(
            keys("\u{1B}[H\u{1B}[4~\u{1B}[3~\u{1B}[5~\u{1B}[6~\u{1B}[Z") == [
                .home, .end, .delete, .pageUp, .pageDown, .backTab,
            ])
        #expect(keys("\u{1B}[15~\u{1C}x") == [.unknown, .unknown, .text("x")])
        #expect(keys("ß日🎈") == [.text("ß"), .text("日"), .text("🎈")])
        #expect(keys([0xFF, 0x61, 0xC3]) == [.unknown, .text("a"), .unknown])
    }

    @Test func halfAKeyIsWaitedFor() {
        #expect(keys("\u{1B}") == [.escape])
        #expect(keys("\u{1B}", isAll: false) == [])
        #expect(keys("\u{1B}[", isAll: false) == [])
        #expect(keys("\u{1B}x") == [.escape, .text("x")])
        var decoder = KeyDecoder()
        for byte in Array("日".utf8).dropLast() {
            decoder.append([byte])
            #expect(decoder.next() == nil)
            #expect(decoder.isInside)
        }
        decoder.append(Array("日".utf8).suffix(1))
        #expect(decoder.next() == .text("日"))
        #expect(!decoder.isInside)
    }

    /// What terminals send, and the key that it is.
    private static let sequences: [(bytes: String, key: Key)] = [
        ("\u{1B}[A", .up), ("\u{1B}OA", .up), ("\u{1B}[1;5A", .up), ("\u{1B}O5D", .left), ("\u{1B}[3~", .delete),
        ("\u{1B}[3;2~", .delete), ("\u{1B}[H", .home), ("\u{1B}[7~", .home), ("\u{1B}[Z", .backTab),
        // F1 and F5 of windows, of rxvt, and of a console without windows.
        ("\u{1B}OP", .unknown), ("\u{1B}[11~", .unknown), ("\u{1B}[[A", .unknown), ("\u{1B}[15~", .unknown),
        ("\u{1B}[[E", .unknown),
        // Answers: where the cursor is, what the terminal is, where the mouse is, what is pasted begins.
        ("\u{1B}[12;40R", .unknown), ("\u{1B}[?62;1;6c", .unknown), ("\u{1B}[?2026;2$y", .unknown),
        ("\u{1B}[<0;10;20M", .unknown), ("\u{1B}[200~", .unknown), ("\u{1B}[>0;1A", .unknown),
        ("\u{1B}[" + String(repeating: "1;", count: 40) + "A", .unknown),
        // A colour, the contents of the clipboard, a version.
        ("\u{1B}]11;rgb:0000/0000/0000\u{7}", .unknown), ("\u{1B}]11;rgb:0000/0000/0000\u{1B}\\", .unknown),
        ("\u{1B}]52;c;ßA[~\u{1B}\\", .unknown), ("\u{1B}P>|xterm(390)\u{1B}\\", .unknown),
        ("\u{1B}_Gi=31;OK\u{1B}\\", .unknown), ("\u{1B}^x\u{1B}\\", .unknown), ("\u{1B}Xx\u{7}", .unknown),
    ]

    /// Wherever it is cut, and whether or not its rest comes late, it is one key, and none of it is typed.
    @Test func sequencesAreOneKeyWhereverTheyAreCut() {
        for (text, key) in Self.sequences {
            let bytes = Array(text.utf8)
            #expect(keys(bytes + [0x78]) == [key, .text("x")], "\(text.debugDescription)")
            #expect(keys(Array("a".utf8) + bytes + bytes) == [.text("a"), key, key], "\(text.debugDescription)")
            for cut in 1..<bytes.count {
                // An Escape by itself is a key after a pause; so is Alt with the beginning of a text.
                let pauses = cut > 2 || (cut == 2 && (bytes[1] == 0x5B || bytes[1] == 0x4F)) ? [false, true] : [false]
                for pause in pauses where !pause || bytes[cut - 1] != 0x1B {
                    var decoder = KeyDecoder()
                    decoder.append(bytes[..<cut])
                    #expect(!decoder.hasKey && decoder.next(isAll: pause) == nil, "\(text.debugDescription) \(cut)")
                    decoder.append(bytes[cut...])
                    decoder.append([0x79])
                    #expect(decoder.hasKey)
                    #expect(decoder.next(isAll: pause) == key, "\(text.debugDescription) \(cut)")
                    #expect(decoder.next() == .text("y") && decoder.next(isAll: true) == nil && !decoder.isInside)
                }
            }
            // Byte by byte.
            var (decoder, found) = (KeyDecoder(), [Key]())
            for byte in bytes {
                decoder.append([byte])
                while let key = decoder.next() { found.append(key) }
            }
            #expect(found == [key], "\(text.debugDescription)")
        }
    }

    @Test func aSequenceWithoutAnEndHoldsNobodyUp() {
        #expect(keys("\u{1B}[\u{3}x") == [.unknown, .control("c"), .text("x")])
        #expect(keys("\u{1B}[1;\rx") == [.unknown, .enter, .text("x")])
        #expect(keys("\u{1B}O\u{7F}x") == [.unknown, .backspace, .text("x")])
        #expect(keys("\u{1B}]0;lost\u{3}x") == [.unknown, .control("c"), .text("x")])
        #expect(keys("\u{1B}]0;lost\u{1B}[Ax") == [.unknown, .up, .text("x")])
        #expect(keys("\u{1B}]0;lost\u{1B}") == [.escape])
        #expect(keys("\u{1B}[\u{1B}[A") == [.unknown, .up])
        #expect(keys("\u{1B}[ß") == [.unknown, .text("ß")])
        #expect(keys("\u{1B}]") == [.unknown])
        #expect(keys("\u{1B}\u{1B}[A") == [.escape, .up])
        // What has begun isn't asked about again and again.
        var decoder = KeyDecoder()
        decoder.append([0x1B, 0x5B])
        #expect(decoder.next() == nil && !decoder.isInside)
        decoder = KeyDecoder()
        decoder.append([0x1B])
        #expect(decoder.next() == nil && decoder.isInside)
    }

    /// Whatever comes, every byte goes somewhere, and there is an end.
    @Test func anyBytesAreKeys() {
        for seed in UInt8.min...UInt8.max {
            for other in [UInt8(0x1B), 0x5B, 0x41, 0x80, 0xE2] {
                #expect(!keys([seed, other, 0x1B, seed]).isEmpty)
            }
        }
    }

    private func edited(_ text: String, _ start: String = "") -> LineEditor {
        var editor = LineEditor(start)
        for key in keys(text) { _ = editor.handle(key) }
        return editor
    }

    @Test func linesAreEdited() {
        #expect(edited("abc\u{1B}[D\u{1B}[Dx").text == "axbc")
        #expect(edited("\u{1}x\u{5}y", "abc").text == "xabcy")
        #expect(edited("\u{17}", "one two  ").text == "one ")
        #expect(edited("\u{1B}[D\u{1B}[D\u{B}", "abcd").text == "ab")
        #expect(edited("\u{1B}[D\u{15}", "abcd").text == "d")
        #expect(edited("\u{1}\u{1B}[3~\u{4}", "abcd").text == "cd")
        #expect(edited("e\u{301}\u{7F}x").text == "x")
        #expect(edited("\u{1B}[D\u{1B}[D\u{7F}\u{1B}[C\u{1B}[C\u{1B}[C", "ab").before == "ab")
        var editor = LineEditor()
        #expect(editor.handle(.control("d")) == .ended)
        #expect(editor.handle(.control("c")) == .left)
        #expect(editor.handle(.up) == .unhandled(.up))
        #expect(editor.handle(.tab) == .unhandled(.tab))
        editor.insert("select")
        #expect(editor.handle(.enter) == .accepted("select"))
    }

    /// What is shown, with a mark where the cursor is.
    private func shown(_ editor: LineEditor, in width: Int) -> String {
        let (text, cursor) = editor.shown(in: width)
        return "\(text) \(cursor)"
    }

    @Test func longLinesArePushedToTheLeft() {
        #expect(shown(LineEditor("abc"), in: 10) == "abc 3")
        #expect(shown(LineEditor("abcdefghij"), in: 5) == "…hij 4")
        #expect(shown(LineEditor("日本語文字"), in: 6) == "…文字 5")
        #expect(shown(edited("\u{1}", "abcdefghij"), in: 5) == "abcd… 0")
        #expect(shown(LineEditor("abcde"), in: 5) == "…cde 4" && shown(LineEditor("abcd"), in: 5) == "abcd 4")
        // However long it is, only its end is looked at: what is pasted is shown anew for each letter.
        #expect(shown(edited(String(repeating: "ab", count: 5_000)), in: 6) == "…abab 5")
        for width in 1...12 {
            for count in 0..<10 {
                let editor = edited(String(repeating: "\u{1B}[D", count: count), "日本e\u{301}x日x語")
                let (text, cursor) = editor.shown(in: width)
                #expect(TextWidth.columns(of: text) <= max(width, 1) && cursor <= max(width - 1, 1))
            }
        }
    }

    @Test func listsAreChosenFrom() {
        let items = ["Customer", "Order", "OrderItem", "Zoë"].map {
            ChoiceList.Item(title: $0, explanation: ["about \($0)"])
        }
        func list(_ text: String) -> (ChoiceList, ChoiceList.Outcome) {
            var list = ChoiceList(items)
            var outcome = ChoiceList.Outcome.choosing
            for key in keys(text) { outcome = list.handle(key) }
            return (list, outcome)
        }
        #expect(list("\r").1 == .chosen(0))
        #expect(list("\u{1B}[A\r").1 == .chosen(3))
        #expect(list("\u{1B}[B\u{1B}[B\u{1B}[B\u{1B}[B\r").1 == .chosen(0))
        #expect(list("\u{1B}[6~\r").1 == .chosen(3))
        #expect(list("order\u{1B}[B\r").1 == .chosen(2))
        #expect(list("zoë\r").1 == .chosen(3))
        #expect(list("x\r").1 == .choosing)
        #expect(list("x\u{7F}\r").1 == .chosen(0))
        #expect(list("item\u{1B}").0.current?.title == "OrderItem")
        #expect(list("\u{3}").1 == .left)
        #expect(list("\u{4}").1 == .ended)
        let plain = Style(isOn: false)
        #expect(
            list("\u{1B}[B").0.lines(width: 30, height: 8, plain)
                == ["  Customer", "> Order", "  OrderItem", "  Zoë", "", "  about Order"])
        #expect(
            list("").0.lines(width: 6, height: 2, plain) == ["> Cus…", "  Order"].map { TextWidth.clipped($0, to: 6) })
        #expect(list("x").0.lines(width: 30, height: 3, plain) == ["  nothing is called so"])
        for height in 1...8 {
            for steps in 0..<4 {
                let lines = list(String(repeating: "\u{1B}[B", count: steps)).0.lines(width: 30, height: height, plain)
                #expect(lines.count <= max(height, 1) && lines.contains { $0.hasPrefix("> ") })
            }
        }
    }
}
