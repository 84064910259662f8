// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// What writing a plan's answer needs to know beyond the plan: names as JSON bytes and formats of cells, made once per plan.
final class GraphLayout: Sendable {
    /// One node of the tree.
    final class NodeLayout: Sendable {
        let id: Node.ID
        /// `"name":` of the relation.
        let key: [UInt8]
        /// The name of the rows' model.
        let model: String
        let columns: [ColumnLayout]
        /// The columns by their names.
        let columnsByName: [String: ColumnLayout]
        /// `"name":` and the columns of the link's object.
        let link: (name: String, key: [UInt8], model: String, columns: [ColumnLayout])?
        /// Those of the link by their names.
        let linkColumnsByName: [String: ColumnLayout]
        let summary: SummaryLayout?
        let children: [Node.ID]
        let variants: [Node.ID]
        let isToMany: Bool
        let fetch: Fetch.ID?
        /// The column with a whole record as jsonb, of embedded ones.
        let record: Int?

        init(_ node: Node, _ plan: Plan, schema: Schema) {
            id = node.id
            key = jsonKey(node.name)
            let model = schema[node.model]
            let columns = node.fetch.map { plan.fetches[$0].columns } ?? []
            // A relation can have the name of a property: where it is included, the records stand in its place.
            let included = Set(node.children.map { plan.nodes[$0].name })
            self.model = model.name
            self.columns = node.shown.filter { !included.contains(model.properties[$0.property].name) }.map {
                ColumnLayout(columns[$0.column], at: $0.column, model.properties[$0.property], of: model, in: schema)
            }
            columnsByName = Dictionary(
                self.columns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            link = node.linkObject.map { link in
                let model = schema[link.model]
                return (
                    link.name, jsonKey(link.name), model.name,
                    link.shown.map {
                        ColumnLayout(
                            columns[$0.column], at: $0.column, model.properties[$0.property], of: model, in: schema)
                    }
                )
            }
            linkColumnsByName = Dictionary(
                (link?.columns ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            summary = node.summary.map { SummaryLayout($0, plan, of: model, in: schema) }
            children = node.children
            variants = node.variants
            isToMany = node.isToMany
            fetch = node.fetch
            record = node.record
        }
    }

    /// One shown column.
    struct ColumnLayout: Sendable {
        let position: Int
        /// `"name":`.
        let key: [UInt8]
        let format: CellFormat
        let name: String

        init(_ column: Fetch.Column, at position: Int, _ property: Property, of model: Model, in schema: Schema) {
            self.position = position
            key = jsonKey(property.name)
            let format = CellFormat(column.type, as: property.kind)
            self.format = Concealment(property, of: model, in: schema).map { format.concealing($0) } ?? format
            name = property.name
        }
    }

    /// The numbers about a node's records, grouped by function.
    struct SummaryLayout: Sendable {
        let fetch: Fetch.ID
        /// The column of the count.
        let count: Int?
        let functions: [(function: Aggregate, key: [UInt8], isCount: Bool, columns: [ColumnLayout])]
        let rows: Bool

        init(_ summary: Node.Summary, _ plan: Plan, of model: Model, in schema: Schema) {
            fetch = summary.fetch
            count = summary.count
            rows = summary.rows
            functions = Self.functions(
                summary.aggregates, plan.fetches[summary.fetch].columns, from: summary.firstAggregate, of: model,
                in: schema)
        }

        /// Numbers about all that is found, which are all that the plan's only statement gives.
        init(_ summary: Include.Summary, _ plan: Plan, of model: Model, in schema: Schema) {
            fetch = Fetch.root
            count = summary.count ? 0 : nil
            rows = false
            functions = Self.functions(
                summary.aggregates, plan.fetches[Fetch.root].columns, from: summary.count ? 1 : 0, of: model,
                in: schema)
        }

        private static func functions(
            _ terms: [Include.Summary.Term], _ columns: [Fetch.Column], from first: Int, of model: Model,
            in schema: Schema
        ) -> [(function: Aggregate, key: [UInt8], isCount: Bool, columns: [ColumnLayout])] {
            var order: [Aggregate] = []
            var groups: [Aggregate: [ColumnLayout]] = [:]
            for (position, term) in terms.enumerated() {
                if groups[term.function] == nil { order.append(term.function) }
                let column = first + position
                groups[term.function, default: []].append(
                    ColumnLayout(
                        columns[column], at: column, model.properties[term.property], of: model, in: schema))
            }
            return order.map { ($0, jsonKey($0.rawValue), $0 == .count, groups[$0] ?? []) }
        }
    }

    let nodes: [NodeLayout]

    init(_ plan: Plan, schema: Schema) {
        nodes = plan.nodes.map { NodeLayout($0, plan, schema: schema) }
    }
}

/// `"name":`
private func jsonKey(_ name: String) -> [UInt8] {
    var buffer = ByteBuffer(capacity: name.utf8.count + 8)
    buffer.append(quoting: name)
    buffer.append(UInt8(ascii: ":"))
    return buffer.array
}
