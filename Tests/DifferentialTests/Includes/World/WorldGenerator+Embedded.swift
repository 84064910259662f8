// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// Records that are kept in a column of other records.
extension WorldGenerator {
    /// A model without a table, the relations that embed it, and those that lead on from its records.
    mutating func addEmbedded() {
        let owners = models.indices.filter { models[$0].isDefined }
        let name = newName("Part")
        var model = TreeModel(name: name, table: name.lowercased())
        model.isEmbedded = true
        model.primaryKey = [model.add("id", dice.choose([.int4, .int4, .text]))]
        _ = model.add("n", .int4)
        _ = model.add("s", .text)
        if dice.chance(40) { _ = model.add("d", .numeric) }
        if dice.chance(30) { _ = model.add("b", .boolean) }
        if dice.chance(40) { _ = model.add("secret", .text, isHidden: true) }
        if dice.chance(25) { model.columns[model.add("inner", .text)].isProtected = true }
        model.hasKeyConstraint = false
        model.size = 12 + dice.roll(12)
        models.append(model)
        let part = models.count - 1
        for _ in 0..<(1 + dice.roll(2)) { embed(part, in: dice.choose(owners)) }
        for _ in 0..<dice.roll(3) {
            let target = dice.choose(owners)
            let (key, isPrimary) = keyToPointAt(of: target, isUnique: true)
            let columns = addForeignKey(on: part, to: target, key, named: newName("key"))
            addBelongsTo(newName("one"), from: part, columns, to: target, key, isPrimary, namesKey: true)
        }
        if dice.chance(50) {
            let target = dice.choose(owners)
            let key = models[part].primaryKey
            let columns = addForeignKey(on: target, to: part, key, named: newName("key"))
            addHas(from: part, key, true, to: target, columns, isUnique: false)
        }
    }

    private mutating func embed(_ part: Int, in owner: Int) {
        let isList = dice.chance(65)
        let name = newName(isList ? "parts" : "part")
        let column = models[owner].add(name + "Json", .text, isHidden: dice.chance(60))
        let list: TreeModel.ListForm = dice.chance(70) ? .jsonb : .text
        models[owner].columns[column].list = list
        models[owner].columns[column].embedded = part
        let isImplied = dice.chance(30) && !models[owner].columns[column].isHidden
        models[owner].columns[column].isImplied = isImplied
        var definition: [JSONValue.Member] = [
            .init("type", isList ? "embedsMany" : "embedsOne"), .init("model", .string(models[part].name)),
            .init("property", .string(name + "Json")),
        ]
        if isImplied {
            let place: JSONValue = [
                "columnName": .string(models[owner].columns[column].column),
                "dataType": list == .jsonb ? "jsonb" : "text",
            ]
            definition.append(.init("options", ["property": ["postgresql": place]]))
        }
        models[owner].relations.append(
            TreeRelation(
                name: name, kind: isList ? .embedsMany : .embedsOne, source: owner, target: part, sourceKey: [column],
                definition: definition))
    }

    // MARK: Rows

    /// What stands in a column: some of the records that were made, the same ones twice, none in several ways.
    mutating func fill(_ owner: Int, _ column: Int, embedding part: Int) {
        let isList = models[owner].relations.contains { $0.kind == .embedsMany && $0.sourceKey == [column] }
        let isText = models[owner].columns[column].list == .text
        for row in models[owner].rows.indices {
            var text: String?
            switch dice.roll(100) {
            case 0..<12: text = nil
            case 12..<18: text = "null"
            case 18..<24: text = isText ? "" : nil
            default:
                let count = isList ? dice.roll(6) : 1
                let items = (0..<count).map { _ in isList && dice.chance(5) ? .null : record(of: part) }
                text = "\(isList ? .array(items) : items[0])"
            }
            models[owner].rows[row][column] = text
        }
    }

    /// A record that may lack what is NULL, and have what the model doesn't know.
    private mutating func record(of part: Int) -> JSONValue {
        let row = dice.choose(models[part].rows)
        var members: [JSONValue.Member] = []
        for (column, value) in zip(models[part].columns, row) where value != nil || dice.chance(50) {
            members.append(.init(column.name, column.type.json(value)))
        }
        if dice.chance(15) { members.append(.init("extra", ["a": [1, nil]])) }
        return .object(members)
    }
}
