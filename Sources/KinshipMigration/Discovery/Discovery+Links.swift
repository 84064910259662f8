// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Discovery {
    /// A table that ties two others together.
    struct Link {
        var table: Int
        var first: Key
        var second: Key
        /// Whether it has nothing but its keys, and perhaps an id.
        var isPure: Bool
    }

    /// The link that a table is: exactly two keys of one column each, that are unique together.
    func link(of draft: Int) -> Link? {
        let own = keys.filter { $0.source == draft }
        guard own.count == 2, own.allSatisfy({ $0.columns.count == 1 }), own[0].columns != own[1].columns else {
            return nil
        }
        let table = drafts[draft].table
        let columns = own.flatMap(\.columns)
        guard table.isUnique(columns), !table.isUnique(own[0].columns), !table.isUnique(own[1].columns) else {
            return nil
        }
        let rest = table.columns.filter { !columns.contains($0.name) }
        let isPure = rest.isEmpty || (rest.count == 1 && table.primaryKey == [rest[0].name] && rest[0].filling != .none)
        return Link(table: draft, first: own[0], second: own[1], isPure: isPure)
    }

    /// Many-to-many relations on both sides of each link.
    mutating func makeLinks() {
        let links = drafts.indices.compactMap(link)
        for link in links {
            let isAlone =
                links.filter {
                    Set([$0.first.target, $0.second.target]) == Set([link.first.target, link.second.target])
                }
                .count == 1
            let one = name(linkNames(link, from: link.first, to: link.second, isAlone: isAlone), in: link.first.target)
            let other = name(
                linkNames(link, from: link.second, to: link.first, isAlone: isAlone), in: link.second.target)
            add(manyToMany(link, from: link.first, to: link.second, one, inverse: other), to: link.first.target)
            add(manyToMany(link, from: link.second, to: link.first, other, inverse: one), to: link.second.target)
        }
        for draft in drafts.indices where link(of: draft) == nil {
            let own = keys.filter { $0.source == draft }
            let isOffer =
                own.count == 2 && own[0].target != own[1].target
                && own.allSatisfy { key in
                    key.columns.count == 1 && key.target != draft && !drafts[draft].table.isUnique(key.columns)
                }
            guard isOffer else { continue }
            let ends = own.map { drafts[$0.target].model.name }.sorted()
            offers.append(
                "\(drafts[draft].model.name) could tie \(ends[0]) and \(ends[1]) together; its two keys aren't unique together, so records could be met twice."
            )
        }
    }

    private func manyToMany(
        _ link: Link, from key: Key, to other: Key, _ name: String, inverse: String
    ) -> DiscoveredModels.Relation {
        var members: [JSONValue.Member] = [
            .init("type", "hasMany"), .init("model", .string(drafts[other.target].model.name)),
            .init("through", .string(drafts[link.table].model.name)),
            .init("foreignKey", properties(key.columns, of: link.table)),
            .init("keyThrough", properties(other.columns, of: link.table)),
        ]
        members += primaryKey(key)
        return DiscoveredModels.Relation(
            name: name, json: .object(members), inverse: "\(drafts[other.target].model.name).\(inverse)")
    }

    /// What the records at the other end are called.
    private func linkNames(_ link: Link, from key: Key, to other: Key, isAlone: Bool) -> [String] {
        let near = drafts[key.target].model.name
        let far = drafts[other.target].model.name
        let table = drafts[link.table].model.name
        let plain = RelationWords.plural(RelationWords.uncapitalized(far))
        let last = "\(plain)Through\(table)"
        if key.target == other.target {
            // Which of the two is the record itself: one whose key is called like the model, else both have roles.
            let isSelf = other.stem == RelationWords.uncapitalized(far)
            let role = isSelf ? RelationWords.opposite(of: key.stem) : RelationWords.plural(other.stem)
            return [role, "\(plain)As\(RelationWords.capitalized(other.stem))", last]
        }
        guard !isAlone else { return [RelationWords.plural(other.stem), last] }
        // Several links between the same two: by the link's own word.
        if table.hasPrefix(near), table.count > near.count {
            let word = RelationWords.uncapitalized(String(table.dropFirst(near.count)))
            if word.hasSuffix(far) || RelationWords.participle(of: word) != nil {
                return [RelationWords.plural(word), last]
            }
        }
        if table.hasPrefix(far), table.count > far.count {
            let word = String(table.dropFirst(far.count))
            if let done = RelationWords.participle(of: RelationWords.uncapitalized(word)) {
                return [done + RelationWords.capitalized(plain), last]
            }
            if word.hasSuffix(near) { return ["\(plain)As\(word)", last] }
        }
        return [last]
    }
}
