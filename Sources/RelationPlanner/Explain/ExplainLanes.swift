// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The lanes beside a picture of a tree: a column for each round trip, in it a mark at each statement that is sent, the ways
/// of the keys between them, and what was measured as bars.
struct ExplainLanes {
    typealias Frame = ExplainLayout.Frame
    typealias Measure = ExplainLayout.Measure

    /// One lane.
    struct Lane {
        let title: String
        let frame: Frame
        let bars: [Bar]
    }

    /// A bar, and what is written above it.
    struct Bar {
        let kind: ExplainTree.Bar.Kind
        let frame: Frame
        let label: String
        let baseline: Int
    }

    /// A node's place in its lane.
    struct Mark {
        let x: Int
        let y: Int
        /// Whether a statement is sent for it; else its rows come with others.
        let isSent: Bool
        /// The mark of its parent.
        let parent: Int?
        let bars: [Bar]
    }

    /// What the legend explains.
    struct Entry {
        enum Sign: Hashable {
            case sent, unsent, way, bar(ExplainTree.Bar.Kind)
        }

        let sign: Sign
        let text: String
        let x: Int
    }

    private static let gap = 20
    private static let indent = 12
    private static let header = 30

    let lanes: [Lane]
    /// By the positions of the boxes; nil for what stands in no lane.
    let marks: [Mark?]
    let legend: [Entry]
    let legendBaseline: Int
    let right: Int
    let bottom: Int

    /// What a box needs at least, so that what is beside it has room.
    static func height(of place: ExplainTree.Visit, in tree: ExplainTree) -> Int {
        let bars = place.parent == nil ? (tree.lanes.map(\.bars.count).max() ?? 0) : place.node.bars.count
        guard bars > 0 else { return 0 }
        return (place.parent == nil ? header : 10) + bars * Measure.bar + 4
    }

    /// nil when no node stands in a lane.
    init?(_ tree: ExplainTree, _ places: [ExplainTree.Visit], _ boxes: [Frame]) {
        let count = max(tree.lanes.count, (places.compactMap(\.node.lane).max() ?? -1) + 1)
        guard count > 0, let first = boxes.first, let last = boxes.last else { return nil }
        var longest: [ExplainTree.Bar.Kind: Double] = [:]
        for bar in places.flatMap(\.node.bars) + tree.lanes.flatMap(\.bars) {
            longest[bar.kind] = max(longest[bar.kind] ?? 0, bar.value.isFinite ? bar.value : 0)
        }
        // Wide enough for what is written in them, as long as they are few.
        let width = count > 6 ? 76 : longest.isEmpty ? 104 : 140
        let left = first.right + Self.gap
        func bars(_ bars: [ExplainTree.Bar], x: Int, y: Int, right: Int) -> [Bar] {
            bars.enumerated().map { position, bar in
                let most = longest[bar.kind] ?? 0
                let share = bar.value.isFinite && most > 0 ? bar.value / most : 0
                let room = right - x
                let top = y + position * Measure.bar
                return Bar(
                    kind: bar.kind,
                    frame: Frame(
                        x: x, y: top + 16, width: max(2, Int(min(max(share, 0), 1) * Double(room))), height: 6),
                    label: ExplainRows.cut(bar.label, columns: room * 10 / Measure.smallColumn), baseline: top + 12)
            }
        }

        lanes = (0..<count).map { number in
            let frame = Frame(x: left + number * width, y: first.y, width: width, height: last.bottom - first.y)
            let title = count > 6 ? "\(number + 1)" : tree.laneTitle(number)
            return Lane(
                title: ExplainRows.cut(title, columns: (width - 16) * 10 / Measure.smallColumn), frame: frame,
                bars: bars(
                    tree.lanes.indices.contains(number) ? tree.lanes[number].bars : [], x: frame.x + 8,
                    y: frame.y + Self.header, right: frame.right - 8))
        }

        var marks: [Mark?] = []
        var standing: [(lane: Int, depth: Int)?] = []
        for (position, place) in places.enumerated() {
            let above = place.parent.flatMap { standing[$0] }
            guard let lane = place.node.lane ?? above?.lane, place.parent != nil else {
                standing.append(nil)
                marks.append(nil)
                continue
            }
            let depth = above?.lane == lane ? (above?.depth ?? 0) + 1 : 0
            standing.append((lane, depth))
            let frame = boxes[position]
            let x = lanes[lane].frame.x + Self.indent * (1 + min(depth, 4))
            marks.append(
                Mark(
                    x: x, y: frame.y + Measure.head / 2, isSent: place.node.lane != nil,
                    parent: place.parent.flatMap { marks[$0] == nil ? nil : $0 },
                    bars: bars(place.node.bars, x: x + 10, y: frame.y + 10, right: lanes[lane].frame.right - 8)))
        }
        self.marks = marks

        var entries: [(Entry.Sign, String)] = []
        if marks.contains(where: { $0?.isSent == true }) { entries.append((.sent, "statement")) }
        if marks.contains(where: { $0?.isSent == false }) { entries.append((.unsent, "no statement of its own")) }
        if marks.contains(where: { $0?.parent != nil }) { entries.append((.way, "keys it asks for")) }
        for kind in ExplainTree.Bar.Kind.allCases where longest[kind] != nil {
            entries.append((.bar(kind), kind.rawValue))
        }
        var x = first.x
        legend = entries.map { sign, text in
            defer { x += 30 + textWidth(text, Measure.smallColumn) + 22 }
            return Entry(sign: sign, text: text, x: x)
        }
        legendBaseline = last.bottom + 30
        right = max(lanes.last?.frame.right ?? 0, x - 22)
        bottom = last.bottom + 34
    }
}
