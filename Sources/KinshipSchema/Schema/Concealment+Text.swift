// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Concealment {
    /// Copies JSON text without the members that are not to be shown; lists are of records.
    ///
    /// One pass without recursion, so that it makes no difference how deep something is nested.
    ///
    /// - Parameter take: takes the pieces of what is shown.
    /// - Returns: whether the text is JSON; when it isn't, what was emitted is of no use.
    package func copyVisible<E: Error>(
        of json: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) -> Bool {
        func emit(_ range: Range<Int>) throws(E) { try take(UnsafeRawBufferPointer(rebasing: json[range])) }
        func emit(_ text: StaticString) throws(E) {
            try take(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
        var scanner = JSONScanner(json)
        /// The containers that hold records, or are records, outermost first.
        var open: [OpenRecords] = []
        var rule = root
        while true {
            // A value is due that is a record, a list of records, or neither of them by mistake.
            scanner.skipSpace()
            switch scanner.next {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = scanner.next == UInt8(ascii: "{")
                scanner.position += 1
                try emit(isObject ? "{" : "[")
                open.append(OpenRecords(rule: rule, isObject: isObject))
            default:
                let start = scanner.position
                guard scanner.skipScalar() else { return false }
                try emit(start..<scanner.position)
            }
            var isDue = false
            while !isDue {
                guard let last = open.indices.last else { return scanner.isAtEnd }
                scanner.skipSpace()
                if scanner.take(open[last].isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    try emit(open[last].isObject ? "}" : "]")
                    open.removeLast()
                    continue
                }
                if open[last].hasValues { guard scanner.take(UInt8(ascii: ",")) else { return false } }
                open[last].hasValues = true
                scanner.skipSpace()
                rule = open[last].rule
                if !open[last].isObject {
                    if open[last].showsValues { try emit(",") }
                    open[last].showsValues = true
                    isDue = true
                    continue
                }
                let key = scanner.position
                guard scanner.skipString() else { return false }
                let end = scanner.position
                scanner.skipSpace()
                guard scanner.take(UInt8(ascii: ":")) else { return false }
                let kind = member(UnsafeRawBufferPointer(rebasing: json[key..<end]), of: rule)
                if case .concealed = kind {
                    guard scanner.skipValue() else { return false }
                    continue
                }
                if open[last].showsValues { try emit(",") }
                open[last].showsValues = true
                try emit(key..<end)
                try emit(":")
                if case .holder(let inner) = kind {
                    rule = inner
                    isDue = true
                } else {
                    scanner.skipSpace()
                    let start = scanner.position
                    guard scanner.skipValue() else { return false }
                    try emit(start..<scanner.position)
                }
            }
        }
    }

    private struct OpenRecords {
        let rule: Int
        let isObject: Bool
        /// Whether a value came already, and whether one was shown.
        var hasValues = false
        var showsValues = false

        init(rule: Int, isObject: Bool) {
            self.rule = rule
            self.isObject = isObject
        }
    }
}
