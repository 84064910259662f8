// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The changes of what a relation of one record leads to.
///
/// The record is named by its key. Where the relation goes by another property of it, or something of the record is copied, the
/// record is read in the same statement, as the part `parent`.
///
/// In more files than most types: each way of keeping a relation is one.
package struct RelationChanges: Sendable {
    let schema: Schema
    package let relation: Relation
    /// The model that has the relation.
    package let source: Model
    /// The model it leads to.
    package let target: Model
    /// The record's key.
    let recordKey: [BoundValue]
    /// What the record has to meet: the default scope of its model.
    let sourceScope: Condition
    /// What targets have to meet to be changed: the relation's scope and the default scope of their model.
    private(set) var scope: Filter
    /// What links have to meet.
    let linkScope: Condition
    /// Which links may be reached, whatever scopes say of them and whether they are deleted.
    let linkAccess: Condition

    static let parent = "parent"

    /// - Throws: ``PlannerError`` `UNSUPPORTED` for a relation to several models.
    package init(
        _ schema: Schema, _ relation: Relation, key: [BoundValue], sourceScope: Condition, scope: Filter,
        linkScope: Condition, linkAccess: Condition = .always
    ) throws(PlannerError) {
        source = schema[relation.source]
        guard let target = relation.target else {
            throw PlannerError(
                .unsupported,
                "\(source.name).\(relation.name) leads to records of several models; say which: {\"\(relation.polymorphic?.targets.first.map { schema[$0].name } ?? "Model")\": …}.",
                model: source.name, relation: relation.name)
        }
        self.schema = schema
        self.relation = relation
        self.target = schema[target]
        recordKey = key
        self.sourceScope = sourceScope
        self.scope = scope
        self.linkScope = linkScope
        self.linkAccess = linkAccess
    }

    /// The same without the limits of scopes, where others say which targets there are.
    package func freed(_ isFreed: Bool = true) -> RelationChanges {
        guard isFreed else { return self }
        var freed = self
        (freed.scope.limit, freed.scope.skip) = (nil, nil)
        return freed
    }

    /// The properties of targets that the relation says.
    package var givenKeys: Set<Property.ID> {
        guard relation.through == nil, relation.kind != .belongsTo, relation.kind != .referencesMany else { return [] }
        var given = Set(relation.targetKey)
        if let type = typeKey { given.insert(type.property) }
        if relation.copiesToTargets {
            for copy in relation.definition.properties {
                if let property = target.property(copy.to) { given.insert(property.id) }
            }
        }
        return given
    }

    /// The properties of targets that stay as they are when one of them is replaced by data that don't say them.
    package var keptKeys: Set<Property.ID> { givenKeys.union(target.primaryKey + relation.targetKey) }

    // MARK: The record

    /// The values of the record's side of the relation, nil where these aren't its key.
    package var ownKey: [BoundValue]? {
        let values = relation.sourceKey.map { property in
            source.primaryKey.firstIndex(of: property).map { recordKey[$0] }
        }
        let known = values.compactMap(\.self)
        return known.count == values.count ? known : nil
    }

    /// Likewise, nil as well where it has to be seen whether there is such a record.
    var knownKey: [BoundValue]? { sourceScope == .always ? ownKey : nil }

    /// What a key of the record's is compared with.
    func parentValue(_ position: Int) -> ChangeValue {
        knownKey.map { .value($0[position]) } ?? .part(Self.parent, source.id, relation.sourceKey[position])
    }

    /// The record, for what refers to it.
    ///
    /// - Parameters:
    ///   - lock: how it is held; nil where a foreign key watches over it.
    ///   - expected: what data have for it that can't be compared before.
    func parentPart(
        _ properties: [Property.ID], lock: RowLock? = nil, having expected: [RowMatch.Key] = []
    ) -> ChangePart {
        var seen: [Property.ID] = []
        for property in relation.sourceKey + properties where !seen.contains(property) { seen.append(property) }
        return ChangePart(
            Self.parent, source.id,
            .find(Find(RowMatch(keys: source.key(recordKey) + expected, sourceScope), lock: lock)),
            output: .properties(seen))
    }

    /// The record's row, held while what hangs on it is decided.
    func parentLock(_ strength: RowLock = .noKeyUpdate) -> Lock {
        .row(source.id, RowMatch(keys: source.key(recordKey), sourceScope), strength)
    }

    /// The parts that name the record's keys, where the statement has to look them up.
    var parentParts: [ChangePart] {
        guard knownKey == nil, relation.kind != .referencesMany else { return [] }
        return [parentPart([], having: relation.kind == .belongsTo ? ownerType.map { [$0] } ?? [] : [])]
    }

    /// How the record is held while something that refers to it is made: not at all where a foreign key does it. Of records that
    /// stay when they are deleted no foreign key knows, and to mark one as deleted is no change of its key.
    func guardingLock(_ carrier: Model, _ foreignKey: [Property.ID]) -> RowLock? {
        if source.softDelete != nil { return .share }
        return schema.isGuarded(carrier, foreignKey, pointingAt: source, relation.sourceKey) ? nil : .keyShare
    }

    // MARK: Targets

    /// The rows among the record's that a condition finds.
    func targets(_ condition: Condition = .always, keys: [RowMatch.Key] = []) -> RowMatch {
        if relation.kind == .referencesMany {
            var match = referenced(keys)
            match.condition = match.condition.and(condition)
            return match
        }
        var match = RowMatch(keys: keys, scope.condition.and(condition))
        if let through = relation.through {
            var link = linkKeys(through)
            if let type = typeKey { link.append(type) }
            match.linked = RowMatch.Linked(
                model: through.model, condition: linkScope, keys: link,
                pairs: zip(through.targetKey, relation.targetKey).map { RowSource.Pair(own: $0, other: $1) })
        } else {
            match.keys += foreignKeys
            if let type = typeKey { match.keys.append(type) }
        }
        return match
    }

    /// The targets' foreign key, which is the record's key.
    var foreignKeys: [RowMatch.Key] {
        relation.targetKey.enumerated().map { RowMatch.Key($1, parentValue($0)) }
    }

    func linkKeys(_ through: Relation.Through) -> [RowMatch.Key] {
        through.sourceKey.enumerated().map { RowMatch.Key($1, parentValue($0)) }
    }

    /// The type of a polymorphic relation, on the model that carries it.
    var typeKey: RowMatch.Key? {
        guard let polymorphic = relation.polymorphic, let name = polymorphic.typeName else { return nil }
        let carrier = relation.through.map { schema[$0.model] } ?? target
        let type = carrier.properties[polymorphic.discriminator].columnType
        return RowMatch.Key(polymorphic.discriminator, .value(BoundValue(type, .text(name))))
    }

    /// The target with a key.
    func target(_ values: [BoundValue]) -> [RowMatch.Key] { target.key(values) }

    // MARK: Values

    /// What new targets get from the record: its key, its type, and what `properties` copies.
    ///
    /// - Returns: the values; what is copied from the record; what the data expect its key to be, where that isn't known.
    /// - Throws: ``PlannerError`` `KEY_OVERRIDE` where the data have another key or type (D24).
    func cells(
        _ records: [RecordData], withKey: Bool
    ) throws(PlannerError) -> (Insert, copies: [Property.ID], expected: [RowMatch.Key]) {
        var records = records
        var expected: [RowMatch.Key] = []
        var cells: [Insert.Cell] = []
        var copies: [Property.ID] = []
        if withKey {
            for (position, property) in relation.targetKey.enumerated() {
                let given = try ownKey == nil ? given(property, in: records) : nil
                try takeOut(property, equal: given ?? ownKey?[position], of: &records)
                if let given {
                    let own = source.properties[relation.sourceKey[position]]
                    expected.append(RowMatch.Key(own.id, .value(BoundValue(own.columnType, given.contents))))
                }
                cells.append(Insert.Cell(property, .part(Self.parent, source.id, relation.sourceKey[position])))
            }
            if let type = typeKey, case .value(let value) = type.value {
                try takeOut(type.property, equal: value, of: &records)
                cells.append(Insert.Cell(type.property, type.value))
            }
        }
        if relation.copiesToTargets {
            for copy in relation.definition.properties {
                guard let from = source.property(copy.from), let to = target.property(copy.to),
                    !cells.contains(where: { $0.property == to.id })
                else { continue }
                for position in records.indices { records[position][to.id] = nil }
                cells.append(Insert.Cell(to.id, .part(Self.parent, source.id, from.id)))
                copies.append(from.id)
            }
        }
        var insert = Insert(records, of: target, in: schema)
        insert.cells = cells + insert.cells
        return (insert, copies, expected)
    }

    /// The one value that data have for a property; nil where none has any.
    ///
    /// - Throws: ``PlannerError`` `KEY_OVERRIDE` where they have several: one of them is wrong.
    func given(_ property: Property.ID, in records: [RecordData]) throws(PlannerError) -> BoundValue? {
        guard let value = records.lazy.compactMap({ $0.contents(property) }).first else { return nil }
        let given = BoundValue(target.properties[property].columnType, value)
        var records = records
        try takeOut(property, equal: given, of: &records)
        return given
    }

    /// Takes the key of the target out of data that are for it: it is another record that has another one.
    func takeKey(out data: inout RecordData) -> [RowMatch.Key] {
        var keys: [RowMatch.Key] = []
        let known = relation.kind == .belongsTo ? target.primaryKey + relation.targetKey : target.primaryKey
        for property in known {
            if let value = data.contents(property) {
                keys.append(RowMatch.Key(property, .value(BoundValue(target.properties[property].columnType, value))))
            }
            data[property] = nil
        }
        return keys
    }

    /// Takes a property out of data that may only say what it is anyway.
    func takeOut(
        _ property: Property.ID, equal value: BoundValue?, of records: inout [RecordData], in model: Model? = nil
    ) throws(PlannerError) {
        for position in records.indices {
            var isComputed: Bool { if case .computed? = records[position][property] { true } else { false } }
            let given = records[position].contents(property)
            if isComputed || (given != nil && given != value?.contents) {
                let model = model ?? target
                let name = model.properties[property].name
                throw PlannerError(
                    .keyOverride,
                    "\(source.name).\(relation.name) says what \(model.name).\(name) is; leave it out of the data, or give the same.",
                    model: model.name, property: name, relation: relation.name)
            }
            records[position][property] = nil
        }
    }
}

extension RelationChanges {
    /// How a target is held while something is made to refer to it.
    func targetLock(_ carrier: Model, _ foreignKey: [Property.ID]) -> RowLock? {
        if target.softDelete != nil { return .share }
        return schema.isGuarded(carrier, foreignKey, pointingAt: target, relation.targetKey) ? nil : .keyShare
    }
}

extension Relation {
    /// Whether `properties` are copied into new targets by the statement that makes them.
    var copiesToTargets: Bool { !definition.invertProperties && !(kind == .belongsTo && definition.embedsProperties) }

    /// Whether they are copied from the target into the record that refers to it.
    var copiesToOwner: Bool { definition.invertProperties && !definition.embedsProperties }
}

extension Schema {
    /// Whether a foreign key of the database keeps rows from referring to what isn't there.
    func isGuarded(
        _ model: Model, _ foreignKey: [Property.ID], pointingAt target: Model, _ key: [Property.ID]
    ) -> Bool {
        catalog?.hasForeignKey(
            from: Catalog.TableName(model.tableSchema, model.table),
            columns: foreignKey.map { model.properties[$0].column },
            to: Catalog.TableName(target.tableSchema, target.table),
            columns: key.map { target.properties[$0].column }) ?? false
    }
}
