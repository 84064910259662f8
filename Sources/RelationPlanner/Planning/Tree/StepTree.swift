// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a filter comes to before there is any text: steps in the order they are asked in, and the tree of the answer.
///
/// It begins as the filter has it, with a step for each relation; passes change it one after the other (``Planner/passes``).
struct StepTree {
    let schema: Schema
    let options: PlanOptions
    /// What the root is asked for.
    let filter: Filter
    /// The root's keys, when the filter names them.
    let known: KnownKeys?
    /// All steps there ever were, by their ids.
    private(set) var steps: [Step] = []
    /// Those that are asked, each behind the ones whose keys it takes.
    private(set) var order: [Step.ID] = []
    /// The tree of the answer in preorder; the first is the root.
    private(set) var nodes: [StepNode] = []
    /// The step that counts the root's rows.
    var total: Step.ID?
    /// What the cursors of the root's page are made of.
    var paging: [StepColumn]?

    /// The root's step.
    static var root: Step.ID { Fetch.root }

    /// What a step does while its reading is changed.
    private static let taken = Step.Action.make(.counts)

    var catalog: Catalog? { schema.catalog }

    /// An empty tree.
    init(_ schema: Schema, _ options: PlanOptions, _ filter: Filter, of model: Model) {
        self.schema = schema
        self.options = options
        self.filter = filter
        known = options.isRootGiven ? nil : KnownKeys(filter, of: model)
    }

    // MARK: Steps

    /// Adds a step behind the others.
    @discardableResult mutating func append(_ step: Step) -> Step.ID {
        let id = Step.ID(steps.count)
        steps.append(step)
        order.append(id)
        return id
    }

    /// Adds a step ahead of another one.
    mutating func insert(_ step: Step, before other: Step.ID) -> Step.ID {
        let id = Step.ID(steps.count)
        steps.append(step)
        order.insert(id, at: order.firstIndex(of: other) ?? order.endIndex)
        return id
    }

    mutating func change(_ step: Step.ID, _ change: (inout Step) -> Void) { change(&steps[step]) }

    /// Changes what a step reads.
    mutating func changeRead(_ step: Step.ID, _ change: (inout Read) -> Void) {
        guard case .read(var read) = steps[step].action else { return }
        // Taken out meanwhile, so that nothing of it is copied to be changed.
        steps[step].action = Self.taken
        change(&read)
        steps[step].action = .read(read)
    }

    /// Takes a step away: another one gives its rows, and what took keys of it takes them there, from other columns.
    mutating func replace(_ old: Step.ID, by new: Step.ID, _ column: (StepColumn) -> StepColumn = { $0 }) {
        move(from: old, to: new, column)
        for node in nodes.indices {
            if nodes[node].step == old { nodes[node].step = new }
            if nodes[node].summary?.step == old { nodes[node].summary?.step = new }
        }
        order.removeAll { $0 == old }
    }

    /// Takes the keys that stand in a step's columns from other columns, of the same step or of another one.
    mutating func move(from old: Step.ID, to new: Step.ID, _ column: (StepColumn) -> StepColumn) {
        for id in order {
            for position in steps[id].inputs.indices where steps[id].inputs[position].step == old {
                steps[id].inputs[position].move(to: new, column)
            }
        }
        for node in nodes.indices { nodes[node].moveKeys(from: old, to: new, column) }
    }

    // MARK: Columns

    /// What a column of a step's rows is, nil for one that is no property.
    func origin(of column: StepColumn, in step: Step.ID) -> (model: Model.ID, property: Property.ID, alias: String)? {
        switch column {
        case .property(let property, let alias, _):
            return steps[step].read.map { ($0.source.model(of: alias), property, alias) }
        case .position(let position):
            let column = steps[step].columns[position]
            return column.property.map { (column.model, $0, column.alias) }
        case .term: return nil
        }
    }

    /// The column of a step's rows that has a property's values, nil when there is none.
    func column(of property: Property.ID, of model: Model.ID, alias: String, in step: Step.ID) -> StepColumn? {
        if let read = steps[step].read {
            let column = StepColumn.property(property, of: alias)
            return read.has(column) ? column : nil
        }
        let type = schema.models[model].properties[property].columnType.readType
        return steps[step].columns.firstIndex {
            $0.model == model && $0.property == property && $0.alias == alias && $0.type == type
        }.map { .position($0) }
    }

    // MARK: Nodes

    /// Appends a node; `isShown` is false for the variants of a polymorphic relation, which their own node shows.
    @discardableResult mutating func append(_ node: StepNode, isShown: Bool = true) -> Node.ID {
        let id = nextNode
        nodes.append(node)
        if isShown, let parent = node.parent { nodes[parent].children.append(id) }
        return id
    }

    mutating func change(_ node: Node.ID, _ change: (inout StepNode) -> Void) { change(&nodes[node]) }

    /// The relation a node is included by, nil for the root.
    func relation(of node: StepNode) -> Relation? {
        guard let parent = node.parent, let include = node.include else { return nil }
        return schema.models[nodes[parent].model].relations[include.relation]
    }
}
