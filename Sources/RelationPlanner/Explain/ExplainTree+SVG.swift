// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

extension ExplainTree {
    /// The tree as a picture: an SVG document that stands alone, without scripts, links and fonts of its own, and is readable
    /// on light and dark pages. Beside the tree are its lanes, of a plan the round trips, with what was measured as bars, and
    /// below it the legend. Long lines are broken, very long ones cut, and of long lists of columns the first one is shown;
    /// the whole of all shows while the pointer rests on a box.
    ///
    /// ```swift
    /// try Data(tree.svg().utf8).write(to: URL(filePath: "plan.svg"))
    /// ```
    public func svg() -> String {
        let layout = ExplainLayout(self)
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(layout.width)\" height=\"\(layout.height)\" viewBox=\"0 0 \(layout.width) \(layout.height)\" role=\"img\">",
            "<title>\(Self.xml(title))</title>", "<style>\(Self.style)</style>",
            "<rect class=\"page\" width=\"\(layout.width)\" height=\"\(layout.height)\" rx=\"8\"/>",
        ]
        if let lanes = layout.lanes { Self.write(lanes, to: &lines) }
        for edge in layout.edges {
            lines.append("<path class=\"edge\" d=\"M\(edge.x) \(edge.top)V\(edge.bottom - 6)q0 6 6 6H\(edge.end)\"/>")
            lines.append("<circle class=\"knob\" cx=\"\(edge.end)\" cy=\"\(edge.bottom)\" r=\"3\"/>")
            guard !edge.label.isEmpty else { continue }
            let frame = edge.labelFrame
            lines.append(
                "<text class=\"label\" x=\"\(frame.x)\" y=\"\(frame.bottom - 5)\">\(Self.xml(edge.label))</text>")
        }
        let places = self.places
        for (position, (box, place)) in zip(layout.boxes, places).enumerated() {
            let isSent = layout.lanes?.marks[position]?.isSent ?? true
            Self.write(box, place.node, isSent: isSent, to: &lines)
        }
        lines.append("</svg>")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func write(_ box: ExplainLayout.Box, _ node: ExplainTree, isSent: Bool, to lines: inout [String]) {
        let frame = box.frame
        let whole = ([node.title] + node.lines.map(\.text)).joined(separator: "\n")
        lines.append("<g><title>\(xml(whole))</title>")
        lines.append("<rect class=\"\(isSent ? "box" : "box unsent")\" \(attributes(frame)) rx=\"7\"/>")
        if !box.rows.isEmpty {
            let y = frame.y + ExplainLayout.Measure.head - 1
            lines.append("<path class=\"rule\" d=\"M\(frame.x) \(y)H\(frame.right)\"/>")
        }
        let x = frame.x + ExplainLayout.Measure.padding
        lines.append("<text class=\"title\" x=\"\(x)\" y=\"\(frame.y + 23)\">\(xml(box.title))</text>")
        if let badge = box.badge {
            let place = box.badgeFrame
            lines.append("<rect class=\"badge\" \(attributes(place)) rx=\"9\"/>")
            lines.append(
                "<text class=\"badge-text\" x=\"\(place.x + place.width / 2)\" y=\"\(place.y + 13)\">\(xml(badge))</text>"
            )
        }
        for row in box.rows {
            lines.append(
                "<text class=\"\(row.kind.rawValue)\" xml:space=\"preserve\" x=\"\(x)\" y=\"\(row.baseline)\">\(xml(row.text))</text>"
            )
        }
        lines.append("</g>")
    }

    static func attributes(_ frame: ExplainLayout.Frame) -> String {
        "x=\"\(frame.x)\" y=\"\(frame.y)\" width=\"\(frame.width)\" height=\"\(frame.height)\""
    }

    /// Text for XML: markup escaped, and what no XML document may have replaced.
    static func xml(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n": escaped += "\n"
            case _ where scalar.isObeyed || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
                escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Light, and dark where the reader prefers it. The colours of bars and marks differ in lightness too.
    private static let style = """
        .page{fill:#ffffff}
        .box{fill:#f6f8fa;stroke:#c4cbd3}
        .unsent{stroke-dasharray:5 4}
        .rule{stroke:#dde2e8}
        .edge,.way{fill:none;stroke:#8793a1;stroke-width:1.5}
        .way{stroke:#2f6fd0}
        .come{stroke-dasharray:3 3}
        .knob{fill:#8793a1}
        .lane{fill:#f3f6fb}
        .lane.odd{fill:#e8eef8}
        .sent{fill:#2f6fd0;stroke:#2f6fd0;stroke-width:1.5}
        .blank{fill:#ffffff;stroke:#2f6fd0;stroke-width:1.5}
        .bar-rows{fill:#2f6fd0}
        .bar-time{fill:#e08a2c}
        .badge{fill:#dbe8fb}
        text{font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:12px;fill:#1f2328}
        .title{font-size:14px;font-weight:700}
        .badge-text{font-size:11px;fill:#174ea0;text-anchor:middle}
        .label,.number{font-size:11px;fill:#57606a}
        .lane-title{font-size:11px;font-weight:700;fill:#3d4b5c}
        .code{fill:#24292f}
        .text{fill:#57606a}
        .warning{fill:#9a4b00;font-weight:700}
        @media (prefers-color-scheme:dark){
        .page{fill:#0d1117}
        .box{fill:#161b22;stroke:#3d444d}
        .rule{stroke:#2b3138}
        .edge{stroke:#768390}
        .way,.blank{stroke:#6ea8ff}
        .knob{fill:#768390}
        .lane{fill:#131a26}
        .lane.odd{fill:#192234}
        .sent{fill:#6ea8ff;stroke:#6ea8ff}
        .blank{fill:#0d1117}
        .bar-rows{fill:#6ea8ff}
        .bar-time{fill:#f0a04b}
        .badge{fill:#14305c}
        text{fill:#e6edf3}
        .badge-text{fill:#9cc7ff}
        .label,.text,.number{fill:#9da7b3}
        .lane-title{fill:#c5d0dd}
        .code{fill:#d5dde5}
        .warning{fill:#ffb454}
        }
        """
}
