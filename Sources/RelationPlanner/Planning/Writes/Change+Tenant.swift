// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Change {
    /// The same for the records of a tenant, whatever it is that has made the change: rows that are found, changed or deleted have to be
    /// the tenant's, and those that are made are.
    ///
    /// - Throws: ``PlannerError`` `TENANT_REQUIRED` where nobody has said whose; `TENANT_MISMATCH` for values of another tenant.
    package func within(_ scoped: ScopedSchema) throws(PlannerError) -> Change {
        guard scoped.tenancy != nil else { return self }
        var change = self
        for position in change.ahead.indices {
            guard case .row(let model, var match, let lock) = change.ahead[position] else { continue }
            try match.stayWithin(model, scoped)
            change.ahead[position] = .row(model, match, lock)
        }
        for position in change.parts.indices { try change.parts[position].stayWithin(scoped) }
        return change
    }
}

extension ChangePart {
    fileprivate mutating func stayWithin(_ scoped: ScopedSchema) throws(PlannerError) {
        switch action {
        case .find(var find):
            try find.match.stayWithin(model, scoped)
            action = .find(find)
        case .delete(var match):
            try match.stayWithin(model, scoped)
            action = .delete(match)
        case .update(var update):
            try update.match.stayWithin(model, scoped)
            if let own = try scoped.tenant(of: scoped.schema[model]) {
                for cell in update.cells where cell.property == own.property.id {
                    try require(cell.value, update.match.lists, own: own, of: scoped.schema[model], isNew: false)
                }
                update.cells.removeAll { $0.property == own.property.id }
            }
            // Nothing else was to be changed.
            action = update.cells.isEmpty ? .find(Find(update.match, lock: .noKeyUpdate)) : .update(update)
        case .insert(var insert):
            if let own = try scoped.tenant(of: scoped.schema[model]) {
                try insert.stayWithin(own, of: scoped.schema[model])
            }
            if var missing = insert.missing {
                try missing.stayWithin(model, scoped)
                insert.missing = missing
            }
            action = .insert(insert)
        }
    }
}

extension Insert {
    fileprivate mutating func stayWithin(
        _ own: (property: Property, value: BoundValue), of model: Model
    ) throws(PlannerError) {
        let tenant = own.property.id
        for cell in cells where cell.property == tenant {
            try require(cell.value, lists, own: own, of: model, isNew: true)
        }
        if let position = cells.firstIndex(where: { $0.property == tenant }) {
            cells[position].value = .value(own.value)
        } else {
            cells.append(Cell(tenant, .value(own.value)))
        }
        guard case .update(let key, let set, let counting, let condition) = conflict else { return }
        // One that is there and another tenant's stays as it is, and isn't shown.
        conflict = .update(
            key, set: set.filter { $0 != tenant }, counting: counting,
            condition: condition.and(.comparison(Condition.Operand(tenant), .equal, own.value)))
    }
}

extension RowMatch {
    /// Leaves those of the tenant.
    fileprivate mutating func stayWithin(_ model: Model.ID, _ scoped: ScopedSchema) throws(PlannerError) {
        condition = try scoped.within(condition, scoped.schema[model])
        if var linked {
            linked.condition = try scoped.within(linked.condition, scoped.schema[linked.model])
            self.linked = linked
        }
        if var listed {
            listed.condition = try scoped.within(listed.condition, scoped.schema[listed.model])
            self.listed = listed
        }
    }
}

/// Sees to it that what a change sets the tenant's property to is the tenant's own value.
private func require(
    _ value: ChangeValue, _ lists: [ValueList], own: (property: Property, value: BoundValue), of model: Model,
    isNew: Bool
) throws(PlannerError) {
    let contents: [BoundValue.Contents]
    switch value {
    case .value(let value): contents = [value.contents]
    case .list(let position), .listOrDefault(let position, _):
        let list = lists.indices.contains(position) ? lists[position].contents : []
        contents = list
    // Whatever these are, the session's own value stands in their place.
    case .byDefault, .expression, .part: contents = []
    case .now, .computed, .copied: contents = [.bool(false)]
    }
    for (place, content) in contents.enumerated() where content != own.value.contents {
        // What isn't given is filled in.
        if isNew, content == .null { continue }
        let name = own.property.name
        throw PlannerError(
            .tenantMismatch,
            "\(model.name).\(name) says whose a record is, and is the session's own: leave it out, or use the session of that tenant.",
            path: contents.count > 1 ? "[\(place)].\(name)" : name, model: model.name, property: name)
    }
}
