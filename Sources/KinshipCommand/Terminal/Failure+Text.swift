// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

extension Failure {
    /// So many details are shown, in lines.
    private static let mostDetails = 60

    /// The lines for a stream: `error: UNKNOWN_PROPERTY at where.nope: …`, then details, then the hint. What comes from others,
    /// a filter, a file, a server, can't take over the terminal.
    func text(for stream: Terminal.Stream) -> String {
        guard !message.isEmpty else { return "" }
        let style = Style(for: stream)
        let origin = [code, place.map { "at \(MessageText.name($0))" }].compactMap { $0 }.joined(separator: " ")
        var lines = [style("error: ", .red) + (origin.isEmpty ? "" : origin + ": ") + MessageText.message(message)]
        lines += details.prefix(Self.mostDetails).map { "  " + MessageText.message($0) }
        if details.count > Self.mostDetails { lines.append("  … and \(details.count - Self.mostDetails) more") }
        if let remedy { lines.append(style("  hint: ", .yellow) + MessageText.message(remedy)) }
        return Secrets.masked(lines.joined(separator: "\n"))
    }
}
