// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// What stands in the tables: NULLs, keys that lead nowhere, links that come twice, circles.
extension WorldGenerator {
    mutating func fill() {
        for model in models.indices { fillOwn(model) }
        for model in models.indices {
            for key in models[model].foreignKeys {
                if let discriminator = key.discriminator {
                    fill(model, key.columns[0], discriminator)
                } else {
                    fill(model, key)
                }
            }
        }
        for model in models.indices {
            for column in models[model].columns.indices {
                guard let embedded = models[model].columns[column].embedded else { continue }
                fill(model, column, embedding: embedded)
            }
        }
        // Rows are in no order.
        for model in models.indices {
            let own = models[model].rows.count - models[model].inherited
            models[model].rows =
                models[model].rows.prefix(own).shuffled(using: &dice)
                + models[model].rows.dropFirst(own).shuffled(using: &dice)
        }
    }

    private mutating func fillOwn(_ position: Int) {
        let model = models[position]
        for number in 0..<model.size {
            var row: [String?] = []
            for (place, column) in model.columns.enumerated() {
                if let part = model.primaryKey.firstIndex(of: place) {
                    // Of a composite key each part repeats, both together don't.
                    let isFirst = model.primaryKey.count == 2 && part == 0
                    row.append(column.type.key(isFirst ? number / 3 : number))
                } else if model.unique.contains(where: { $0.column == place }) {
                    // What is unique in a table needn't be in those that inherit from it.
                    let isOwn = number < model.size - model.inherited
                    row.append(dice.chance(20) ? nil : column.type.key(isOwn ? number : dice.roll(number + 1)))
                } else if column.name == "grp" {
                    let values = column.type == .numeric ? ["0", "1", "1.0", "2.5", "2.50"] : ["0", "1", "2", "3"]
                    row.append(dice.chance(20) ? nil : dice.choose(values))
                } else {
                    row.append(dice.chance(20) ? nil : column.type.value(&dice))
                }
            }
            models[position].rows.append(row)
        }
    }

    private mutating func fill(_ model: Int, _ key: TreeModel.ForeignKey) {
        guard let target = key.target else { return }
        if let list = models[model].columns[key.columns[0]].list { return fill(model, key, list) }
        let isComplete = key.constraint == .plain || key.constraint == .deferrable
        var used: Set<String> = []
        // Of a table that points at itself the rows that have keys already are those pointed at.
        let targets = models[target].rows
        for row in models[model].rows.indices {
            for column in key.columns { models[model].rows[row][column] = nil }
            let choice = dice.roll(100)
            guard choice >= 12 else { continue }
            let isInherited = row >= models[model].rows.count - models[model].inherited
            if choice < 22, isInherited || !isComplete && !key.isUnique {
                for column in key.columns {
                    models[model].rows[row][column] = models[model].columns[column].type.dangling
                }
            } else if !targets.isEmpty {
                let found = dice.choose(targets)
                let values = key.targetColumns.map { found[$0] }
                // 1.0 is no other key than 1.
                if key.isUnique, !isInherited, !used.insert("\(values.map { $0.map(TreeRows.plain) })").inserted {
                    continue
                }
                for (column, value) in zip(key.columns, values) {
                    models[model].rows[row][column] = written(value, as: models[model].columns[column].type)
                }
            }
            if key.columns.count > 1, dice.chance(10) { models[model].rows[row][key.columns[0]] = nil }
        }
    }

    /// Lists of keys, some twice, some of nobody; or none.
    private mutating func fill(_ model: Int, _ key: TreeModel.ForeignKey, _ list: TreeModel.ListForm) {
        guard let target = key.target else { return }
        let type = models[target].columns[key.targetColumns[0]].type
        for row in models[model].rows.indices {
            models[model].rows[row][key.columns[0]] = nil
            guard dice.chance(80) else { continue }
            let keys = (0..<dice.roll(5)).map { _ -> String? in
                if dice.chance(8) { return list == .array ? nil : type.dangling }
                if dice.chance(8) || models[target].rows.isEmpty { return type.dangling }
                return dice.choose(models[target].rows)[key.targetColumns[0]]
            }
            models[model].rows[row][key.columns[0]] = list.text(keys, type)
        }
    }

    /// Numerics that are equal needn't look alike.
    private mutating func written(_ value: String?, as type: CellType) -> String? {
        guard let value, type == .numeric, dice.chance(30) else { return value }
        return value.contains(".") ? value + "0" : value + ".0"
    }

    private mutating func fill(_ model: Int, _ key: Int, _ discriminator: Int) {
        let type = models[model].columns[key].type
        let simple = models.indices.filter { models[$0].primaryKey.count == 1 && models[$0].isDefined }
        for row in models[model].rows.indices {
            guard !simple.isEmpty else { return }
            let target = models[dice.choose(simple)]
            let name: String? =
                switch dice.roll(100) {
                case 0..<5: nil
                case 5..<10: "Spaceship"
                case 10..<18: target.name.lowercased()
                case 18..<22: target.name.uppercased()
                default: target.name
                }
            let own = target.columns[target.primaryKey[0]].type
            var value: String? = dice.chance(10) ? nil : type.dangling
            let isWider = own.family == 0 && own != .numeric && (type == .numeric || own == .int4 && type == .int8)
            let fits = own == type || type == .text || isWider
            if fits, !target.rows.isEmpty, dice.chance(85) { value = dice.choose(target.rows)[target.primaryKey[0]] }
            models[model].rows[row][key] = value
            models[model].rows[row][discriminator] = name
        }
    }
}
