// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension DesiredBuilder {
    // MARK: What relations say

    mutating func addUniques() {
        for place in relations.single {
            addUnique(columns(place.model, place.columns), to: name(schema[place.model]))
        }
        for (link, keys) in relations.linkKeys.sorted(by: { $0.key < $1.key }) {
            let model = schema[link]
            let own = Set(model.primaryKey)
            // Nothing but an id and its keys: two rows that are alike would say the same twice.
            var others = model.properties.map(\.id).filter { !own.contains($0) || keys.contains($0) }
            guard others.allSatisfy(keys.contains), others.count > 1 else { continue }
            if !schema.definitions.contains(where: { $0.name == model.name }) {
                // Of a link that nobody wrote down, the key of the model that comes first.
                let targets = relations.ties.filter { $0.source == link && $0.columns.count == 1 }
                func target(_ id: Property.ID) -> Model.ID? { targets.first { $0.columns == [id] }?.target }
                others.sort { one, other in
                    guard let first = target(one), let second = target(other) else { return one < other }
                    return (first, one) < (second, other)
                }
            }
            addUnique(columns(link, others), to: name(model))
        }
    }

    mutating func addPolymorphicPairs() {
        for pair in relations.pairs {
            let model = schema[pair.model]
            let table = name(model)
            let columns = columns(pair.model, [pair.discriminator] + pair.key)
            if pair.isSingle {
                addUnique(columns, to: table)
            } else {
                add(
                    TableCatalog.Index(
                        name: "\(table.name)_\(columns.joined(separator: "_"))_idx",
                        columns: columns.map { .init(name: $0) }), to: table)
            }
            guard options.checksKinds, !pair.kinds.isEmpty,
                // Which ones there are is said already.
                Enumeration.values(of: model.properties[pair.discriminator]).isEmpty
            else { continue }
            add(
                TableCatalog.Check(
                    name: "\(table.name)_\(columns[0])_check",
                    rule: .oneOf(column: columns[0], values: pair.kinds, areNumbers: false)), to: table)
        }
    }

    mutating func addForeignKeys() {
        for model in models {
            for given in model.definition.foreignKeys { addGiven(given, of: model) }
        }
        for tie in relations.ties {
            let source = schema[tie.source]
            let target = schema[tie.target]
            let table = name(source)
            let targetColumns = columns(tie.target, tie.targetColumns)
            let own = columns(tie.source, tie.columns)
            guard desired.catalog.tables[name(target)]?.isUnique(targetColumns) == true else {
                desired.remarks.append(
                    "\(source.name) refers to \(target.name) by \(targetColumns.joined(separator: ", ")), which isn't unique: no foreign key. Give the property \"unique\": true."
                )
                continue
            }
            guard
                zip(own, targetColumns).allSatisfy({
                    TypeConversion.areComparable(type(table, $0), type(name(target), $1))
                })
            else {
                desired.remarks.append(
                    "\(source.name) refers to \(target.name) by \(own.joined(separator: ", ")), whose type is another than that of its key: no foreign key. Give both the same type."
                )
                continue
            }
            let key = TableCatalog.ForeignKey(
                name: "\(table.name)_\(own.joined(separator: "_"))_fkey", columns: own, target: name(target),
                targetColumns: targetColumns)
            add(key, to: table)
        }
    }

    private mutating func add(_ key: TableCatalog.ForeignKey, to table: Catalog.TableName) {
        guard let known = desired.catalog.tables[table], !known.foreignKeys.contains(where: { $0.ties(like: key) })
        else { return }
        var key = key
        let taken = known.foreignKeys.map(\.name) + known.checks.map(\.name) + known.uniques.map(\.name)
        key.name = distinct(key.name, from: taken)
        desired.catalog.tables[table]?.foreignKeys.append(key)
    }

    private mutating func addGiven(_ given: ForeignKeyDefinition, of model: Model) {
        let table = name(model)
        let subject = "\(model.name).\(given.name)"
        guard let target = schema.model(given.entity), persisted.contains(target.id) else {
            return problem(
                .definition, subject,
                "The foreign key \"\(given.name)\" points to \"\(given.entity)\", which is no model with a table.")
        }
        let own = given.foreignKey.compactMap { column($0, of: model) }
        let other =
            given.entityKey.isEmpty
            ? columns(target.id, target.primaryKey) : given.entityKey.compactMap { column($0, of: target) }
        guard own.count == given.foreignKey.count, own.count == other.count, !own.isEmpty,
            given.entityKey.isEmpty || other.count == given.entityKey.count
        else {
            return problem(
                .definition, subject,
                "The foreign key \"\(given.name)\" names properties that aren't there, or more on one side than on the other: \(given.foreignKey.joined(separator: ", ")) of \(model.name), \(given.entityKey.joined(separator: ", ")) of \(target.name)."
            )
        }
        add(
            TableCatalog.ForeignKey(
                name: given.name.identifier, columns: own, target: name(target), targetColumns: other,
                onDelete: Self.action(given.onDelete), onUpdate: Self.action(given.onUpdate)), to: table)
        desired.givenForeignKeys.insert(.init(table: table, column: given.name.identifier))
    }

    /// The action in SQL; what isn't one is none, as in LoopBack.
    static func action(_ text: String?) -> String {
        let words = (text ?? "").uppercased().split { !$0.isLetter }.joined(separator: " ")
        return ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT"].contains(words) ? words : "NO ACTION"
    }

    mutating func addKeyIndexes() {
        for model in models {
            let table = name(model)
            // Those of many columns first: they do for keys of their first ones.
            let keys = (desired.catalog.tables[table]?.foreignKeys ?? []).enumerated().sorted {
                ($1.element.columns.count, $0.offset) < ($0.element.columns.count, $1.offset)
            }
            for (_, key) in keys
            where desired.catalog.tables[table]?.hasIndex(on: key.columns) == false {
                add(
                    TableCatalog.Index(
                        name: "\(table.name)_\(key.columns.joined(separator: "_"))_idx",
                        columns: key.columns.map { .init(name: $0) }), to: table)
            }
        }
    }

    // MARK: Renames

    mutating func addRenames() {
        for model in models {
            let table = name(model)
            if model.definition.isMadeForLinks { desired.linkTables.insert(table) }
            var older = Self.names(model.definition.settings["renamedFrom"])
            older += options.renames.filter { $0.value == model.name }.map(\.key).sorted()
            for name in older {
                for candidate in Self.candidates(name) where candidate != table.name {
                    desired.tableRenames[table, default: []].append(Catalog.TableName(table.schema, candidate))
                }
            }
            for property in model.properties {
                var older = Self.names(property.definition.settings["renamedFrom"])
                older += options.renames.filter { $0.value == "\(model.name).\(property.name)" }.keys.sorted()
                    .map { String($0[($0.lastIndex(of: ".").map($0.index(after:)) ?? $0.startIndex)...]) }
                for name in older {
                    for candidate in Self.candidates(name) where candidate != property.column {
                        desired.columnRenames[.init(table: table, column: property.column), default: []]
                            .append(candidate)
                    }
                }
            }
        }
    }

    private static func names(_ json: JSONValue?) -> [String] {
        json?.text.map { [$0] } ?? (json?.elements ?? []).compactMap(\.text)
    }

    /// The names that a table or column of a model or property can have had.
    private static func candidates(_ name: String) -> [String] {
        let lower = name.lowercased().identifier
        return lower == name ? [lower] : [name.identifier, lower]
    }
}
