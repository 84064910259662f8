// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Colours for one stream: ANSI sequences where they are welcome, nothing elsewhere.
struct Style: Sendable {
    enum Color: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
        case magenta = "35"
        case cyan = "36"
    }

    let isOn: Bool

    init(for stream: Terminal.Stream) { isOn = stream.hasColors }

    init(isOn: Bool) { self.isOn = isOn }

    /// The text in a colour.
    func callAsFunction(_ text: String, _ color: Color) -> String {
        isOn ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// What switches to a colour, and back for nil.
    func sequence(_ color: Color?) -> String {
        isOn ? "\u{1B}[\(color?.rawValue ?? "0")m" : ""
    }
}
