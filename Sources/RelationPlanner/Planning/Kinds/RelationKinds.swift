// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What an include needs to know about the rows it hangs from.
struct RelationParent {
    /// The node that shows them.
    let node: Node.ID
    /// The step that gives them.
    let step: Step.ID
    /// Their model, with its properties in the types that the rows have them in.
    let model: Model
}

/// The columns of a parent's rows that an include takes its keys from.
struct KeyHolder {
    let keys: [StepColumn]
    /// The type, of a polymorphic belongsTo.
    let discriminator: StepColumn?

    init(_ keys: [StepColumn], discriminator: StepColumn? = nil) {
        self.keys = keys
        self.discriminator = discriminator
    }

    /// The columns of rows of a model that go by `t`.
    init(_ relation: Relation, of model: Model) {
        keys = (relation.embedded.map { [$0] } ?? relation.sourceKey).map { property in
            let isList = relation.embedded != nil || relation.kind == .referencesMany
            return .property(property, as: isList ? .value : model.properties[property].columnType.keyForm)
        }
        discriminator =
            relation.target == nil
            ? relation.polymorphic.map {
                .property($0.discriminator, as: model.properties[$0.discriminator].columnType.nameForm)
            } : nil
    }
}

/// Adds the steps and nodes of included relations to a tree, each as its kind is read.
enum RelationKinds {
    /// Adds includes, with what is below them.
    static func add(_ includes: [Include], under parent: RelationParent, to tree: inout StepTree) throws(PlannerError) {
        for (position, include) in includes.enumerated() {
            let relation = parent.model.relations[include.relation]
            try add(
                include, at: position, relation, by: KeyHolder(relation, of: parent.model), under: parent, to: &tree)
        }
    }

    /// Adds one include.
    static func add(
        _ include: Include, at position: Int, _ relation: Relation, by keys: KeyHolder, under parent: RelationParent,
        to tree: inout StepTree
    ) throws(PlannerError) {
        let asked = AskedRelation(include: include, position: position, relation: relation, keys: keys, parent: parent)
        if include.deferral != nil {
            DeferredRelation.add(asked, to: &tree)
        } else if relation.embedded != nil {
            try EmbeddedRelation.add(asked, to: &tree)
        } else if relation.kind == .referencesMany {
            try ReferencesManyRelation.add(asked, to: &tree)
        } else if relation.target == nil {
            try PolymorphicRelation.add(asked, to: &tree)
        } else {
            try KeyedRelation.add(asked, to: &tree)
        }
    }

    /// The columns that includes need of the rows they hang from, which belong to a node.
    static func uses(of includes: [Include], by node: Node.ID, of model: Model) -> [ColumnUse] {
        includes.enumerated().map { position, include in
            let relation = model.relations[include.relation]
            let holder = KeyHolder(relation, of: model)
            var columns = holder.keys
            if let discriminator = holder.discriminator { columns.append(discriminator) }
            // The function may read any property of the record.
            if relation.hasScopeFunction { columns = model.properties.map(\.id).columns() + columns }
            return ColumnUse(.include(node, position), columns)
        }
    }
}

/// A relation that is asked for, and where.
struct AskedRelation {
    let include: Include
    /// Its position beside the includes around it.
    let position: Int
    let relation: Relation
    let keys: KeyHolder
    let parent: RelationParent

    /// The keys of all parents.
    var flow: KeyFlow { KeyFlow(parent.step, keys.keys) }

    /// The relation's node, for records of a model.
    func node(_ model: Model.ID, step: Step.ID? = nil, _ change: (inout StepNode) -> Void = { _ in }) -> StepNode {
        var node = StepNode(relation, include, at: position, model, under: parent.node)
        node.step = step
        change(&node)
        return node
    }
}
