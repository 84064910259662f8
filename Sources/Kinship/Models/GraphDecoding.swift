// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
public import RelationPlanner

extension Graph {
    /// The records as a typed model, with what was included.
    ///
    /// ```swift
    /// let graph = try await database.find("Customer", filter: ["include": "orders"])
    /// let customers = try graph.records(as: Customer.self)
    /// ```
    ///
    /// - Throws: ``ModelError`` for a graph of another model, a property that wasn't fetched, and a value that isn't of the property's
    ///   type.
    /// - Complexity: linear in the rows of the graph and in the links between them; a row that several refer to is read once, and
    ///   parents with the same key share one list. No statements.
    @inlinable
    public func records<Record: TypedModel>(as type: Record.Type = Record.self) throws -> [Record] {
        try GraphDecoding(self).records(Record.self, of: GraphDecoding.root)
    }
}

/// Makes typed records of a graph's rows, each once where several refer to it. Only the library makes it.
public struct GraphDecoding: Sendable {
    let graph: Graph

    @usableFromInline init(_ graph: Graph) { self.graph = graph }

    @usableFromInline static var root: Node.ID { Node.root }

    /// All root records.
    @inlinable
    func records<Record: TypedModel>(_ type: Record.Type, of node: Node.ID) throws -> [Record] {
        guard let count = rowCount(of: node) else { return [] }
        let decode = try decoder(Record.self, of: node)
        var records: [Record] = []
        records.reserveCapacity(count)
        for row in 0..<count { records.append(try decode(row)) }
        return records
    }

    /// The record of a row of a node, with what it includes.
    ///
    /// Rows are read when their parents are: some belong to nobody, such as those of a record that is joined in and isn't there.
    @inlinable
    func decoder<Record: TypedModel>(_ type: Record.Type, of node: Node.ID) throws -> (Int) throws -> Record {
        try check(node, Record.definition.name)
        var reader = reader(of: node, Record.definition.name)
        let setters = try Record.definition.setters(self, node)
        return { row in
            try reader.begin(row)
            var record = try Record(row: &reader)
            for set in setters { try set(&record, row) }
            return record
        }
    }

    /// What a to-many relation leads to from a row.
    @inlinable
    func many<Target: TypedModel>(
        _ type: Target.Type, of node: Node.ID, _ name: StaticString
    ) throws -> (Int) throws -> Many<Target> {
        let summarize = summarizer(of: node, name)
        if let summarize, !summarize.hasRecords { return { Many(summarize($0), nil) } }
        let decode = try decoder(Target.self, of: node)
        let links = links(of: node)
        // Rows that don't lie together by parent may be several parents'.
        var known = [Target?](repeating: nil, count: links.isGrouped ? 0 : rowCount(of: node) ?? 0)
        func read(_ range: Range<Int>) throws -> [Target] {
            if range.isEmpty { return [] }
            var records: [Target] = []
            records.reserveCapacity(range.count)
            for position in range {
                let row = links.row(at: position)
                if known.isEmpty {
                    records.append(try decode(row))
                } else if let record = known[row] {
                    records.append(record)
                } else {
                    let record = try decode(row)
                    known[row] = record
                    records.append(record)
                }
            }
            return records
        }
        // Parents with the same key have the same list.
        var lists = [[Target]?](repeating: nil, count: links.isShared ? links.keyCount : 0)
        func pick(_ parent: Int) throws -> [Target] {
            if lists.isEmpty { return try read(links.range(parent)) }
            let key = links.key(parent)
            guard key >= 0 else { return [] }
            if let list = lists[key] { return list }
            let list = try read(links.range(parent))
            lists[key] = list
            return list
        }
        if let summarize { return { Many(summarize($0), try pick($0)) } }
        return { Many(loaded: try pick($0)) }
    }

    /// What a to-one relation leads to from a row.
    @inlinable
    func one<Target: TypedModel>(_ type: Target.Type, of node: Node.ID) throws -> (Int) throws -> One<Target> {
        let decode = try decoder(Target.self, of: node)
        let links = links(of: node)
        var known = [One<Target>.Box?](repeating: nil, count: rowCount(of: node) ?? 0)
        return { parent in
            let range = links.range(parent)
            if range.isEmpty { return One(box: nil) }
            let row = links.row(at: range.lowerBound)
            if let box = known[row] { return One(box: box) }
            let box = One<Target>.Box(try decode(row))
            known[row] = box
            return One(box: box)
        }
    }

    // MARK: Rows

    @usableFromInline
    func rowCount(of node: Node.ID) -> Int? { rows(of: node)?.count }

    private func rows(of node: Node.ID) -> RowSet? {
        graph.layout.nodes[node.index].fetch.flatMap { graph.rowSets[$0.index] }
    }

    @usableFromInline
    func reader(of node: Node.ID, _ model: String) -> RecordReader {
        RecordReader(rows(of: node), graph.layout.nodes[node.index], model, graph.replaced?[node], graph.jsonOptions)
    }

    @usableFromInline
    func linkReader(of node: Node.ID, _ model: String) -> RecordReader {
        RecordReader(
            rows(of: node), graph.layout.nodes[node.index], model, graph.replaced?[node], graph.jsonOptions,
            isLink: true)
    }

    /// Refuses rows of another model than the one they are to be read as.
    @usableFromInline
    func check(_ node: Node.ID, _ model: String) throws {
        let layout = graph.layout.nodes[node.index]
        guard layout.variants.isEmpty else {
            throw ModelError(
                .invalidModel,
                "The relation \"\(graph.plan.nodes[node].name)\" leads to records of several models, of which \(model) is one. Ask for it as JSON, or by the key and type that it is kept as.",
                model: model, relation: graph.plan.nodes[node].name)
        }
        guard layout.model == model else {
            let isRoot = node == Node.root
            let what = isRoot ? "The graph has" : "The relation \"\(graph.plan.nodes[node].name)\" leads to"
            throw ModelError(
                .invalidModel,
                "\(what) records of \(layout.model), which are read as \(model). Read them as their own model.",
                model: model, relation: isRoot ? nil : graph.plan.nodes[node].name)
        }
    }

    @usableFromInline
    func links(of node: Node.ID) -> RowLinks { RowLinks(graph.adjacencies[node.index]) }

    @usableFromInline
    func summarizer(of node: Node.ID, _ relation: StaticString) -> Summarizer? {
        guard let summary = graph.layout.nodes[node.index].summary else { return nil }
        return Summarizer(graph, summary, graph.plan.nodes[node], graph.summaries[node.index], relation)
    }
}

/// Which rows of a node belong to a row of its parent.
@usableFromInline
struct RowLinks: Sendable {
    private let adjacency: Adjacency?

    init(_ adjacency: Adjacency?) { self.adjacency = adjacency }

    /// Whether the rows of a parent follow each other.
    @usableFromInline var isGrouped: Bool { adjacency?.isGrouped ?? true }

    /// Whether several parents may have the same rows, by the same key.
    @usableFromInline var isShared: Bool { adjacency?.isShared ?? false }

    @usableFromInline var keyCount: Int { adjacency?.keyCount ?? 0 }

    @usableFromInline
    func key(_ row: Int) -> Int { adjacency?.number(ofParentRow: row) ?? -1 }

    @usableFromInline
    func range(_ row: Int) -> Range<Int> { adjacency?.range(ofParentRow: row) ?? 0..<0 }

    @usableFromInline
    func row(at position: Int) -> Int { adjacency?.childRow(at: position) ?? position }
}

extension TypedDefinition {
    /// What is to be put into each record of a node: its included relations.
    @usableFromInline
    func setters(_ decoding: GraphDecoding, _ node: Node.ID) throws -> [TypedRelation<Record>.Setter] {
        var setters: [TypedRelation<Record>.Setter] = []
        for child in decoding.graph.plan.nodes[node].children {
            guard let relation = relation(decoding.graph.plan.nodes[child].name) else { continue }
            guard let graft = decoding.graph.grafts[child] else {
                setters.append(try relation.prepare(decoding, child))
                continue
            }
            let inner = try graft.graphs.map { try relation.prepare(GraphDecoding($0), Graft.relation) }
            setters.append { record, row in
                let group = Int(graft.groups[row])
                guard group >= 0 else { return relation.clear(&record) }
                try inner[group](&record, Int(graft.rows[row]))
            }
        }
        return setters
    }
}
