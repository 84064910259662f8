// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// Where each part of a picture of a tree is, in pixels: boxes below each other, each a step to the right of its parent, so
/// that long statements have room at any depth; beside them the lanes, in which time goes to the right.
struct ExplainLayout {
    /// A rectangle.
    struct Frame: Hashable {
        var x: Int
        var y: Int
        var width: Int
        var height: Int

        var right: Int { x + width }
        var bottom: Int { y + height }

        /// Whether two rectangles have a point inside in common.
        func overlaps(_ other: Frame) -> Bool {
            max(x, other.x) < min(right, other.right) && max(y, other.y) < min(bottom, other.bottom)
        }
    }

    /// One row of a box.
    struct Row {
        let text: String
        let kind: ExplainTree.Line.Kind
        let baseline: Int
    }

    /// A node.
    struct Box {
        let frame: Frame
        let title: String
        let badge: String?
        let badgeFrame: Frame
        let rows: [Row]
    }

    /// The way from a parent to a child: down, then right.
    struct Edge {
        let from: Int
        let to: Int
        let x: Int
        let top: Int
        let bottom: Int
        let end: Int
        /// What stands beside it; empty when there is nothing to say.
        let label: String
        let labelFrame: Frame
    }

    /// Measures of fonts and gaps. Widths are those of the widest usual fixed-width font, so that text fits in any.
    enum Measure {
        static let margin = 16
        static let padding = 14
        static let step = 34
        static let gap = 16
        static let labelHeight = 18
        static let head = 36
        static let row = 17
        static let narrowest = 420
        /// What one bar takes, with what is written above it.
        static let bar = 26
        /// Tenths of a pixel for a column of text, of a title, of a badge or label.
        static let column = 74
        static let titleColumn = 88
        static let smallColumn = 68
    }

    /// What a box holds.
    private struct Content {
        var title: String
        var badge: String?
        var rows: [(text: String, kind: ExplainTree.Line.Kind)] = []
        var width: Int

        init(_ node: ExplainTree) {
            badge = node.badge.map { ExplainRows.cut(single($0), columns: 28) }
            title = ExplainRows.cut(single(node.title), columns: 44)
            for line in node.lines {
                let mark = line.kind == .warning ? "⚠ " : ""
                for (index, row) in ExplainRows.rows(of: line, columns: ExplainRows.columns - mark.count).enumerated() {
                    rows.append((index == 0 ? mark + row : row, line.kind))
                }
            }
            let head =
                textWidth(title, Measure.titleColumn) + (badge.map { badgeWidth($0) + Measure.padding } ?? 0)
            width = max(head, rows.map { textWidth($0.text, Measure.column) }.max() ?? 0) + 2 * Measure.padding
        }
    }

    let boxes: [Box]
    /// One for each box but the first, in the order of the boxes.
    let edges: [Edge]
    /// nil when no node stands in one.
    let lanes: ExplainLanes?
    let width: Int
    let height: Int

    init(_ tree: ExplainTree) {
        let places = tree.places
        let contents = places.map { Content($0.node) }
        // All boxes end where the widest one does.
        var right = Measure.margin + Measure.narrowest
        for (place, content) in zip(places, contents) {
            right = max(right, Measure.margin + place.depth * Measure.step + content.width)
        }
        let deepest = places.map(\.depth).max() ?? 0
        right = max(right, Measure.margin + deepest * Measure.step + Measure.narrowest / 2)

        var boxes: [Box] = []
        var edges: [Edge] = []
        var y = Measure.margin
        for (position, place) in places.enumerated() {
            let content = contents[position]
            let x = Measure.margin + place.depth * Measure.step
            let label = ExplainRows.cut(
                single(place.node.edgeLabel ?? ""), columns: max((right - x - 8) * 10 / Measure.smallColumn, 1))
            if place.parent != nil { y += Measure.gap + (label.isEmpty ? 0 : Measure.labelHeight) }
            var height = Measure.head
            var rows: [Row] = []
            for (text, kind) in content.rows {
                // Some air below the head, and between what is of different kinds.
                if kind != rows.last?.kind { height += 6 }
                height += Measure.row
                rows.append(Row(text: text, kind: kind, baseline: y + height - 5))
            }
            if !rows.isEmpty { height += 8 }
            height = max(height, ExplainLanes.height(of: place, in: tree))
            let frame = Frame(x: x, y: y, width: right - x, height: height)
            let badgeWidth = content.badge.map(badgeWidth) ?? 0
            boxes.append(
                Box(
                    frame: frame, title: content.title, badge: content.badge,
                    badgeFrame: Frame(
                        x: frame.right - badgeWidth - 10, y: y + 9, width: badgeWidth, height: Measure.labelHeight),
                    rows: rows))
            if let parent = place.parent {
                let from = boxes[parent].frame
                edges.append(
                    Edge(
                        from: parent, to: position, x: from.x + Measure.step / 2, top: from.bottom,
                        bottom: y + Measure.head / 2, end: x, label: label,
                        labelFrame: Frame(
                            x: x + 4, y: y - Measure.labelHeight - 1,
                            width: textWidth(label, Measure.smallColumn),
                            height: label.isEmpty ? 0 : Measure.labelHeight)))
            }
            y += height
        }
        self.boxes = boxes
        self.edges = edges
        lanes = ExplainLanes(tree, places, boxes.map(\.frame))
        width = max(right, lanes?.right ?? 0) + Measure.margin
        height = max(y, lanes?.bottom ?? 0) + Measure.margin
    }
}

/// How many pixels a text takes in a font.
func textWidth(_ text: String, _ column: Int) -> Int { (ExplainRows.width(text) * column + 9) / 10 }

private func badgeWidth(_ badge: String) -> Int { textWidth(badge, ExplainLayout.Measure.smallColumn) + 18 }

private func single(_ text: String) -> String {
    String(text.unicodeScalars.map { $0.isObeyed ? " " : Character($0) })
}
