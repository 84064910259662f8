// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// Something that ends the command: what to say, how to help, how to exit.
struct Failure: Error {
    var status: ExitStatus
    /// The stable code of the library's error, when it is one.
    var code: String?
    /// Where in the filter or definition.
    var place: String?
    /// One sentence: what and where.
    var message: String
    /// Further lines: places, all problems of a schema.
    var details: [String] = []
    /// What to do about it.
    var remedy: String?

    init(
        _ status: ExitStatus, _ message: String, code: String? = nil, details: [String] = [], remedy: String? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.remedy = remedy
    }

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
