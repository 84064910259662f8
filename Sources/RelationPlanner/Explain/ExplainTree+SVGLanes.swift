// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ExplainTree {
    /// Writes the lanes beside the tree, and the legend.
    static func write(_ lanes: ExplainLanes, to lines: inout [String]) {
        for (position, lane) in lanes.lanes.enumerated() {
            let frame = lane.frame
            lines.append(
                "<rect class=\"\(position.isMultiple(of: 2) ? "lane" : "lane odd")\" \(attributes(frame))/>")
            lines.append(
                "<text class=\"lane-title\" x=\"\(frame.x + 8)\" y=\"\(frame.y + 22)\">\(xml(lane.title))</text>")
            for bar in lane.bars { write(bar, to: &lines) }
        }
        for case let mark? in lanes.marks {
            if let parent = mark.parent.flatMap({ lanes.marks[$0] }) {
                let turn = mark.x - 5 > parent.x ? "V\(mark.y)H\(mark.x - 5)" : "V\(mark.y - 5)"
                let kind = mark.isSent ? "way" : "way come"
                lines.append("<path class=\"\(kind)\" d=\"M\(parent.x) \(parent.y + 5)\(turn)\"/>")
            }
        }
        for case let mark? in lanes.marks {
            lines.append(
                "<circle class=\"\(mark.isSent ? "sent" : "blank")\" cx=\"\(mark.x)\" cy=\"\(mark.y)\" r=\"4\"/>")
            for bar in mark.bars { write(bar, to: &lines) }
        }
        for entry in lanes.legend { write(entry, lanes.legendBaseline, to: &lines) }
    }

    private static func write(_ bar: ExplainLanes.Bar, to lines: inout [String]) {
        lines.append("<rect class=\"bar-\(bar.kind.rawValue)\" \(attributes(bar.frame)) rx=\"2\"/>")
        lines.append("<text class=\"number\" x=\"\(bar.frame.x)\" y=\"\(bar.baseline)\">\(xml(bar.label))</text>")
    }

    private static func write(_ entry: ExplainLanes.Entry, _ baseline: Int, to lines: inout [String]) {
        let middle = baseline - 4
        switch entry.sign {
        case .sent: lines.append("<circle class=\"sent\" cx=\"\(entry.x + 12)\" cy=\"\(middle)\" r=\"4\"/>")
        case .unsent: lines.append("<circle class=\"blank\" cx=\"\(entry.x + 12)\" cy=\"\(middle)\" r=\"4\"/>")
        case .way: lines.append("<path class=\"way\" d=\"M\(entry.x) \(middle)H\(entry.x + 24)\"/>")
        case .bar(let kind):
            lines.append(
                "<rect class=\"bar-\(kind.rawValue)\" x=\"\(entry.x)\" y=\"\(middle - 3)\" width=\"24\" height=\"6\" rx=\"2\"/>"
            )
        }
        lines.append("<text class=\"label\" x=\"\(entry.x + 30)\" y=\"\(baseline)\">\(xml(entry.text))</text>")
    }
}
