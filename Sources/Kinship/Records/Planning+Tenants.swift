// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Planning {
    /// Data of a record that is there without what says whose it is, which stays as it is.
    ///
    /// - Throws: ``PlannerError`` `TENANT_MISMATCH` where they would give it to another tenant.
    func withoutTenant(_ data: RecordData, of model: Model) throws(PlannerError) -> RecordData {
        guard let (property, value) = try scoped.tenant(of: model), let given = data[property.id] else { return data }
        guard given == .value(value) else {
            throw PlannerError(
                .tenantMismatch,
                "\(model.name).\(property.name) says whose a record is, which doesn't change; leave it out.",
                path: property.name, model: model.name, property: property.name)
        }
        var data = data
        data[property.id] = nil
        return data
    }

    /// Refuses what goes past the statements that keep tenants apart.
    ///
    /// - Throws: ``PlannerError`` `UNSUPPORTED`.
    func refuseTenant(of model: Model) throws(PlannerError) {
        guard let tenancy = scoped.tenancy, tenancy.value != .all,
            model.tenant != nil || !tenancy.references(of: model.id).isEmpty
        else { return }
        throw PlannerError(
            .unsupported,
            "Records of \(model.name) belong to tenants, or refer to such records, which an import doesn't look at; make them by createAll, or import by session.withoutTenant(reason:).",
            model: model.name)
    }
}

extension SessionContext {
    /// Sees to it that a change lets rows refer to no record of another tenant: there is none, as far as this one knows.
    ///
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND`.
    /// - Note: A statement for each model of tenants that the data refer to by keys.
    func requireTenantTargets(of change: Change, _ planning: Planning) async throws {
        guard planning.scoped.tenancy != nil, !trustsKeys, recorder?.isRunning != false else { return }
        let referred = try change.tenantKeys(planning.scoped) { value in
            let text = value.shown ?? "null"
            return (try? JSONValue(parsing: text)) ?? .string(text)
        }
        for keys in referred {
            let target = planning.schema[keys.target]
            var condition = Condition.always
            if let (property, value) = try planning.scoped.tenant(of: target) {
                condition = .comparison(Condition.Operand(property.id), .equal, value)
            }
            // What stands for the session's own value is looked at in any case.
            let positions = keys.properties.indices.filter { position in keys.keys.allSatisfy { $0[position] != .null }
            }
            let properties = positions.map { keys.properties[$0] }
            var rest = keys.keys.map { key in positions.map { key[$0] } }[...]
            while !rest.isEmpty {
                let some = Array(rest.prefix(max(1, planning.trees.filterLimits.listLength)))
                rest = rest.dropFirst(some.count)
                try await requireKeys(some, properties, of: target, condition, planning)
            }
        }
    }

    private func requireKeys(
        _ keys: [[JSONValue]], _ properties: [Property.ID], of target: Model, _ condition: Condition,
        _ planning: Planning
    ) async throws {
        func missing(_ key: [JSONValue]) -> PlannerError {
            planning.missing(target, key.count == 1 ? key[0] : .array(key))
        }
        // What its key can't be nothing is.
        for key in keys {
            for (value, property) in zip(key, properties) {
                let bound = try? planning.schema.value(value, of: property, in: target.id)
                guard bound?.type.category == target.properties[property].columnType.category else {
                    throw missing(key)
                }
            }
        }
        let found = try await reached(keys, properties, of: target, condition, planning)
        for key in keys {
            let name = zip(key, properties).map { RecordName.Part($0, target.properties[$1]) }
            guard !found.contains(name) else { continue }
            // Which spellings are one key only the server knows.
            guard try await reached([key], properties, of: target, condition, planning).isEmpty else { continue }
            throw missing(key)
        }
    }
}
