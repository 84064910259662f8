// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ColumnType {
    /// The type a name stands for, as it is written in `postgresql.dataType` or given by `format_type`.
    ///
    /// ```swift
    /// ColumnType(named: "NUMERIC(12,2)").scale         // 2
    /// ColumnType(named: "varchar[]").element?.name     // "character varying"
    /// ```
    ///
    /// Case doesn't matter. Serial types are the integers they stand for. A name that isn't built in gives a type of
    /// category ``Category/other`` with OID 0, until a catalog says more.
    public init(named name: String, length: Int? = nil, precision: Int? = nil, scale: Int? = nil) {
        var words = name.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var dimensions = 0
        while words.hasSuffix("]"), let open = words.lastIndex(of: "[") {
            words = String(words[..<open]).trimmingSpace
            dimensions += 1
        }
        if words.hasSuffix(" array") {
            words = String(words.dropLast(6))
            dimensions += 1
        }
        var modifiers: [Int] = []
        if let open = words.firstIndex(of: "("), let close = words[open...].firstIndex(of: ")") {
            modifiers = words[words.index(after: open)..<close].split(separator: ",").compactMap {
                Int(String($0).trimmingSpace)
            }
            words = (words[..<open] + words[words.index(after: close)...])
                .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        var type = Self.byName[words] ?? Self.unknown(name, words)
        switch type.category {
        case .numeric:
            type.precision = modifiers.first ?? precision
            type.scale = modifiers.dropFirst().first ?? (type.precision == nil ? nil : scale ?? 0)
            if let precision = type.precision { type.name = "numeric(\(precision),\(type.scale ?? 0))" }
        case .text where type == .varchar || type == .bpchar:
            // "character" without a length holds one character.
            type.length =
                modifiers.first ?? length ?? (type == .bpchar && dimensions == 0 && words != "bpchar" ? 1 : nil)
            if let length = type.length { type.name = "\(type.name)(\(length))" }
        default: break
        }
        // PostgreSQL has one array type for any number of dimensions.
        self = dimensions > 0 ? type.array : type
    }

    private static let byName: [String: ColumnType] = {
        var types: [String: ColumnType] = [:]
        for type in builtIn { types[type.name] = type }
        for (alias, type) in [
            ("bool", bool), ("int2", int2), ("int", int4), ("int4", int4), ("int8", int8), ("serial2", int2),
            ("smallserial", int2), ("serial", int4), ("serial4", int4), ("bigserial", int8), ("serial8", int8),
            ("float4", float4), ("float8", float8), ("float", float8), ("double", float8), ("decimal", numeric),
            ("dec", numeric), ("number", numeric), ("varchar", varchar), ("char varying", varchar), ("char", bpchar),
            ("bpchar", bpchar), ("string", text), ("time", time), ("timetz", timetz), ("timestamp", timestamp),
            ("timestamptz", timestamptz), ("blob", bytea), ("binary", bytea), ("datetime", timestamptz),
        ] { types[alias] = type }
        return types
    }()

    /// A type that only the database knows, its name quoted where that is needed.
    private static func unknown(_ name: String, _ words: String) -> ColumnType {
        let isPlain = words.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.utf8.first, first == UInt8(ascii: "_") || (97...122).contains(first) else {
                return false
            }
            return part.utf8.allSatisfy {
                $0 == UInt8(ascii: "_") || (97...122).contains($0) || (48...57).contains($0)
            }
        }
        // LoopBack sends types verbatim, so that PostgreSQL folds an unquoted name to lower case.
        let quoted = isPlain ? words : name.hasPrefix("\"") ? name : "\"" + words.doublingQuotes + "\""
        let safe = isPlain || !name.hasPrefix("\"") ? quoted : "\"" + name.dropFirst().dropLast().doublingQuotes + "\""
        return ColumnType(0, array: 0, safe, .other)
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    package var trimmingSpace: String {
        // Nothing that begins and ends like this has any, which is nearly every name.
        let bytes = utf8
        if let first = bytes.first, (0x21..<0x80).contains(first),
            (0x21..<0x80).contains(bytes[bytes.index(bytes.startIndex, offsetBy: bytes.count - 1)])
        {
            return String(self)
        }
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// With each double quote doubled, for a quoted identifier.
    fileprivate var doublingQuotes: String {
        split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    }
}
