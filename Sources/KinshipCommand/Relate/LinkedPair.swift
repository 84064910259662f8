// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipMigrator
import RelationPlanner

/// Two models, and the hasAndBelongsToMany relations that there are between them.
struct LinkedPair {
    private let schema: Schema
    private let source: Model
    private let target: Model

    /// The models that a relation is to lead from and to.
    init(_ schema: Schema, _ source: Model, _ target: Model) {
        (self.schema, self.source, self.target) = (schema, source, target)
    }

    /// The links that a relation between the two goes by; nil where there are none yet.
    ///
    /// - Throws: ``GeneratorError`` where several may be meant.
    func link() throws(GeneratorError) -> Model? {
        // Of a model with itself the relations there and back are one.
        guard source.id != target.id else { return nil }
        let ways = [links(from: target, to: source), links(from: source, to: target)]
        guard let found = ways.first(where: { !$0.isEmpty }) else { return nil }
        guard found.count == 1 else {
            let names = found.map { schema[$0].name }.sorted().joined(separator: " or ")
            throw GeneratorError(
                .missingFlag, "--through", "\(source.name) and \(target.name) are linked in several ways.",
                remedy: "give --through \(names)")
        }
        return found.first.map { schema[$0] }
    }

    private func links(from one: Model, to other: Model) -> Set<Model.ID> {
        Set(relations(from: one, to: other).compactMap { $0.through?.model })
    }

    private func relations(from one: Model, to other: Model) -> [Relation] {
        one.relations.filter {
            $0.kind == .hasAndBelongsToMany && $0.polymorphic == nil && $0.target == other.id
        }
    }

    /// Whether a relation has to name the links to go by them. Links that nobody describes are called after both models, that one first
    /// which is loaded last of those that have such a relation: another relation may call them otherwise.
    ///
    /// - Parameters:
    ///   - owners: the models that get a relation.
    ///   - tables: those of the database, where one is asked. Links of both usual names are found by whichever table is there, so long as no
    ///     relation names them.
    func needsName(_ link: Model, with owners: [Model], _ tables: TableCatalog?) -> Bool {
        let usual = [source.name + target.name, target.name + source.name]
        guard usual.contains(link.name) else { return true }
        guard link.definition.isMadeForLinks else { return false }
        func isThere(_ table: String) -> Bool { tables?.tables[Catalog.TableName(link.tableSchema, table)] != nil }
        if !isThere(link.table), usual.contains(where: { isThere($0.lowercased()) }) { return false }
        let former = [source, target].filter { model in
            !relations(from: model, to: model.id == source.id ? target : source).isEmpty
        }
        guard let last = former.map(\.id).max() else { return false }
        return owners.contains { $0.id > last }
    }
}
