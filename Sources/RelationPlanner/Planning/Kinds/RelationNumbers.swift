// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Counts and aggregates of a relation's records (B3), instead of these or beside them.
enum RelationNumbers {
    /// Adds the numbers about the rows that have the parents' keys.
    static func add(
        _ summary: Include.Summary, _ asked: AskedRelation, _ source: RowSource, _ match: KeyMatch,
        to node: Node.ID, _ tree: inout StepTree
    ) {
        var read = Self.read(source, asked)
        read.restrictions = KeyedRelation.restrictions(asked, source, in: tree.schema)
        read.result = .numbers(numbers(of: summary))
        let lookup = KeyLookup(match, .numbers, parent: asked.parent.model.id)
        var step = Step(.read(read), model: source.model, inputs: [asked.flow], lookup: lookup)
        if !lookup.isNumbered {
            step.columns = match.parts.map {
                Fetch.Column(source.carrier, property: nil, type: $0.type.readType, output: $0.column)
            }
        }
        step.columns += columns(of: summary, about: tree.schema[source.model])
        let id = tree.append(step)
        tree.change(node) {
            $0.summary = StepNode.Summary(step: id, keys: asked.flow, asked: summary, keyCount: match.parts.count)
        }
    }

    /// Adds the numbers about the records in lists of keys: the lists are sent row by row, a record that is referenced twice
    /// counts twice.
    static func add(
        _ summary: Include.Summary, ofLists lists: Step.ID, of target: Model, key: Property.ID, as type: ColumnType,
        _ asked: AskedRelation, to node: Node.ID, _ tree: inout StepTree
    ) {
        var read = Self.read(RowSource(target.id), asked)
        read.result = .listNumbers(numbers(of: summary), key: key, as: type)
        var step = Step(
            .read(read), model: target.id, inputs: [KeyFlow(lists, [.position(0)])],
            reason: "numbers for each parent, of the records in its list")
        step.columns =
            [Fetch.Column(target.id, property: nil, type: .int4, output: "parent")]
            + columns(of: summary, about: target)
        let id = tree.append(step)
        tree.change(node) { $0.summary = StepNode.Summary(step: id, keys: nil, asked: summary, keyCount: 1) }
    }

    /// The step that counts all rows and reckons with them: one row, with a column for each number.
    static func step(_ summary: Include.Summary, _ read: Read, about model: Model) -> Step {
        var read = read
        read.result = .numbers(numbers(of: summary))
        var step = Step(
            .read(read), model: model.id,
            reason: summary.aggregates.isEmpty ? "a count" : "numbers about all records that are found")
        step.columns = columns(of: summary, about: model)
        return step
    }

    /// Numbers obey the scope's condition, neither its order nor its limits.
    private static func read(_ source: RowSource, _ asked: AskedRelation) -> Read {
        var read = Read(source)
        read.condition = asked.include.scope.condition
        return read
    }

    /// What is reckoned, whether the rows are wanted or not.
    private static func numbers(of summary: Include.Summary) -> Include.Summary {
        Include.Summary(count: summary.count, aggregates: summary.aggregates)
    }

    private static func columns(of summary: Include.Summary, about model: Model) -> [Fetch.Column] {
        (summary.count ? [Fetch.Column(model.id, property: nil, type: .int8, output: "count")] : [])
            + summary.aggregates.map { term in
                let type = term.function.resultType(of: model.properties[term.property].columnType)
                return Fetch.Column(model.id, property: term.property, type: type, output: term.function.rawValue)
            }
    }
}
