// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A name as a quoted identifier, its quotes doubled.
package func quoted(_ name: String) -> String { "\"" + name.doubling("\"") + "\"" }

/// A text as a literal, whatever the session takes a backslash for.
package func literal(_ text: String) -> String {
    let plain = text.doubling("'")
    return text.utf8.contains(UInt8(ascii: "\\")) ? "E'" + plain.doubling("\\") + "'" : "'" + plain + "'"
}

extension String {
    fileprivate func doubling(_ mark: Unicode.Scalar) -> String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar == mark { result.append(scalar) }
            result.append(scalar)
        }
        return String(result)
    }
}

extension String {
    /// The text without what ends a line or what a terminal obeys: names may hold anything, and a remark ends with its line.
    package var onOneLine: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
                    default: scalar
                    }
                }))
    }
}
