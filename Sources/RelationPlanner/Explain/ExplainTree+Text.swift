// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

extension ExplainTree {
    /// The tree for a terminal: a line for each node, what is said about it below, nothing cut.
    ///
    /// ```
    /// Customer [root]
    ///   SELECT t."id" FROM "public"."customer" AS t ORDER BY t."id"
    /// └─ orders [array], keys of Customer.id
    ///      SELECT t."id", t."customer_id" FROM "public"."orders" AS t WHERE …
    /// ```
    public func text() -> String {
        var lines: [String] = []
        for place in places {
            let node = place.node
            let outer = place.lasts.dropLast().map { $0 ? "   " : "│  " }.joined()
            let branch = place.lasts.last.map { $0 ? "└─ " : "├─ " } ?? ""
            let badge = node.badge.map { " [\($0)]" } ?? ""
            let label = node.edgeLabel.map { ", \($0)" } ?? ""
            lines.append(outer + branch + Self.single(node.title + badge + label))
            let inner =
                outer + (place.lasts.last.map { $0 ? "   " : "│  " } ?? "") + (node.children.isEmpty ? "  " : "│ ")
            for line in node.lines {
                let mark = line.kind == .warning ? "! " : ""
                for (position, part) in line.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                    .enumerated()
                {
                    lines.append(inner + (position == 0 || mark.isEmpty ? mark : "  ") + Self.single(String(part)))
                }
            }
        }
        return lines.joined(separator: "\n")
    }

    /// On one line and without what a terminal would obey.
    private static func single(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isObeyed ? "\u{FFFD}" : $0 }))
    }
}
