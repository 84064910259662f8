// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A list to choose from: arrows move, letters narrow it down.
struct ChoiceList {
    /// Something to choose.
    struct Item: Equatable {
        /// What it is called.
        var title: String
        /// What stands behind its name.
        var note = ""
        /// Lines that explain it, shown below the list.
        var explanation: [String] = []
    }

    /// What a key has come to.
    enum Outcome: Equatable {
        case choosing
        /// The position of the item.
        case chosen(Int)
        /// Ctrl-C.
        case left
        /// Ctrl-D without a word.
        case ended
    }

    let items: [Item]
    /// What narrows the list down.
    private(set) var filter = LineEditor()
    /// The place of the item that is pointed at among those that are shown.
    private(set) var place: Int

    /// A list that points at an item.
    init(_ items: [Item], pointingAt place: Int = 0) {
        self.items = items
        self.place = items.indices.contains(place) ? place : 0
    }

    /// The positions of the items that have the word in their names.
    var matching: [Int] {
        let word = filter.text.lowercased()
        return items.indices.filter { word.isEmpty || items[$0].title.lowercased().contains(word) }
    }

    /// The item that is pointed at.
    var current: Item? {
        let matching = matching
        return matching.indices.contains(place) ? items[matching[place]] : nil
    }

    /// Takes a key.
    mutating func handle(_ key: Key, page: Int = 10) -> Outcome {
        let matching = matching
        switch key {
        case .up, .control("p"), .backTab: place = place > 0 ? place - 1 : max(matching.count - 1, 0)
        case .down, .control("n"), .tab: place = place + 1 < matching.count ? place + 1 : 0
        case .pageUp: place = max(place - page, 0)
        case .pageDown: place = max(min(place + page, matching.count - 1), 0)
        case .home: place = 0
        case .end: place = max(matching.count - 1, 0)
        case .escape:
            let pointed = matching.indices.contains(place) ? matching[place] : 0
            filter.replace(with: "")
            place = pointed
        case .enter: return matching.indices.contains(place) ? .chosen(matching[place]) : .choosing
        default:
            let former = filter.text
            switch filter.handle(key) {
            case .left: return .left
            case .ended: return .ended
            case .editing, .accepted, .unhandled: if filter.text != former { place = 0 }
            }
        }
        return .choosing
    }

    /// The lines of the list and of what explains the item that is pointed at, none of them wider than `width`.
    func lines(width: Int, height: Int, _ style: Style) -> [String] {
        let matching = matching
        guard !matching.isEmpty else { return [TextWidth.clipped("  nothing is called so", to: width)] }
        var explained = current?.explanation ?? []
        // On a low terminal the list counts more than what explains it.
        if height - explained.count - 1 < min(3, matching.count) { explained = [] }
        let rows = max(min(height - (explained.isEmpty ? 0 : explained.count + 1), matching.count), 1)
        let first = min(max(place - rows / 2, 0), matching.count - rows)
        var lines = (first..<(first + rows)).map { row in
            let item = items[matching[row]]
            let mark = row == place ? "> " : "  "
            let line = TextWidth.clipped(mark + item.title + (item.note.isEmpty ? "" : "  " + item.note), to: width)
            return row == place ? style(line, .cyan) : line
        }
        if !explained.isEmpty {
            lines += [""] + explained.map { style(TextWidth.clipped("  " + $0, to: width), .dim) }
        }
        return lines
    }
}
