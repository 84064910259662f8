// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import MessageText

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What is known about the streams of this process.
enum Terminal {
    /// An output of this process.
    enum Stream: Int32, Sendable {
        case standardOutput = 1
        case standardError = 2

        /// Whether somebody looks at it directly.
        var isTerminal: Bool { isatty(rawValue) == 1 }

        /// Whether colours are welcome (https://no-color.org: set to anything but the empty text means no).
        var hasColors: Bool {
            let environment = ProcessInfo.processInfo.environment
            return isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        }

        /// The columns of the terminal, 80 when they are not known.
        var width: Int { size.ws_col > 0 ? Int(size.ws_col) : 80 }

        /// The rows of the terminal, 24 when they are not known.
        var height: Int { size.ws_row > 0 ? Int(size.ws_row) : 24 }

        private var size: winsize {
            var size = winsize()
            return ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0 ? size : winsize()
        }
    }

    /// How this program was called, for commands to be typed again.
    static var command: String {
        let name = CommandLine.arguments.first ?? "kinship"
        return name.contains("/") ? MessageText.name(name) : "kinship"
    }

    /// Whether somebody can be asked: the input is a terminal.
    static var isKeyboardThere: Bool { isatty(0) == 1 }

    /// Whether a dialogue can be held: keys come from a terminal, and what is shown goes to one that can move its cursor.
    static var canAsk: Bool {
        isKeyboardThere && Stream.standardError.isTerminal && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Says what is waited for where somebody sits at the keyboard; in a pipe nobody is asked for anything.
    static func sayWaiting(for input: String) async {
        guard isKeyboardThere else { return }
        let style = Style(for: .standardError)
        await say(style("Reading \(input), from the keyboard; Ctrl-D ends it.", .dim))
    }

    /// Writes a line to standard error. Nobody can be told when that fails.
    static func say(_ text: String) async {
        guard !text.isEmpty else { return }
        try? await StandardOutput.errors.write(text + "\n")
    }
}
