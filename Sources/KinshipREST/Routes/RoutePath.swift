// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The path of a request, taken apart.
struct RoutePath {
    /// What is between the slashes, decoded.
    let segments: [String]
    /// What is behind the question mark; nil where there is none.
    let query: String?

    /// Takes a path apart; a slash at its end is harmless.
    ///
    /// - Throws: ``RESTError`` `INVALID_PATH` for a `%` without two digits, and for what isn't UTF-8.
    init(_ target: String) throws(RESTError) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        query = parts.count > 1 ? String(parts[1]) : nil
        var names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        if names.first?.isEmpty == true { names.removeFirst() }
        if names.last?.isEmpty == true { names.removeLast() }
        var segments: [String] = []
        segments.reserveCapacity(names.count)
        for name in names { segments.append(try Self.decoded(name)) }
        self.segments = segments
    }

    /// The segments below a base, nil for a path that isn't below it.
    func below(_ base: [String]) -> ArraySlice<String>? {
        guard segments.count >= base.count,
            zip(segments, base).allSatisfy({ $0 == $1 || $0.lowercased() == $1.lowercased() })
        else { return nil }
        return segments[base.count...]
    }

    /// A text with its %-codes decoded.
    ///
    /// - Throws: ``RESTError`` `INVALID_PATH`.
    static func decoded(_ name: Substring) throws(RESTError) -> String {
        guard name.utf8.contains(UInt8(ascii: "%")) else { return String(name) }
        var bytes: [UInt8] = []
        var rest = name.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = digit(rest.popFirst()), let low = digit(rest.popFirst()) else {
                throw RESTError(.invalidPath, "The path has a % without two hexadecimal digits; write %25 for it.")
            }
            bytes.append(high << 4 | low)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RESTError(.invalidPath, "The path is not valid UTF-8 once its %-codes are decoded.")
        }
        return text
    }

    private static func digit(_ byte: UInt8?) -> UInt8? {
        guard let byte, byte < 0x80 else { return nil }
        return Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
    }
}
