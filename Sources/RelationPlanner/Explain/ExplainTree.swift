// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A tree to show: what a plan, or anything else that hangs together like one, is drawn from.
///
/// ```swift
/// var root = ExplainTree("Customer", badge: "root", lines: [.code("SELECT …"), .text("12 rows, 0.4 ms")])
/// root.children = [ExplainTree("orders", badge: "lateral", edgeLabel: "keys of Customer.id")]
/// print(root.text())     // for terminals
/// print(root.mermaid())  // for Markdown
/// print(root.svg())      // a picture
/// print(root.json)       // for programs
/// ```
///
/// Any text may stand in it: each form escapes what it has to.
///
/// In more files than most types: each form it is written in is one.
public struct ExplainTree: Sendable, Hashable {
    /// What the node is.
    public var title: String
    /// One word or two about it, set apart.
    public var badge: String?
    /// What is said about it.
    public var lines: [Line]
    /// The same for programs: members of ``json`` that the pictures don't show.
    public var facts: [JSONValue.Member]
    /// What is said about the way from the parent.
    public var edgeLabel: String?
    /// What hangs from it, in order.
    public var children: [ExplainTree]
    /// The lane it stands in, from 0: of a plan the round trip of its statement; nil for what isn't sent. Pictures show lanes
    /// beside the tree.
    public var lane: Int?
    /// Of the whole tree: what its lanes are, in order. Those a node names beyond them are called by their numbers.
    public var lanes: [Lane] = []
    /// What was measured about it. Pictures show it as bars.
    public var bars: [Bar] = []

    /// A node.
    public init(
        _ title: String, badge: String? = nil, lines: [Line] = [], facts: [JSONValue.Member] = [],
        edgeLabel: String? = nil, children: [ExplainTree] = []
    ) {
        self.title = title
        self.badge = badge
        self.lines = lines
        self.facts = facts
        self.edgeLabel = edgeLabel
        self.children = children
    }

    /// One thing said about a node.
    public struct Line: Sendable, Hashable {
        /// How it is set.
        public enum Kind: String, Sendable, Hashable {
            /// Words.
            case text
            /// A statement; in pictures it is broken before its clauses.
            case code
            /// Words that want attention.
            case warning
        }

        /// How it is set.
        public var kind: Kind
        /// What is said.
        public var text: String

        /// A line of a kind.
        public init(_ kind: Kind, _ text: String) {
            self.kind = kind
            self.text = text
        }

        /// Words.
        public static func text(_ text: String) -> Line { Line(.text, text) }
        /// A statement.
        public static func code(_ text: String) -> Line { Line(.code, text) }
        /// Words that want attention.
        public static func warning(_ text: String) -> Line { Line(.warning, text) }
    }

    /// What happens at once.
    public struct Lane: Sendable, Hashable {
        /// What it is called.
        public var title: String
        /// What was measured about it.
        public var bars: [Bar]

        /// A lane.
        public init(_ title: String, bars: [Bar] = []) {
            self.title = title
            self.bars = bars
        }
    }

    /// A number that is compared with others of its kind: the longest bar of a picture has the largest one.
    public struct Bar: Sendable, Hashable {
        /// What is counted.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// Rows.
            case rows
            /// Time.
            case time
        }

        /// What is counted.
        public var kind: Kind
        /// The number.
        public var value: Double
        /// What is written beside it: `96 rows`.
        public var label: String

        /// A bar.
        public init(_ kind: Kind, _ value: Double, _ label: String) {
            self.kind = kind
            self.value = value
            self.label = label
        }
    }

    /// The tree with its lanes so many to the right: it goes on where another one has ended.
    package func lanes(movedBy distance: Int) -> ExplainTree {
        var tree = self
        tree.lane = lane.map { $0 + distance }
        tree.children = children.map { $0.lanes(movedBy: distance) }
        return tree
    }

    /// What a lane is called.
    func laneTitle(_ lane: Int) -> String {
        lanes.indices.contains(lane) ? lanes[lane].title : "round trip \(lane + 1)"
    }

    /// A node as it is come by, each before its children.
    struct Visit {
        let node: ExplainTree
        let depth: Int
        /// The position of the parent in the same order.
        let parent: Int?
        /// For each level below the root whether the node, or what it hangs from there, is the last of its siblings.
        let lasts: [Bool]
    }

    /// All nodes, each before its children.
    var places: [Visit] {
        var places: [Visit] = []
        var pending = [Visit(node: self, depth: 0, parent: nil, lasts: [])]
        while let place = pending.popLast() {
            let position = places.count
            places.append(place)
            for (index, child) in place.node.children.enumerated().reversed() {
                pending.append(
                    Visit(
                        node: child, depth: place.depth + 1, parent: position,
                        lasts: place.lasts + [index == place.node.children.count - 1]))
            }
        }
        return places
    }
}
