// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// Properties of one model that are kept in one column, in the order of the first of them.
    package var sharedColumns: [(model: Model, properties: [Property])] {
        var shared: [(model: Model, properties: [Property])] = []
        for model in models where model.isPersisted {
            let columns: [String: [Property]] = Dictionary(grouping: model.properties) { $0.column }
            for property in model.properties {
                guard let group = columns[property.column], group.count > 1, group[0].id == property.id else {
                    continue
                }
                shared.append((model, group))
            }
        }
        return shared
    }

    /// Warns of properties that are kept in one column: the database takes no statement that writes both.
    mutating func noteSharedColumns() {
        for (model, properties) in sharedColumns {
            guard let last = properties.last(where: { !$0.isImplied }) else { continue }
            let names = properties.map { $0.name }.joined(separator: ", ")
            warnings.append(
                DefinitionWarning(
                    .sharedColumn,
                    "\(names) of \(model.name) are kept in one column, \"\(last.column)\": data that have more than one of them can't be written.",
                    file: model.definition.file, path: "properties.\(last.name)", model: model.name,
                    property: last.name))
        }
    }
}
