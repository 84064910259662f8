// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

extension ExplainTree {
    /// The tree as a Mermaid flowchart, for Markdown: what is in one lane, of a plan in one round trip, stands together. Long
    /// lines are broken, very long ones cut, and of long lists of columns the first one is shown.
    ///
    /// ```
    /// flowchart TD
    ///     n0["<b>Customer</b> (root)<br/>SELECT …"]
    ///     n1["<b>orders</b> (array)"]
    ///     n0 -->|"keys of Customer.id"| n1
    /// ```
    public func mermaid() -> String {
        var lines = ["flowchart TD"]
        let places = self.places
        var boxes: [Int: [String]] = [:]
        for (position, place) in places.enumerated() {
            let node = place.node
            var label = "<b>\(Self.escaped(node.title))</b>"
            if let badge = node.badge { label += " (\(Self.escaped(badge)))" }
            for line in node.lines {
                for row in ExplainRows.rows(of: line, columns: ExplainRows.columns) {
                    label += "<br/>" + Self.escaped(row)
                }
            }
            boxes[node.lane ?? -1, default: []].append("n\(position)[\"\(label)\"]")
        }
        // Outside of all lanes first, then lane by lane.
        for lane in boxes.keys.sorted() {
            let title = lane < 0 ? nil : laneTitle(lane)
            if let title { lines.append("    subgraph lane\(lane)[\"\(Self.escaped(title))\"]") }
            lines += (boxes[lane] ?? []).map { (title == nil ? "    " : "        ") + $0 }
            if title != nil { lines.append("    end") }
        }
        for (position, place) in places.enumerated() {
            guard let parent = place.parent else { continue }
            let label = place.node.edgeLabel.map { "|\"\(Self.escaped($0))\"|" } ?? ""
            lines.append("    n\(parent) -->\(label) n\(position)")
        }
        return lines.joined(separator: "\n")
    }

    /// Mermaid's entity codes for what ends a label, is markup to it, or would be taken for a list or a formula.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        var isStart = true
        for scalar in text.unicodeScalars {
            switch scalar {
            case "#", "\"", "<", ">", "&", "`", "|", "\\", "*", "~": escaped += "#\(scalar.value);"
            // One is a parameter, two are a formula.
            case "$" where escaped.unicodeScalars.last == "$": escaped += "#36;"
            case "-", "+":
                if isStart { escaped += "#\(scalar.value);" } else { escaped.unicodeScalars.append(scalar) }
            case ".", ")":
                let isNumbered = !escaped.isEmpty && escaped.unicodeScalars.allSatisfy { ("0"..."9").contains($0) }
                if isNumbered { escaped += "#\(scalar.value);" } else { escaped.unicodeScalars.append(scalar) }
            case _ where scalar.isObeyed: escaped += " "
            default: escaped.unicodeScalars.append(scalar)
            }
            isStart = false
        }
        return escaped
    }
}
