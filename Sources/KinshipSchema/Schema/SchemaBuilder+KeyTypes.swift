// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension SchemaBuilder {
    // MARK: Primary keys

    /// The key of a model: the properties that say so, else an `id` that is there already or is put in.
    mutating func findPrimaryKey(_ index: Int) {
        let keys = drafts[index].properties.indices.filter {
            drafts[index].properties[$0].definition.keyPosition != nil
        }
        // Several `id: true` are a composite key in the order they are written.
        drafts[index].primaryKey = keys.enumerated().sorted { one, other in
            let first = drafts[index].properties[one.element].definition.keyPosition ?? 1
            let second = drafts[index].properties[other.element].definition.keyPosition ?? 1
            return (first, one.offset) < (second, other.offset)
        }.map(\.element)
        guard keys.isEmpty, injectsKey(index) else { return }
        if let listed = drafts[index].positions["id"] {
            drafts[index].properties[listed].definition.keyPosition = 1
            drafts[index].properties[listed].definition.isGenerated = true
            drafts[index].primaryKey = [listed]
            return
        }
        // The key comes first.
        drafts[index].properties.insert(PropertyDraft(definition: .id("id")), at: 0)
        drafts[index].positions = drafts[index].positions.mapValues { $0 + 1 }
        drafts[index].positions["id"] = 0
        drafts[index].primaryKey = [0]
    }

    /// Whether a model without a key of its own has a number `id`.
    private func injectsKey(_ index: Int) -> Bool {
        let definition = drafts[index].definition
        guard definition.idInjection == false else { return true }
        // `Model` and `PersistedModel` have an `id` themselves, which no setting keeps from being inherited: what the table
        // says comes before that.
        if definition.excludeBaseProperties.contains("id") || drafts[index].positions["id"] != nil { return false }
        return table(of: index).map { $0.columns["id"] != nil } ?? true
    }

    // MARK: Tables

    /// The table of a model, nil when there is none or that isn't known.
    func table(of index: Int) -> Catalog.Table? {
        let definition = drafts[index].definition
        return catalog?.table(definition.schemaName, definition.tableName)
    }

    /// Which models on the base `Model` have a table: those whose table there is, unless they are embedded only and it is
    /// another's. While the database isn't known, those that relations need it of.
    mutating func judgeTables() {
        for index in drafts.indices where drafts[index].isPlain {
            let isEmbedded = relations(to: index).map { $0.kind == .embedsOne || $0.kind == .embedsMany }
            guard catalog != nil else {
                drafts[index].isPersisted = isEmbedded.contains(false)
                continue
            }
            guard let table = table(of: index) else { continue }
            let fits = drafts[index].properties.allSatisfy { table.columns[$0.definition.columnName] != nil }
            drafts[index].isPersisted = fits || isEmbedded.isEmpty || isEmbedded.contains(false)
        }
    }

    private func relations(to index: Int) -> [RelationDefinition] {
        drafts.indices.flatMap { source in
            drafts[source].definition.relations.filter {
                target($0) == index || (($0.through ?? $0.throughTable) != nil && link($0, from: source) == index)
            }
        }
    }

    // MARK: Types of keys

    /// The kind of a property as it comes out: a foreign key has that of the key it refers to, a generated key that of its
    /// column, whatever is written (D38).
    func kind(of place: KeyPlace) -> Property.Kind {
        let draft = drafts[place.model].properties[place.property]
        if draft.refersToMany, let column = table(of: place.model)?.columns[draft.definition.columnName] {
            return column.type.kind
        }
        let origin = origin(of: place)
        let property = drafts[origin.model].properties[origin.property].definition
        guard property.keyPosition != nil, property.isGenerated, !property.keepsKeyType else { return property.kind }
        if let column = table(of: origin.model)?.columns[property.columnName] { return column.type.kind }
        return property.dataType == nil ? .number : property.columnType.kind
    }

    /// The type of the column as far as definitions say it.
    func columnType(_ draft: Int, _ property: Int) -> (type: ColumnType, isAssumed: Bool) {
        let place = KeyPlace(model: draft, property: property)
        var definition = drafts[draft].properties[property].definition
        if definition.dataType == nil {
            let origin = origin(of: place)
            if drafts[draft].properties[property].isImplied {
                definition = drafts[origin.model].properties[origin.property].definition
            }
            definition.kind = kind(of: place)
        }
        return (definition.columnType, definition.dataType == nil)
    }

    /// The key that a foreign key refers to in the end, which can be one that refers to another; itself for any other
    /// property. A circle ends where it began.
    private func origin(of place: KeyPlace) -> KeyPlace {
        var place = place
        var seen: Set<KeyPlace> = [place]
        while let next = drafts[place.model].properties[place.property].key, seen.insert(next).inserted { place = next }
        return place
    }
}

extension ModelDefinition {
    /// The table's schema, LoopBack's default filled in.
    var schemaName: String { (tableSchema ?? "public").identifier }
    /// The table, LoopBack's default filled in.
    var tableName: String { (table ?? name.lowercased()).identifier }
}

extension PropertyDefinition {
    /// The column, LoopBack's default filled in.
    var columnName: String { (column ?? name.lowercased()).identifier }
}

extension ColumnType {
    /// LoopBack's type for what the column holds.
    package var kind: Property.Kind {
        switch category {
        case .int2, .int4, .int8, .float4, .float8, .numeric: .number
        case .bool: .boolean
        case .date, .timestamp, .timestamptz: .date
        case .bytea: .buffer
        case .point: .geopoint
        case .json, .jsonb: .any
        case .array(let element): .array(of: element.kind)
        case .text, .uuid, .enumeration, .time, .timetz, .interval, .other: .string
        }
    }
}
