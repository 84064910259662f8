// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Discovery {
    /// Relations that no constraint proves.
    mutating func makeGuesses() {
        for draft in drafts.indices where !drafts[draft].model.isView {
            for column in drafts[draft].table.columns {
                makePolymorphic(column, in: draft)
                makeReferences(column, in: draft)
            }
        }
    }

    /// `subject_type` beside `subject_id`, which no foreign key is on.
    private mutating func makePolymorphic(_ column: TableCatalog.Column, in draft: Int) {
        let table = drafts[draft].table
        let endings = [("_type", "_id"), ("Type", "Id"), ("_kind", "_id")]
        guard Self.kind(of: notes.domains[column.type] ?? column.type) == "string",
            let (kind, id) = endings.first(where: { column.name.hasSuffix($0.0) && column.name.count > $0.0.count }),
            let key = table.column(column.name.dropLast(kind.count) + id),
            !table.foreignKeys.contains(where: { $0.columns.contains(key.name) })
        else { return }
        let stem = Inflection.camelCase(String(column.name.dropLast(kind.count)))
        let both: JSONValue = .object([
            .init("foreignKey", .string(property(key.name, of: draft))),
            .init("discriminator", .string(property(column.name, of: draft))),
        ])
        let why = "a pair of columns named like a polymorphic key"
        let own = name([stem, stem + "Record"], in: draft)
        add(
            DiscoveredModels.Relation(
                name: own, json: .object([.init("type", "belongsTo"), .init("polymorphic", both)]), guess: why),
            to: draft)
        leaveOutIndex(of: column.name, key.name, both, in: draft)
        let source = drafts[draft].model.name
        for value in allowed(column, in: table)?.values.compactMap(\.text) ?? [] {
            guard let target = drafts.firstIndex(where: { $0.model.name == value && !$0.model.isView }) else {
                continue
            }
            let noun = RelationWords.plural(RelationWords.uncapitalized(source))
            let name = name([noun, "\(noun)As\(RelationWords.capitalized(stem))"], in: target)
            add(
                DiscoveredModels.Relation(
                    name: name,
                    json: .object([
                        .init("type", "hasMany"), .init("model", .string(source)), .init("polymorphic", both),
                    ]), guess: why, inverse: "\(source).\(own)"), to: target)
        }
    }

    /// The index that a migration makes for the pair isn't said twice.
    private mutating func leaveOutIndex(of type: String, _ id: String, _ pair: JSONValue, in draft: Int) {
        let name = "\(drafts[draft].table.name.name)_\(type)_\(id)_idx".identifier
        let index = entry([(name: type, isDescending: false), (name: id, isDescending: false)], of: draft)
        guard let place = drafts[draft].model.indexes.firstIndex(where: { $0.key == name && $0.value == index }) else {
            return
        }
        let member = drafts[draft].model.indexes.remove(at: place)
        drafts[draft].model.pairIndexes.append(.init(pair: pair, index: member))
    }

    /// `tag_ids`: a list of values of the type of the tags' key.
    private mutating func makeReferences(_ column: TableCatalog.Column, in draft: Int) {
        let endings = ["_ids", "Ids"]
        guard column.type.hasSuffix("[]"),
            let ending = endings.first(where: { column.name.hasSuffix($0) && column.name.count > $0.count })
        else { return }
        let stem = Inflection.camelCase(String(column.name.dropLast(ending.count)))
        let element = String(column.type.dropLast(2))
        let target = drafts.first { candidate in
            let key = candidate.table.primaryKey
            return candidate.model.name == RelationWords.modelName(of: stem) && key.count == 1
                && candidate.table.column(key[0])?.type == element
        }
        guard let target else { return }
        let model = target.model.name
        let name = name([RelationWords.plural(stem), RelationWords.plural(stem) + "Records"], in: draft)
        add(
            DiscoveredModels.Relation(
                name: name,
                json: .object([
                    .init("type", "referencesMany"), .init("model", .string(model)),
                    .init("foreignKey", .string(property(column.name, of: draft))),
                ]), guess: "a list of values of the type of the key, named after the model"), to: draft)
    }
}
