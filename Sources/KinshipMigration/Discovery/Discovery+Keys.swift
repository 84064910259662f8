// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Discovery {
    // MARK: To-one

    /// Each foreign key is a belongsTo.
    mutating func makeKeys() {
        let places = Dictionary(
            drafts.enumerated().map { ($0.element.table.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
        for source in drafts.indices {
            let table = drafts[source].table
            let found = table.foreignKeys.sorted { ($0.columns.count, $0.name) < ($1.columns.count, $1.name) }
            for (number, key) in found.enumerated() {
                guard let target = places[key.target] else {
                    lose(.foreignKey, source, key.name, key.target.shown)
                    continue
                }
                if key.isSpecial { lose(.specialConstraint, source, key.name) }
                if !key.isValid { lose(.notValidated, source, key.name) }
                // Two constraints that say the same are one relation.
                guard !found[..<number].contains(where: { $0.ties(like: key) }) else { continue }
                makeForeignKey(key, of: source, to: target)
                var made = Key(
                    source: source, target: target, columns: key.columns, targetColumns: key.targetColumns,
                    isValid: key.isValid, stem: stem(of: key, among: found, in: table, target))
                made.name = toOneName(made)
                keys.append(made)
                add(toOne(made), to: source)
            }
        }
    }

    /// What a key is about: its column, less what says "key".
    private func stem(
        of key: TableCatalog.ForeignKey, among others: [TableCatalog.ForeignKey], in table: TableCatalog.Table,
        _ target: Int
    ) -> String {
        if key.columns.count == 1 { return RelationWords.stem(of: key.columns[0], pointingAt: key.targetColumns[0]) }
        // Columns of another, shorter key are about that one.
        let owned = zip(key.columns, key.targetColumns).filter { column, _ in
            !others.contains { $0.columns.count < key.columns.count && $0.columns.contains(column) }
        }
        if owned.count == 1 { return RelationWords.stem(of: owned[0].0, pointingAt: owned[0].1) }
        // A name that somebody chose; the server's own is made of the columns.
        let own = key.name.lowercased()
        let prefix = table.name.name.lowercased() + "_"
        let isMade = own == "\(prefix)\(key.columns.joined(separator: "_").lowercased())_fkey"
        if own.hasPrefix(prefix), !isMade {
            var word = String(own.dropFirst(prefix.count))
            for suffix in ["_fkey", "_fk"] where word.hasSuffix(suffix) { word.removeLast(suffix.count) }
            let columns = key.columns.joined(separator: "_").lowercased()
            if !word.isEmpty, !columns.hasPrefix(word) { return Inflection.camelCase(word) }
        }
        return RelationWords.uncapitalized(drafts[target].model.name)
    }

    private mutating func toOneName(_ key: Key) -> String {
        let target = drafts[key.target].model.name
        let isTarget = key.stem == RelationWords.uncapitalized(target)
        return name([key.stem, isTarget ? key.stem + "Record" : key.stem + target], in: key.source)
    }

    private func toOne(_ key: Key) -> DiscoveredModels.Relation {
        var members: [JSONValue.Member] = [
            .init("type", "belongsTo"), .init("model", .string(drafts[key.target].model.name)),
            .init("foreignKey", properties(key.columns, of: key.source)),
        ]
        members += primaryKey(key)
        if !key.isValid { members.append(.init("notValidated", .bool(true))) }
        return DiscoveredModels.Relation(name: key.name, json: .object(members))
    }

    /// The columns pointed at, unless they are the key of one column that is meant anyway.
    func primaryKey(_ key: Key) -> [JSONValue.Member] {
        guard key.columns.count > 1 || drafts[key.target].table.primaryKey != key.targetColumns else { return [] }
        return [.init("primaryKey", properties(key.targetColumns, of: key.target))]
    }

    // MARK: Inverse

    /// Each belongsTo has an opposite, unless its table is nothing but a link.
    mutating func makeInverses() {
        for (number, key) in keys.enumerated() where link(of: key.source)?.isPure != true {
            let isOne = drafts[key.source].table.isUnique(key.columns)
            let name = name(inverseNames(key, isOne: isOne), in: key.target)
            var members: [JSONValue.Member] = [
                .init("type", isOne ? "hasOne" : "hasMany"), .init("model", .string(drafts[key.source].model.name)),
                .init("foreignKey", properties(key.columns, of: key.source)),
            ]
            members += primaryKey(key)
            let own = "\(drafts[key.source].model.name).\(key.name)"
            add(DiscoveredModels.Relation(name: name, json: .object(members), inverse: own), to: key.target)
            let place = drafts[key.source].model.relations.firstIndex { $0.name == keys[number].name }
            if let place {
                drafts[key.source].model.relations[place].inverse = "\(drafts[key.target].model.name).\(name)"
            }
        }
    }

    private func inverseNames(_ key: Key, isOne: Bool) -> [String] {
        let source = drafts[key.source].model.name
        let noun =
            isOne ? RelationWords.uncapitalized(source) : RelationWords.plural(RelationWords.uncapitalized(source))
        let role = noun + "As" + RelationWords.capitalized(key.stem)
        if key.source == key.target {
            return isOne
                ? [key.stem + "Of", role] : [RelationWords.opposite(of: key.stem), key.stem + "Of", role]
        }
        let done = RelationWords.participle(of: key.stem).map { $0 + RelationWords.capitalized(noun) }
        let siblings = keys.filter { $0.source == key.source && $0.target == key.target }
        let isPlain = siblings.count == 1 || key.stem == RelationWords.uncapitalized(drafts[key.target].model.name)
        return (isPlain ? [noun] : []) + [done, role].compactMap { $0 }
    }
}
