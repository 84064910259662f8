// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension StepTree {
    /// The tree of a filter as it stands: a step for each relation.
    static func reading(
        _ filter: Filter, of model: Model, in schema: Schema, _ options: PlanOptions
    ) throws(PlannerError) -> StepTree {
        guard !filter.distinct || filter.include.isEmpty else {
            throw PlannerError(
                .invalidFilter, "Distinct combinations are no records, so nothing can be included with them.",
                path: "include", model: model.name)
        }
        var tree = StepTree(schema, options, filter, of: model)
        try tree.addRoot(model)
        return tree
    }

    private mutating func addRoot(_ model: Model) throws(PlannerError) {
        let visible = ColumnList.visible(filter.fields, of: model)
        var read = Read(RowSource(model.id), filter)
        read.uses =
            [ColumnUse(.shown, visible.columns())] + RelationKinds.uses(of: filter.include, by: Node.root, of: model)
        if filter.readsAll { read.uses.append(ColumnUse(.shown, model.properties.map(\.id).columns())) }
        if filter.pageCursors {
            let columns = pagingColumns(of: model)
            paging = columns
            read.uses.append(ColumnUse(.paging, columns))
        }
        let root = append(Step(.read(read), model: model.id, reason: "the root's own condition"))
        if filter.page { total = append(.total(read)) }
        var node = StepNode(model.id)
        node.step = root
        node.shown = StepNode.Shown.of(visible)
        let parent = RelationParent(node: append(node), step: root, model: model)
        try RelationKinds.add(filter.include, under: parent, to: &self)
    }

    /// The columns that a page's cursors are made of: those of the completed order.
    private func pagingColumns(of model: Model) -> [StepColumn] {
        let reader = CursorReader(context: ReadingContext(schema, limits: .trusted, isTrusted: true))
        return schema.completedOrder(filter.order, for: model.id).map { term in
            term.isColumn
                ? .property(term.operand.property) : .term(term, reader.ordered(term, of: model).type)
        }
    }
}

extension Step {
    /// The step that counts the rows of another one, without limits.
    static func total(_ read: Read) -> Step {
        var read = read
        read.result = .total
        var step = Step(.read(read), model: read.source.model, reason: "the total of the page")
        step.columns = [Fetch.Column(read.source.model, property: nil, type: .int8, output: "count")]
        return step
    }
}
