// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Copies that are kept right: whoever refers to a row that is there has its values.
extension NaiveTables {
    /// Where copies are kept: by whom, of whom, by which key.
    private struct Kept {
        let holder: Int
        let source: Int
        let pairs: [(holder: String, source: String)]
        let type: (property: String, name: String)?
        let copies: [RelationDefinition.Copy]
    }

    private var kept: [Kept] {
        var kept: [Kept] = []
        for model in world.models {
            for relation in model.relations where relation.isSynced {
                let type = relation.discriminator.map { ($0, relation.typeName) }
                if let link = relation.link {
                    let pairs = zip(link.sourceKey, relation.sourceKey).map { (holder: $0, source: $1) }
                    kept.append(
                        Kept(
                            holder: link.model, source: relation.source, pairs: pairs, type: type,
                            copies: relation.linkCopies))
                } else if relation.kind == .belongsTo {
                    let pairs = zip(relation.sourceKey, relation.targetKey).map { (holder: $0, source: $1) }
                    kept.append(
                        Kept(
                            holder: relation.source, source: relation.target, pairs: pairs, type: type,
                            copies: relation.copies))
                } else {
                    let pairs = zip(relation.targetKey, relation.sourceKey).map { (holder: $0, source: $1) }
                    kept.append(
                        Kept(
                            holder: relation.target, source: relation.source, pairs: pairs, type: type,
                            copies: relation.copies))
                }
            }
        }
        return kept
    }

    /// Makes all copies right; rows that keep such copies aren't counted in these worlds.
    mutating func keepCopies() {
        let kept = kept
        guard !kept.isEmpty else { return }
        var isChanging = true
        while isChanging {
            isChanging = false
            for kept in kept {
                for place in rows[kept.holder].indices {
                    let row = rows[kept.holder][place]
                    if let type = kept.type, row[type.property] != .string(type.name) { continue }
                    let key = kept.pairs.map { row[$0.holder] ?? .null }
                    if key.contains(.null) { continue }
                    guard
                        let source = rows[kept.source].first(where: { source in
                            kept.pairs.map { source[$0.source] ?? .null } == key
                        })
                    else { continue }
                    for copy in kept.copies where row[copy.to] != source[copy.from] {
                        rows[kept.holder][place][copy.to] = source[copy.from]
                        isChanging = true
                    }
                }
            }
        }
    }

    /// A row that refers to itself by a value that the same change takes from it has what it was itself: sources are looked up as they
    /// are when a statement begins.
    mutating func copyFromItself(_ place: Int, of position: Int, as old: WriteRow, _ data: WriteRow) {
        for kept in kept where kept.holder == position && kept.source == position {
            let row = rows[position][place]
            if let type = kept.type, row[type.property] != .string(type.name) { continue }
            let key = kept.pairs.map { row[$0.holder] ?? .null }
            let (former, own) = (
                kept.pairs.map { old[$0.source] ?? .null }, kept.pairs.map { row[$0.source] ?? .null }
            )
            guard kept.pairs.contains(where: { data[$0.holder] != nil }), !key.contains(.null), key == former,
                key != own
            else { continue }
            for copy in kept.copies { rows[position][place][copy.to] = old[copy.from] ?? .null }
        }
    }
}
