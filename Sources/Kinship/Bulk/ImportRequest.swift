// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// What an import is asked to do.
struct ImportRequest {
    /// What it is done with.
    struct Preparation {
        let encoder: RowEncoder
        let writer: ImportWriter
        /// Whether rows are staged from the beginning.
        let isStaged: Bool
    }

    let conflict: ConflictPolicy
    let key: [String]?
    let errorPolicy: ErrorPolicy
    let takesKeys: Bool
    let isDryRun: Bool
    let timeout: Duration?

    init(
        _ conflict: ConflictPolicy, _ key: [String]?, _ errorPolicy: ErrorPolicy, _ takesKeys: Bool, _ isDryRun: Bool,
        _ timeout: Duration?
    ) {
        self.conflict = conflict
        self.key = key
        self.errorPolicy = errorPolicy
        self.takesKeys = takesKeys
        self.isDryRun = isDryRun
        self.timeout = timeout
    }

    /// Makes out how the records of a model are written.
    ///
    /// - Parameters:
    ///   - scope: what records have to meet to be changed.
    ///   - new: what says values of new ones.
    /// - Throws: ``PlannerError`` for a key that can't tell records apart, and for copies that are kept right.
    func prepare(_ planning: Planning, _ model: Model, _ scope: Condition, new: Condition) throws -> Preparation {
        let copies = planning.schema.copies
        guard copies.held(by: model.id).isEmpty, copies.unkept(by: model.id).isEmpty,
            conflict != .update || copies.taken(from: model.id).isEmpty
        else {
            throw PlannerError(
                .unsupported,
                "\(model.name) has copies that are kept right (\"sync\"), which COPY would pass over; make and change its records by createAll and upsert.",
                model: model.name)
        }
        let encoder = try RowEncoder(
            planning, model, said: new.saidValues, takesKey: takesKeys || conflict != .fail,
            keepsGiven: conflict == .update)
        let writer = ImportWriter(
            planning.schema, model, encoder.columns.map(\.property), key: try properties(of: model, planning),
            conflict == .fail ? .fail : conflict == .skip ? .skip : .update, scope)
        let table = planning.schema.catalog?.table(model.tableSchema, model.table)
        let takesCopy =
            [.table, .partitioned, .foreign].contains(table?.kind ?? .table) && table?.hasRowSecurity != true
        return Preparation(
            encoder: encoder, writer: writer, isStaged: conflict != .fail || errorPolicy.limit > 0 || !takesCopy)
    }

    /// The properties by which records are the same.
    private func properties(of model: Model, _ planning: Planning) throws -> [Property.ID] {
        guard conflict != .fail else { return [] }
        let properties: [Property.ID]
        if let key {
            properties = try key.map { name in
                guard let property = model.property(name) else {
                    throw PlannerError(
                        .unknownProperty, "\(model.name) has no property \"\(name)\".", path: "key", model: model.name,
                        property: name)
                }
                return property.id
            }
        } else {
            properties = try planning.primaryKey(of: model)
        }
        guard !properties.isEmpty, planning.schema.hasArbiter(properties, of: model) else {
            let names = properties.map { model.properties[$0].name }.joined(separator: ", ")
            throw PlannerError(
                .unsupported,
                "Records of \(model.name) can't be told apart by \(names): \(model.table) has no unique index of exactly that, which holds for all rows. Name the properties of one that there is.",
                path: "key", model: model.name)
        }
        return properties
    }
}
