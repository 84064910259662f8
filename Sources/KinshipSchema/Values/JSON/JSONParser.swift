// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The parser of ``JSONValue``: one pass, no recursion, so that no input can exhaust the stack.
struct JSONParser {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    /// Whether what is nested deeper is kept as it is written; else it is an error.
    private let keepsDeeper: Bool
    private var index = 0
    /// Looked at where the text may be long.
    private(set) var budget: StepBudget?
    private var lastLook = 0
    /// What ended the parsing though nothing is wrong with the text.
    private(set) var interruption: (any Error)?

    /// Finished values of all open containers, the outermost one's first.
    private var values: [JSONValue] = []
    /// Keys of all open objects, likewise.
    private var keys: [String] = []
    private var levels: [Level] = []

    /// A container that has been opened and not yet closed.
    private struct Level {
        let isObject: Bool
        let firstValue: Int
        let firstKey: Int
        /// The place in ``values`` of the value that is due, when its key was there before: the last value counts.
        var repeated: Int?
        /// Places of an object's keys, once there are too many to search one by one.
        var places: [[UInt8]: Int]?
    }

    init(_ bytes: [UInt8], maximumDepth: Int, keepsDeeper: Bool = false, budget: StepBudget? = nil) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        self.keepsDeeper = keepsDeeper
        self.budget = budget
    }

    private mutating func look() throws(PlannerError) {
        let steps = (index - lastLook) / 16
        lastLook = index
        do { try budget?.pass(steps) } catch {
            interruption = error
            throw PlannerError(.invalidJSON, "The reading was interrupted.")
        }
    }

    /// A container that is nested too deep to be taken apart: what is in it is one value, as it is written. Nothing that a filter
    /// can say leads there, for filters and paths are far less deep.
    private mutating func asWritten() throws(PlannerError) -> JSONValue {
        let start = index
        let end = bytes.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes, from: start)
            return scanner.skipValue() ? scanner.position : nil
        }
        guard let end else { throw failure("what is nested deeper than \(maximumDepth) levels is no JSON") }
        let isObject = bytes[start] == UInt8(ascii: "{")
        index += 1
        skipSpace()
        defer { index = end }
        guard index < end - 1 else { return isObject ? .object([]) : .array([]) }
        guard isObject else { return .array([.number(String(decoding: bytes[index..<end - 1], as: UTF8.self))]) }
        let key = try string()
        skipSpace()
        index += 1
        return .object([JSONValue.Member(key, .number(String(decoding: bytes[index..<end - 1], as: UTF8.self)))])
    }

    package mutating func parse() throws(PlannerError) -> JSONValue {
        skipByteOrderMark()
        while true {
            var value = try openOrScalar()
            // A finished value goes into its container, which may be finished by it, and so on outwards.
            while let finished = value {
                guard !levels.isEmpty else {
                    skipSpace()
                    guard index == bytes.count else { throw failure("unexpected text after the end of the value") }
                    return finished
                }
                value = try put(finished)
            }
        }
    }

    /// A scalar or an empty container; nil when a container was opened and its first value is due.
    private mutating func openOrScalar() throws(PlannerError) -> JSONValue? {
        skipSpace()
        guard index < bytes.count else { throw failure("the text ends where a value is expected") }
        if index - lastLook >= 16_384 { try look() }
        let opens = bytes[index] == UInt8(ascii: "{") || bytes[index] == UInt8(ascii: "[")
        if opens, keepsDeeper, levels.count >= maximumDepth { return try asWritten() }
        switch bytes[index] {
        case UInt8(ascii: "{"):
            if try open(closing: UInt8(ascii: "}"), isObject: true) { return .object([]) }
            try key()
            return nil
        case UInt8(ascii: "["):
            return try open(closing: UInt8(ascii: "]"), isObject: false) ? .array([]) : nil
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw failure("a value is expected here")
        }
    }

    /// Opens a container; true when it is empty and closed already.
    private mutating func open(closing: UInt8, isObject: Bool) throws(PlannerError) -> Bool {
        guard levels.count < maximumDepth else {
            throw failure("nested deeper than \(maximumDepth) levels", code: .filterTooDeep)
        }
        index += 1
        skipSpace()
        if index < bytes.count, bytes[index] == closing {
            index += 1
            return true
        }
        levels.append(Level(isObject: isObject, firstValue: values.count, firstKey: keys.count))
        return false
    }

    /// Adds a value to the innermost container; gives the container when that was its last value.
    private mutating func put(_ value: JSONValue) throws(PlannerError) -> JSONValue? {
        let level = levels.count - 1
        if let place = levels[level].repeated {
            values[place] = value
        } else {
            values.append(value)
        }
        skipSpace()
        guard index < bytes.count else { throw failure("the text ends inside an array or object") }
        let first = levels[level].firstValue
        switch (bytes[index], levels[level].isObject) {
        case (UInt8(ascii: ","), false): index += 1
        case (UInt8(ascii: ","), true):
            index += 1
            skipSpace()
            try key()
        case (UInt8(ascii: "]"), false):
            index += 1
            let elements = Array(values[first...])
            values.removeSubrange(first...)
            levels.removeLast()
            return .array(elements)
        case (UInt8(ascii: "}"), true):
            index += 1
            let firstKey = levels[level].firstKey
            var members: [JSONValue.Member] = []
            members.reserveCapacity(values.count - first)
            for position in 0..<(values.count - first) {
                members.append(JSONValue.Member(keys[firstKey + position], values[first + position]))
            }
            values.removeSubrange(first...)
            keys.removeSubrange(firstKey...)
            levels.removeLast()
            return .object(members)
        case (_, let isObject): throw failure("a comma or \(isObject ? "}" : "]") is expected here")
        }
        return nil
    }

    /// Reads a key and its colon.
    private mutating func key() throws(PlannerError) {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
            throw failure("a key in double quotes is expected here")
        }
        let key = try string()
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { throw failure("a colon is expected here") }
        index += 1

        let level = levels.count - 1
        let firstKey = levels[level].firstKey
        let count = keys.count - firstKey
        if count == 16, levels[level].places == nil {
            var places: [[UInt8]: Int] = [:]
            for position in 0..<count { places[Array(keys[firstKey + position].utf8)] = position }
            levels[level].places = places
        }
        let known: Int?
        if count < 16 {
            known = keys[firstKey...].firstIndex { $0.hasSameBytes(as: key) }.map { $0 - firstKey }
        } else {
            let bytes = Array(key.utf8)
            known = levels[level].places?[bytes]
            if known == nil { levels[level].places?[bytes] = count }
        }
        levels[level].repeated = known.map { $0 + levels[level].firstValue }
        if known == nil { keys.append(key) }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(PlannerError) -> JSONValue {
        for byte in word.description.utf8 {
            guard index < bytes.count, bytes[index] == byte else { throw failure("a value is expected here") }
            index += 1
        }
        return value
    }

    private mutating func digits() -> Int {
        let start = index
        while index < bytes.count, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") { index += 1 }
        return index - start
    }

    private mutating func number() throws(PlannerError) -> String {
        let start = index
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let whole = index
        let count = digits()
        guard count > 0, count == 1 || bytes[whole] != UInt8(ascii: "0") else { throw failure("not a JSON number") }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard digits() > 0 else { throw failure("a digit is expected after the decimal point") }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard digits() > 0 else { throw failure("a digit is expected in the exponent") }
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func string() throws(PlannerError) -> String {
        index += 1
        let start = index
        // Most strings have no escapes: they are taken as one slice.
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\"),
            bytes[index] >= 0x20
        {
            index += 1
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
            guard let text = String(validating: bytes[start..<index], as: UTF8.self) else {
                throw failure("the string is not valid UTF-8", at: start)
            }
            index += 1
            return text
        }
        var unescaped = Array(bytes[start..<index])
        while true {
            guard index < bytes.count else { throw failure("the string is not closed", at: start - 1) }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                index += 1
                guard let text = String(validating: unescaped, as: UTF8.self) else {
                    throw failure("the string is not valid UTF-8", at: start)
                }
                return text
            }
            guard byte >= 0x20 else { throw failure("a control character must be escaped in a string") }
            index += 1
            if byte == UInt8(ascii: "\\") {
                try escape(into: &unescaped)
            } else {
                unescaped.append(byte)
            }
        }
    }

    private mutating func escape(into unescaped: inout [UInt8]) throws(PlannerError) {
        guard index < bytes.count else { throw failure("the string is not closed") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"):
            let start = index - 2
            var code = try hexadecimal()
            if code >= 0xD800, code < 0xDC00, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            {
                index += 2
                let low = try hexadecimal()
                guard low >= 0xDC00, low < 0xE000 else { throw failure("half a surrogate pair", at: start) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair", at: start) }
            unescaped.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw failure("unknown escape", at: index - 1)
        }
    }

    private mutating func hexadecimal() throws(PlannerError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard index < bytes.count, let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
                throw failure("four hexadecimal digits are expected after \\u")
            }
            code = code << 4 | UInt32(digit)
            index += 1
        }
        return code
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func skipByteOrderMark() {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    private func failure(
        _ what: String, code: PlannerError.Code = .invalidJSON, at offset: Int? = nil
    ) -> PlannerError {
        let offset = min(offset ?? index, bytes.count)
        var line = 1
        var column = 1
        for byte in bytes[..<offset] {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return PlannerError(
            code, "Invalid JSON at byte \(offset) (line \(line), column \(column)): \(what).")
    }
}
