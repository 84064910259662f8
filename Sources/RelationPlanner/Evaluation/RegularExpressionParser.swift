// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads a regular expression in PostgreSQL's syntax (the documentation's "Regular Expression Details").
struct RegularExpressionParser {
    /// A parsed expression.
    indirect enum Node {
        case set(ScalarSet)
        case assertion(RegularExpression.Assertion)
        case sequence([Node])
        case alternation([Node])
        /// `maximum` nil for any number.
        case repetition(Node, minimum: Int, maximum: Int?)
    }

    typealias Failure = RegularExpression.Failure

    private let text: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    private var ignoringCase: Bool

    init(_ text: String, ignoringCase: Bool) {
        self.text = Array(text.unicodeScalars)
        self.ignoringCase = ignoringCase
    }

    mutating func parse() throws(Failure) -> Node {
        if try prefix() {
            return .sequence(text[index...].map(literal))
        }
        let node = try alternation()
        if index < text.count { throw .invalid(") closes nothing") }
        return node
    }

    // MARK: Options ahead

    /// Reads directors and embedded options; true when the rest is literal.
    private mutating func prefix() throws(Failure) -> Bool {
        if skip("***=") { return true }
        if !skip("***:"), starts(with: "***") { throw .invalid("a quantifier follows nothing") }
        guard starts(with: "(?"), index + 2 < text.count, Self.isLetter(text[index + 2]) else { return false }
        index += 2
        var isLiteral = false
        while let option = next, Self.isLetter(option) {
            index += 1
            switch option {
            case "c": ignoringCase = false
            case "i": ignoringCase = true
            case "s", "t": break
            case "q": isLiteral = true
            case "b", "e", "m", "n", "p", "w", "x": throw .unsupported("the option \(option)")
            default: throw .invalid("there is no option \(option)")
            }
        }
        guard skip(")") else { throw .invalid("the options are not closed") }
        return isLiteral
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { (97...122).contains(scalar.value | 0x20) }

    private static func isDigit(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { (48...57).contains($0.value) } ?? false
    }

    // MARK: Structure

    private var next: Unicode.Scalar? { index < text.count ? text[index] : nil }

    private func starts(with word: String) -> Bool { text[index...].starts(with: word.unicodeScalars) }

    private mutating func skip(_ word: String) -> Bool {
        guard starts(with: word) else { return false }
        index += word.unicodeScalars.count
        return true
    }

    private mutating func alternation() throws(Failure) -> Node {
        var branches = [try branch()]
        while skip("|") { branches.append(try branch()) }
        return branches.count == 1 ? branches[0] : .alternation(branches)
    }

    private mutating func branch() throws(Failure) -> Node {
        var nodes: [Node] = []
        while let scalar = next, scalar != "|", scalar != ")" { nodes.append(try quantified()) }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func quantified() throws(Failure) -> Node {
        let node = try atom()
        if case .assertion = node { return node }
        guard let (minimum, maximum) = try quantifier() else { return node }
        // Whether as many or as few as possible are taken changes nothing about whether there is a match.
        _ = skip("?")
        return .repetition(node, minimum: minimum, maximum: maximum)
    }

    private mutating func quantifier() throws(Failure) -> (Int, Int?)? {
        if skip("*") { return (0, nil) }
        if skip("+") { return (1, nil) }
        if skip("?") { return (0, 1) }
        guard next == "{", index + 1 < text.count, Self.isDigit(text[index + 1]) else { return nil }
        index += 1
        let minimum = try count()
        var maximum: Int? = minimum
        if skip(",") { maximum = Self.isDigit(next) ? try count() : nil }
        guard skip("}") else { throw .invalid("{ is not closed") }
        if let maximum, maximum < minimum { throw .invalid("a quantifier's bounds are in the wrong order") }
        return (minimum, maximum)
    }

    private mutating func count() throws(Failure) -> Int {
        var value = 0
        while let scalar = next, Self.isDigit(scalar) {
            value = value * 10 + Int(scalar.value - 48)
            // DUPMAX, regex/regguts.h.
            guard value <= 255 else { throw .invalid("a quantifier is larger than 255") }
            index += 1
        }
        return value
    }

    private mutating func atom() throws(Failure) -> Node {
        guard let scalar = next else { return .sequence([]) }
        switch scalar {
        case "(": return try group()
        case "[": return try bracket()
        case "*", "+", "?": throw .invalid("a quantifier follows nothing")
        case "{" where index + 1 < text.count && Self.isDigit(text[index + 1]):
            throw .invalid("a quantifier follows nothing")
        case "\\": return try escape()
        default: break
        }
        index += 1
        switch scalar {
        case ".": return .set(.any)
        case "^": return .assertion(.start)
        case "$": return .assertion(.end)
        default: return literal(scalar)
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> Node {
        var set = ScalarSet()
        set.ignoringCase = ignoringCase
        set.insert(scalar)
        return .set(set)
    }

    private mutating func group() throws(Failure) -> Node {
        index += 1
        if skip("?"), !skip(":") {
            if ["=", "!", "<=", "<!"].contains(where: starts(with:)) { throw .unsupported("lookaround") }
            throw .invalid("(? is followed by what is not known")
        }
        depth += 1
        defer { depth -= 1 }
        if depth > 200 { throw .unsupported("groups nested deeper than 200 levels") }
        let node = try alternation()
        guard skip(")") else { throw .invalid("( is not closed") }
        // A group of an assertion alone can be repeated.
        return .sequence([node])
    }

    // MARK: Brackets

    private mutating func bracket() throws(Failure) -> Node {
        if skip("[[:<:]]") { return .assertion(.wordStart) }
        if skip("[[:>:]]") { return .assertion(.wordEnd) }
        index += 1
        var set = ScalarSet()
        set.ignoringCase = ignoringCase
        set.isNegated = skip("^")
        var isFirst = true
        while let scalar = next {
            if scalar == "]", !isFirst {
                index += 1
                return .set(set)
            }
            isFirst = false
            guard let first = try bracketMember(&set) else { continue }
            guard next == "-", index + 1 < text.count, text[index + 1] != "]" else {
                set.insert(first)
                continue
            }
            index += 1
            guard let last = try bracketMember(&set), first <= last else { throw .invalid("a range is no range") }
            set.insert(first, last)
        }
        throw .invalid("[ is not closed")
    }

    /// A character; nil when a class was added instead.
    private mutating func bracketMember(_ set: inout ScalarSet) throws(Failure) -> Unicode.Scalar? {
        if starts(with: "[:") {
            let name = try bracketName(":")
            guard var found = ScalarSet.Class(rawValue: name) else { throw .invalid("there is no class \(name)") }
            if ignoringCase, found == .upper || found == .lower { found = .alpha }
            set.insert(found)
            return nil
        }
        if starts(with: "[.") || starts(with: "[=") {
            let name = try bracketName(String(text[index + 1])).unicodeScalars
            guard name.count == 1 else { throw .unsupported("the name of a character") }
            return name.first
        }
        guard next == "\\" else {
            index += 1
            return text[index - 1]
        }
        switch try escaped() {
        case .scalar(let scalar): return scalar
        case .named(let name, let negated):
            set.insert(name, negated: negated)
            return nil
        case .assertion: throw .invalid("an escape means no character")
        }
    }

    /// The name in `[:name:]`.
    private mutating func bracketName(_ mark: String) throws(Failure) -> String {
        index += 2
        var name = String.UnicodeScalarView()
        while let scalar = next, !starts(with: mark + "]") {
            name.append(scalar)
            index += 1
        }
        guard skip(mark + "]") else { throw .invalid("[\(mark) is not closed") }
        return String(name)
    }

    // MARK: Escapes

    private enum Escape {
        case scalar(Unicode.Scalar)
        case named(ScalarSet.Class, negated: Bool)
        case assertion(RegularExpression.Assertion)
    }

    private mutating func escape() throws(Failure) -> Node {
        switch try escaped() {
        case .scalar(let scalar): return literal(scalar)
        case .assertion(let assertion): return .assertion(assertion)
        case .named(let name, let negated):
            var set = ScalarSet()
            set.insert(name)
            set.isNegated = negated
            return .set(set)
        }
    }

    private mutating func escaped() throws(Failure) -> Escape {
        index += 1
        guard let scalar = next else { throw .invalid("the backslash at its end escapes nothing") }
        index += 1
        switch scalar {
        case "d": return .named(.digit, negated: false)
        case "D": return .named(.digit, negated: true)
        case "s": return .named(.space, negated: false)
        case "S": return .named(.space, negated: true)
        case "w": return .named(.word, negated: false)
        case "W": return .named(.word, negated: true)
        case "A": return .assertion(.start)
        case "Z": return .assertion(.end)
        case "m": return .assertion(.wordStart)
        case "M": return .assertion(.wordEnd)
        case "y": return .assertion(.wordBoundary)
        case "Y": return .assertion(.noWordBoundary)
        case "a": return .scalar("\u{07}")
        case "b": return .scalar("\u{08}")
        case "B": return .scalar("\\")
        case "e": return .scalar("\u{1B}")
        case "f": return .scalar("\u{0C}")
        case "n": return .scalar("\n")
        case "r": return .scalar("\r")
        case "t": return .scalar("\t")
        case "v": return .scalar("\u{0B}")
        case "c":
            guard let control = next else { throw .invalid("\\c is followed by nothing") }
            index += 1
            return .scalar(Unicode.Scalar(UInt8(truncatingIfNeeded: control.value & 0x1F)))
        case "u": return .scalar(try number(radix: 16, digits: 4...4))
        case "U": return .scalar(try number(radix: 16, digits: 8...8))
        case "x": return .scalar(try number(radix: 16, digits: 1...255))
        case "0":
            index -= 1
            return .scalar(try number(radix: 8, digits: 1...3))
        case _ where Self.isDigit(scalar): throw .unsupported("a back reference")
        case _ where Self.isLetter(scalar): throw .invalid("there is no escape \\\(scalar)")
        default: return .scalar(scalar)
        }
    }

    private mutating func number(radix: UInt32, digits: ClosedRange<Int>) throws(Failure) -> Unicode.Scalar {
        var value: UInt32 = 0
        var seen = 0
        while let digit = next.flatMap({ Character($0).hexDigitValue }).map(UInt32.init), digit < radix,
            seen < digits.upperBound
        {
            value = value &* radix &+ digit
            guard value <= 0x10_FFFF else { throw .invalid("a character's number is too large") }
            index += 1
            seen += 1
        }
        guard seen >= digits.lowerBound, let scalar = Unicode.Scalar(value) else {
            throw .invalid("an escape has no character's number")
        }
        return scalar
    }
}
