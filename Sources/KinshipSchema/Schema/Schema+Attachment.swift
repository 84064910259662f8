// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// Holds every model that may do without a table against the database: what has none can't be asked for.
    mutating func detachLooseModels(_ catalog: Catalog) {
        for model in models where model.isPersisted {
            guard let attachment = model.definition.attachment, attachment.isLoose else { continue }
            if !model.fits(catalog) { models[model.id].isPersisted = false }
        }
    }

    /// Whether a model whose table is missing is none to miss: it is attached nowhere, only a base, or only embedded.
    func needsNoTable(_ model: Model) -> Bool {
        if let attachment = model.definition.attachment { return attachment.isLoose || isOnlyEmbedded(model.id) }
        if isOnlyEmbedded(model.id) { return true }
        return models.contains { $0.id != model.id && $0.definition.base == model.name }
            && !models.flatMap(\.relations).contains { $0.target == model.id || $0.through?.model == model.id }
    }

    /// Whether relations lead to the model, and all of them embed it.
    func isOnlyEmbedded(_ id: Model.ID) -> Bool {
        let pointing = models.flatMap(\.relations).filter { $0.target == id || $0.through?.model == id }
        return !pointing.isEmpty && pointing.allSatisfy { $0.embedded != nil }
    }

    /// Relations that brought in a property whose column is missing, where LoopBack has no such relation: one of their
    /// ends has no table, or is written in another case than its model. Each with the reason.
    func danglingRelations(_ catalog: Catalog) -> [(relation: Relation, reason: String)] {
        var found: [(Relation, String)] = []
        for model in models where model.isPersisted {
            guard let table = catalog.table(model.tableSchema, model.table) else { continue }
            let missing = Set(
                model.properties.filter { $0.isImplied && table.columns[$0.column] == nil }.map(\.id))
            guard !missing.isEmpty else { continue }
            for relation in models.flatMap(\.relations) where uses(relation, missing, of: model.id) {
                if let reason = looseEnd(relation) ?? misspeltEnd(relation) { found.append((relation, reason)) }
            }
        }
        return found
    }

    private func looseEnd(_ relation: Relation) -> String? {
        let ends = [relation.source, relation.target, relation.through?.model].compactMap { $0.map { models[$0] } }
        let loose = ends.first { !$0.isPersisted && $0.definition.attachment?.isLoose == true }
        return loose.map { "\($0.name) \($0.definition.attachment?.reason ?? "")" }
    }

    private func misspeltEnd(_ relation: Relation) -> String? {
        let definition = relation.definition
        for (written, id) in [(definition.model, relation.target), (definition.through, relation.through?.model)] {
            guard let written, let model = id.map({ models[$0] }), model.name != written else { continue }
            return "there is no model \"\(written)\" (one is called \(model.name)), and no column for its key"
        }
        return nil
    }

    private func uses(_ relation: Relation, _ properties: Set<Property.ID>, of model: Model.ID) -> Bool {
        func isAmong(_ keys: [Property.ID]) -> Bool { keys.contains(where: properties.contains) }
        if relation.source == model, isAmong(relation.sourceKey + [relation.embedded].compactMap(\.self)) {
            return true
        }
        if relation.target == model, isAmong(relation.targetKey) { return true }
        if let through = relation.through, through.model == model, isAmong(through.sourceKey + through.targetKey) {
            return true
        }
        guard let discriminator = relation.polymorphic?.discriminator else { return false }
        let holder = relation.kind == .belongsTo ? relation.source : relation.through?.model ?? relation.target
        return holder == model && properties.contains(discriminator)
    }

    /// Refuses what needs the table of a model that has none.
    ///
    /// - Throws: ``PlannerError`` `NO_TABLE`.
    public func requireTable(of model: Model) throws(PlannerError) {
        guard !model.isPersisted else { return }
        throw PlannerError(.noTable, noTable(model), model: model.name)
    }

    package func noTable(_ model: Model) -> String {
        let reason = model.definition.attachment.flatMap { $0.isLoose ? ": it \($0.reason)" : nil } ?? ""
        return
            "\(model.name) has no table\(reason). Create the table \"\(model.tableSchema)\".\"\(model.table)\" to ask for its records."
    }
}

extension Model {
    /// Whether the table is there with a column for each property of the definition.
    fileprivate func fits(_ catalog: Catalog) -> Bool {
        guard definition.attachment != .unlisted, let table = catalog.table(tableSchema, table) else { return false }
        return properties.allSatisfy { $0.isImplied || table.columns[$0.column] != nil }
    }
}
