// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging
import MessageText
import RelationPlanner

/// Types that rows of polymorphic relations name and no model has (D18): such a row's relation is null, with a warning, or
/// an error when that is asked for.
struct UnknownTypes {
    let schema: Schema
    let isError: Bool
    let logger: Logger

    /// - Throws: ``PlannerError`` `UNKNOWN_POLYMORPHIC_TYPE` when they are errors.
    /// - Complexity: linear in the rows that polymorphic relations are included of.
    func check(_ graph: Graph) throws {
        for node in graph.plan.nodes where !node.variants.isEmpty {
            let owner = schema[node.model]
            let model = owner.name
            let discriminator = owner.relation(node.name)?.polymorphic.map { owner.properties[$0.discriminator] }
            let isNamed = discriminator.map { !$0.isHidden && !$0.isProtected } ?? false
            for name in try names(of: node, in: graph).sorted() {
                guard isError else {
                    logger.warning(
                        "A row names a model that there is none of; its relation is null",
                        metadata: [
                            "relation": "\(MessageText.name(model + "." + node.name))",
                            "type": "\(MessageText.name(name))",
                        ])
                    continue
                }
                throw PlannerError(
                    .unknownPolymorphicType,
                    "A row of \(model) names \(isNamed ? "the type \"\(name)\"" : "an unknown type") in its relation \(node.name), but there is no such model; correct the row or add the model.",
                    model: model, relation: node.name)
            }
        }
    }

    private func names(of node: Node, in graph: Graph) throws(CancellationError) -> Set<String> {
        let sources = node.variants.compactMap { graph.plan.nodes[$0].link?.keys }
        var known: Set<String> = []
        for case .typed(_, let type) in sources.map(\.form) { known.insert(type.lowercased()) }
        guard let source = sources.first, case .typed(let discriminator, _) = source.form,
            let rows = graph.rowSets[source.fetch.index]
        else { return [] }
        var unknown: Set<String> = []
        // Most rows name the type of the row before.
        var last: [UInt8] = []
        for row in 0..<rows.count {
            try checkCancellation(at: row)
            guard let cell = rows.bytes(row: row, column: discriminator), !last.elementsEqual(cell),
                source.columns.allSatisfy({ rows.bytes(row: row, column: $0) != nil })
            else { continue }
            last = Array(cell)
            let name = String(decoding: cell, as: UTF8.self)
            if !known.contains(name.lowercased()) { unknown.insert(name) }
        }
        return unknown
    }
}

extension Planning {
    /// Refuses or logs the types that rows name and no model has.
    func checkTypes(of graph: Graph, _ options: TreeOptions) throws {
        try UnknownTypes(schema: schema, isError: options.strictPolymorphic, logger: RequestLog.logger ?? logger).check(
            graph)
    }
}
