// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension MigrationPlan {
    /// The types of the database's own that columns or domains get and no step makes, each with the first that gets it.
    package var foreignTypes: [(subject: String, type: String)] {
        var seen: Set<Catalog.TableName> = []
        for step in steps {
            if case .createType = step.change { seen.insert(step.table) }
        }
        var found: [(subject: String, type: String)] = []
        func look(_ type: String, _ subject: String) {
            guard let name = Catalog.TableName(type: type), seen.insert(name).inserted else { return }
            found.append((subject, type))
        }
        for step in steps {
            let table = step.table.shown
            switch step.change {
            case .createType(.domain(let domain)): look(domain.type, table)
            case .createTable(let made): for column in made.columns { look(column.type, "\(table).\(column.name)") }
            case .addColumn(let column): look(column.type, "\(table).\(column.name)")
            case .changeTypes(let changes):
                for change in changes { look(change.column.type, "\(table).\(change.column.name)") }
            default: break
            }
        }
        return found
    }
}
