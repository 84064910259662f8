// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ExplainTree {
    /// The tree as a picture: an SVG document that stands alone, without scripts, links and fonts of its own, and is readable
    /// on light and dark pages. Long lines are broken, very long ones cut; the whole of them shows while the pointer rests
    /// on a box.
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
        for edge in layout.edges {
            lines.append("<path class=\"edge\" d=\"M\(edge.x) \(edge.top)V\(edge.bottom - 6)q0 6 6 6H\(edge.end)\"/>")
            lines.append("<circle class=\"knob\" cx=\"\(edge.end)\" cy=\"\(edge.bottom)\" r=\"3\"/>")
            guard !edge.label.isEmpty else { continue }
            let frame = edge.labelFrame
            lines.append(
                "<text class=\"label\" x=\"\(frame.x)\" y=\"\(frame.bottom - 5)\">\(Self.xml(edge.label))</text>")
        }
        for (box, place) in zip(layout.boxes, places) { Self.write(box, place.node, to: &lines) }
        lines.append("</svg>")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func write(_ box: ExplainLayout.Box, _ node: ExplainTree, to lines: inout [String]) {
        let frame = box.frame
        let whole = ([node.title] + node.lines.map(\.text)).joined(separator: "\n")
        lines.append("<g><title>\(xml(whole))</title>")
        lines.append("<rect class=\"box\" \(attributes(frame)) rx=\"7\"/>")
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

    private static func attributes(_ frame: ExplainLayout.Frame) -> String {
        "x=\"\(frame.x)\" y=\"\(frame.y)\" width=\"\(frame.width)\" height=\"\(frame.height)\""
    }

    /// Text for XML: markup escaped, and what no XML document may have replaced.
    private static func xml(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n": escaped += "\n"
            case _ where scalar.isControl || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
                escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Light, and dark where the reader prefers it.
    private static let style = """
        .page{fill:#ffffff}
        .box{fill:#f6f8fa;stroke:#c4cbd3}
        .rule{stroke:#dde2e8}
        .edge{fill:none;stroke:#8793a1;stroke-width:1.5}
        .knob{fill:#8793a1}
        .badge{fill:#dbe8fb}
        text{font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:12px;fill:#1f2328}
        .title{font-size:14px;font-weight:700}
        .badge-text{font-size:11px;fill:#174ea0;text-anchor:middle}
        .label{font-size:11px;fill:#57606a}
        .code{fill:#24292f}
        .text{fill:#57606a}
        .warning{fill:#9a4b00;font-weight:700}
        @media (prefers-color-scheme:dark){
        .page{fill:#0d1117}
        .box{fill:#161b22;stroke:#3d444d}
        .rule{stroke:#2b3138}
        .edge{stroke:#768390}
        .knob{fill:#768390}
        .badge{fill:#14305c}
        text{fill:#e6edf3}
        .badge-text{fill:#9cc7ff}
        .label,.text{fill:#9da7b3}
        .code{fill:#d5dde5}
        .warning{fill:#ffb454}
        }
        """
}
