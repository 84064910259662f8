// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The labels of a series, as Prometheus writes them: names of letters, digits and underscores, values in quotes.
struct MetricLabels: Hashable, Sendable {
    /// `method="GET",status="200"`; empty for none.
    let text: String

    init(_ dimensions: [(String, String)]) {
        text = dimensions.map { "\(Self.name($0.0))=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
    }

    /// With its braces, and one label more.
    func braced(_ more: String = "") -> String {
        let all = [text, more].filter { !$0.isEmpty }.joined(separator: ",")
        return all.isEmpty ? "" : "{\(all)}"
    }

    /// A name as Prometheus takes it: of anything else there is an underscore.
    static func name(_ name: String) -> String {
        let known = name.unicodeScalars.map { scalar -> Character in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_": Character(scalar)
            default: "_"
            }
        }
        return known.first.map { $0.isNumber ? "_" + String(known) : String(known) } ?? "_"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
