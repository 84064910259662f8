// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A belongsTo of whose targets nothing but the key is asked: the key stands in the parents' rows already.
///
/// Only where a foreign key of the database says that the target exists, and nothing hides it from the reader.
struct KeyOnlyPass: Pass {
    func run(on tree: inout StepTree) {
        for id in tree.nodeIDs where tree.nodes[id].kind == .belongsTo { skipTargets(of: id, in: &tree) }
    }

    private func skipTargets(of id: Node.ID, in tree: inout StepTree) {
        let node = tree.nodes[id]
        // An embedded record is no row of its model's table, so what the table's foreign keys say isn't said of it.
        guard let parent = node.parent, let include = node.include, let step = node.step,
            case .asked(let keys, _)? = node.link, include.probe == .always, !tree.steps[keys.step].isLocal,
            let relation = tree.relation(of: node),
            let target = relation.target.map({ tree.schema[$0] }),
            let shown = KeyedTarget.shown(include.scope, of: target, by: relation.targetKey, at: keys.columns),
            tree.schema.isReferenced(
                target, relation.targetKey, by: relation.sourceKey, of: tree.schema[tree.nodes[parent].model])
        else { return }
        tree.change(id) { node in
            node.shown = shown
            node.link = .joined(presence: keys.columns)
        }
        tree.replace(step, by: keys.step) { KeyedTarget.column($0, by: relation.targetKey, at: keys.columns) }
    }
}

/// Targets that are known by their key alone.
enum KeyedTarget {
    /// What is shown of a target, when its key is enough for all that is asked of it.
    static func shown(
        _ scope: Filter, of target: Model, by key: [Property.ID], at columns: [StepColumn]
    ) -> [StepNode.Shown]? {
        guard scope.condition == .always, scope.cursor == nil else { return nil }
        var shown: [StepNode.Shown] = []
        for property in ColumnList.visible(scope.fields, of: target) {
            guard let part = key.firstIndex(of: property) else { return nil }
            shown.append(StepNode.Shown(column: columns[part], property: property))
        }
        for include in scope.include {
            let relation = target.relations[include.relation]
            guard relation.sourceKey.allSatisfy(key.contains), relation.target != nil, relation.embedded == nil,
                include.deferral == nil
            else { return nil }
        }
        return shown
    }

    /// The column that has what stood in a column of the target.
    static func column(_ column: StepColumn, by key: [Property.ID], at columns: [StepColumn]) -> StepColumn {
        guard case .property(let property, RowSource.alias, _) = column, let part = key.firstIndex(of: property) else {
            return column
        }
        return columns[part]
    }
}

extension Schema {
    /// Whether there is a target for each key that isn't NULL, written as the target writes its own, and readers see it.
    func isReferenced(_ target: Model, _ key: [Property.ID], by foreignKey: [Property.ID], of source: Model) -> Bool {
        guard let catalog else { return false }
        let same = zip(key, foreignKey).allSatisfy { own, other in
            let types = (target.properties[own].columnType, source.properties[other].columnType)
            // The server may hold 1 and 1.0 or "a" and "A" equal: only the target tells then which of them it has.
            return types.0.oid == types.1.oid && types.0.equalityIsBytewise && types.1.equalityIsBytewise
                && types.1.keyForm == .value
        }
        let table = Catalog.TableName(target.tableSchema, target.table)
        return same
            && catalog.hasForeignKey(
                from: Catalog.TableName(source.tableSchema, source.table),
                columns: foreignKey.map { source.properties[$0].column }, to: table,
                columns: key.map { target.properties[$0].column })
            && catalog.table(table.schema, table.name)?.hasRowSecurity == false
    }
}
