// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension IndexAdvisor {
    /// What an include lacks, those below it aside: an index on the key that its rows are found by, or on the key and the
    /// order of which each parent gets the first rows.
    ///
    /// Of a many-to-many relation it is the links that are found by the parents' keys: an order of the links can be read off
    /// an index of theirs, one of the targets can't.
    ///
    /// - Parameters:
    ///   - include: an include of a resolved filter.
    ///   - model: the model the include stands at.
    package func advice(for include: Include, of model: Model.ID) -> [IndexAdvice] {
        let source = schema[model]
        let relation = source.relations[include.relation]
        guard relation.embedded == nil else { return [] }
        let isLimited =
            relation.isToMany && relation.kind != .referencesMany && include.scope.limit.isSet
            && include.summary?.rows != false
        guard let target = relation.target.map({ schema[$0] }) else {
            return zip(relation.polymorphic?.targets ?? [], relation.polymorphic?.targetKeys ?? [])
                .compactMap { target, key in
                    join(Join(relation, of: source, to: schema[target], key: [key], parents: relation.sourceKey))
                }
        }
        if let through = relation.through {
            let link = schema[through.model]
            let links = Join(relation, of: source, to: link, key: through.sourceKey, parents: relation.sourceKey)
            var order: [OrderTerm]?
            if isLimited, include.scope.order.isEmpty { order = include.link?.order ?? [] }
            // Without an order the targets' keys decide, which are the links' as well.
            if order?.isEmpty == true {
                order =
                    relation.targetKey == target.primaryKey
                    ? through.targetKey.map { OrderTerm(Condition.Operand($0)) } : nil
            }
            let targets = Join(
                relation, of: source, to: target, key: relation.targetKey, parents: through.targetKey, in: link)
            return distinct([join(links, order: order), join(targets)].compactMap { $0 })
        }
        let targets = Join(
            relation, of: source, to: target, key: relation.targetKey, parents: relation.sourceKey)
        return [join(targets, order: isLimited ? include.scope.order : nil)].compactMap { $0 }
    }

    /// Rows of a table that are found by keys.
    private struct Join {
        let relation: Relation
        let source: Model
        /// The model whose table holds the key.
        let carrier: Model
        let key: [String]
        /// The column of a polymorphic relation's type, compared with one value.
        let type: [String]
        /// Whether an index can answer the comparison.
        let isIndexable: Bool

        init(
            _ relation: Relation, of source: Model, to carrier: Model, key: [Property.ID], parents: [Property.ID],
            in parent: Model? = nil
        ) {
            self.relation = relation
            self.source = source
            self.carrier = carrier
            self.key = key.map { carrier.properties[$0].column }
            // The type stands where the key does that points at the source.
            let holdsType = relation.polymorphic?.typeName != nil && parent == nil
            type = holdsType ? relation.polymorphic.map { [carrier.properties[$0.discriminator].column] } ?? [] : []
            let parent = parent ?? source
            // Types without a common equality are compared as text; a list's elements are the target's keys.
            isIndexable =
                !key.isEmpty && key.allSatisfy { carrier.properties[$0].columnType.isOrdered }
                && (relation.kind == .referencesMany
                    || zip(key, parents).allSatisfy { own, other in
                        carrier.properties[own].columnType.isComparable(to: parent.properties[other].columnType)
                    })
        }
    }

    /// - Parameter order: the order of which each parent gets the first rows; nil when it gets all.
    private func join(_ join: Join, order: [OrderTerm]? = nil) -> IndexAdvice? {
        guard join.isIndexable, let table = table(of: join.carrier) else { return nil }
        let (key, carrier) = (join.key, join.carrier)
        let name = "\(join.source.name).\(join.relation.name)"
        func has(_ columns: [String]) -> Bool {
            catalog.hasIndex(schema: table.schema, table: table.name, leading: columns)
        }
        if let order, !catalog.isUnique(schema: table.schema, table: table.name, columns: key),
            let asked = OrderTerm.columns(asked: order, of: carrier), !asked.isEmpty,
            let completed = indexColumns(completing: order, of: carrier)
        {
            let isServed = catalog.hasIndex(
                schema: table.schema, table: table.name, leading: key, then: asked, known: join.type)
            guard !isServed else { return nil }
            return IndexAdvice(
                on: table, columns: joined(key + join.type, completed), model: join.source, relation: join.relation,
                reason:
                    "Each \(join.source.name) gets its first \(join.relation.name) by \(text(asked)), and no index of \(table.name) begins with \(key.joined(separator: ", ")) and has them in this order."
            )
        }
        guard !has(key), join.type.isEmpty || !has(key + join.type) else { return nil }
        return IndexAdvice(
            on: table, columns: joined(key + join.type, []), model: join.source, relation: join.relation,
            reason:
                "\(name) is joined by \(table.name).\(key.joined(separator: ", ")), which no index begins with.")
    }
}
