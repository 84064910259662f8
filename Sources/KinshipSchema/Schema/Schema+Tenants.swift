// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Whose records are whose (`tenant`): what is wrong there is never left out, for that would open what is to be kept apart.
extension Schema {
    /// What models say of tenants that can't be kept.
    func tenantMistakes() -> [DefinitionMistake] {
        guard models.contains(where: { $0.definition.tenant != nil }) else { return [] }
        var mistakes: [DefinitionMistake] = []
        var tables: [[String]: [Model]] = [:]
        for model in models {
            if let name = model.definition.tenant, let message = tenantProblem(name, of: model) {
                mistakes.append(.tenant(message, of: model, property: name))
            }
            if model.isPersisted { tables[[model.tableSchema, model.table], default: []].append(model) }
        }
        for (_, models) in tables.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) where models.count > 1 {
            guard let first = models.first(where: { $0.tenant != nil }) else { continue }
            for model in models where model.tenant?.column != first.tenant?.column {
                mistakes.append(
                    .tenant(
                        "\(model.name) is kept in the table of \(first.name), whose records are a tenant's, and would show them to all. Give it the same \"tenant\".",
                        of: model))
            }
        }
        for group in copies.groups {
            let (holder, source) = (self[group.holder], self[group.source])
            if let tenant = holder.tenant, group.copies.contains(where: { $0.holder == tenant.id }) {
                mistakes.append(
                    .tenant(
                        "\(holder.name).\(tenant.name) says whose a record is, and can't be a copy that is kept right (\"sync\") of \(source.name): records don't change tenant. Leave it out of \"properties\".",
                        of: holder, property: tenant.name))
            }
            guard source.tenant != nil else { continue }
            if holder.tenant == nil {
                mistakes.append(
                    .tenant(
                        "\(holder.name) keeps copies (\"sync\") of \(source.name), whose records are a tenant's, and shows them to all. Give it a \"tenant\" as well.",
                        of: holder))
            } else if Set(group.key.map(\.source)) != Set(source.primaryKey) {
                mistakes.append(
                    .tenant(
                        "\(holder.name) keeps copies (\"sync\") of \(source.name) by a key that several tenants may have. Let the relation refer to the primary key of \(source.name).",
                        of: holder))
            }
        }
        return mistakes
    }

    private func tenantProblem(_ name: String, of model: Model) -> String? {
        guard let property = model.property(name) else {
            return
                "\(model.name) has no property \"\(name)\", which \"tenant\" names."
                + Suggestion.text(for: name, among: model.properties.map(\.name))
        }
        let isPlain =
            switch property.columnType.category {
            case .int2, .int4, .int8, .text, .uuid, .enumeration: property.columnType.equalityIsBytewise
            default: false
            }
        guard isPlain, !property.isGenerated, filling(of: property, in: model) != .generated else {
            return
                "\(model.name).\(name) can't say whose a record is: it has to be a text, a whole number or a uuid that isn't made by the database."
        }
        let isTaken =
            model.softDelete?.id == property.id || model.version?.id == property.id
            || model.relations.contains {
                $0.embedded == property.id || $0.kind == .referencesMany && $0.sourceKey == [property.id]
            }
        return isTaken ? "\(model.name).\(name) says something else already: name another property in \"tenant\"." : nil
    }
}

extension DefinitionMistake {
    fileprivate static func tenant(_ message: String, of model: Model, property: String? = nil) -> DefinitionMistake {
        DefinitionMistake(
            error: PlannerError(
                .invalidDefinition, message, path: "tenant", file: model.definition.file, model: model.name,
                property: property))
    }
}
