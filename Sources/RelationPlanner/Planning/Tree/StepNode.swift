// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One place in the tree of the answer while it is planned, see ``Node``.
struct StepNode {
    /// The node whose records this one's belong to; nil for the root.
    let parent: Node.ID?
    let name: String
    let model: Model.ID
    let isToMany: Bool
    /// The kind of the relation; nil for the root. Passes look at it before they take the whole node.
    let kind: Relation.Kind?
    /// Whether the relation leads over links.
    let isLinked: Bool
    /// The include it stands for, its position beside the others, and what its targets are asked with; nil for the root.
    var include: Include?
    var position = 0
    /// The step whose rows the records are; nil for a relation to several models, and where only numbers were asked for.
    var step: Step.ID?
    var variants: [Node.ID] = []
    var children: [Node.ID] = []
    var shown: [Shown] = []
    var record: Int?
    /// Whether it is planned when the parents have come.
    var isDeferred = false
    var link: Link?
    var linkObject: LinkObject?
    var summary: Summary?

    /// A node of an included relation.
    init(_ relation: Relation, _ include: Include, at position: Int, _ model: Model.ID, under parent: Node.ID) {
        self.parent = parent
        name = relation.name
        self.model = model
        isToMany = relation.isToMany
        kind = relation.kind
        isLinked = relation.through != nil
        self.include = include
        self.position = position
    }

    /// The root.
    init(_ model: Model.ID) {
        parent = nil
        name = ""
        self.model = model
        isToMany = true
        kind = nil
        isLinked = false
    }

    /// A property and the column that has its values.
    struct Shown {
        let column: StepColumn
        let property: Property.ID

        /// Properties of rows that go by an alias.
        static func of(_ properties: [Property.ID], alias: String = RowSource.alias) -> [Shown] {
            properties.map { Shown(column: .property($0, of: alias), property: $0) }
        }
    }

    /// Columns of the links, see ``Node/LinkObject``.
    struct LinkObject {
        let name: String
        let model: Model.ID
        var shown: [Shown]
    }

    /// Numbers about the records, see ``Node/Summary``.
    struct Summary {
        var step: Step.ID
        /// Where its keys come from; nil for numbers that know their parents' rows.
        var keys: KeyFlow?
        let asked: Include.Summary
        /// How many columns tell whose numbers they are.
        let keyCount: Int
    }

    /// How rows of a node are matched with the rows of its parent, see ``NodeLink``.
    enum Link {
        /// By the keys they were asked for with: by these columns, or by what numbers they have.
        case asked(KeyFlow, child: [StepColumn])
        /// Rows that came before have the keys in these columns.
        case known(KeyFlow, child: [StepColumn])
        /// By the rows of the links between.
        case twoHop(KeyFlow, source: [StepColumn], targets: KeyFlow, child: [StepColumn])
        /// By the number of the parent's row.
        case row(column: Int)
        /// By lists of keys between.
        case list(targets: KeyFlow, child: [StepColumn], isStored: Bool, limits: NodeLink.ListLimits)
        /// They stand in the parents' own rows.
        case joined(presence: [StepColumn])
    }

    /// Takes the keys that stand in a step's columns from other columns.
    mutating func moveKeys(from old: Step.ID, to new: Step.ID, _ column: (StepColumn) -> StepColumn) {
        if summary?.keys?.step == old { summary?.keys?.move(to: new, column) }
        func moved(_ flow: KeyFlow) -> KeyFlow {
            guard flow.step == old else { return flow }
            var flow = flow
            flow.move(to: new, column)
            return flow
        }
        switch link {
        case .asked(let keys, let child) where keys.step == old: link = .asked(moved(keys), child: child)
        case .known(let keys, let child) where keys.step == old: link = .known(moved(keys), child: child)
        case .twoHop(let keys, let source, let targets, let child):
            link = .twoHop(moved(keys), source: source, targets: moved(targets), child: child)
        case .list(let targets, let child, let isStored, let limits):
            link = .list(targets: moved(targets), child: child, isStored: isStored, limits: limits)
        case .asked, .known, .row, .joined, nil: break
        }
    }
}
