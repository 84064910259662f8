// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// What is odd but usable, for people.
enum Warnings {
    /// So many are shown.
    private static let most = 20

    /// A line for each; empty when there are none.
    static func text(_ warnings: [String], for stream: Terminal.Stream) -> String {
        let style = Style(for: stream)
        var lines = warnings.prefix(most).map { style("warning: ", .yellow) + MessageText.message($0) }
        if warnings.count > most {
            lines.append(style("warning: ", .yellow) + "\(warnings.count - most) more of the models are not shown")
        }
        return Secrets.masked(lines.joined(separator: "\n"))
    }
}
