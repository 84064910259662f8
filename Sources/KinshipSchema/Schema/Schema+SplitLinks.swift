// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// Warns of two models whose hasAndBelongsToMany relations to each other go by different links: what is linked by one isn't seen by
    /// the other.
    mutating func noteSplitLinks() {
        for model in models {
            for relation in model.relations {
                // At that one of the two models which comes last.
                guard relation.leadsThroughPlainLinks, let target = relation.target, target < model.id,
                    let link = relation.through?.model
                else { continue }
                let there = links(from: model.id, to: target)
                let back = links(from: target, to: model.id)
                guard !back.isEmpty, there.isDisjoint(with: back), let other = back.min() else { continue }
                let (own, others) = (self[link], self[other])
                warnings.append(
                    DefinitionWarning(
                        .splitLinks,
                        "\(model.name).\(relation.name) goes by the links of \(own.name) (table \(own.table)), and \(self[target].name) leads back by those of \(others.name) (table \(others.table)): what is linked by one isn't seen by the other. Name the same links in both, with \"throughTable\" or \"through\".",
                        file: model.definition.file, path: "relations.\(relation.name)", model: model.name,
                        relation: relation.name))
            }
        }
    }

    /// The link models of the hasAndBelongsToMany relations from one model to another.
    private func links(from source: Model.ID, to target: Model.ID) -> Set<Model.ID> {
        Set(
            self[source].relations.filter { $0.leadsThroughPlainLinks && $0.target == target }
                .compactMap { $0.through?.model })
    }
}

extension Relation {
    /// Whether it is a hasAndBelongsToMany of two models that are known.
    fileprivate var leadsThroughPlainLinks: Bool { kind == .hasAndBelongsToMany && polymorphic == nil }
}
