// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Discovery {
    mutating func lose(_ kind: DiscoveryLoss.Kind, _ draft: Int, _ name: String? = nil, _ detail: String? = nil) {
        losses.append(
            DiscoveryLoss(kind: kind, table: drafts[draft].table.name, name: name, detail: detail))
    }

    /// What is known of tables and can't be said of models, as far as it isn't said where models are made.
    mutating func makeLosses() {
        for draft in drafts.indices {
            let table = drafts[draft].table
            guard !drafts[draft].model.isView else {
                lose(.view, draft)
                continue
            }
            if table.isPartitioned { lose(.partition, draft) }
            for check in table.checks {
                if !drafts[draft].saidChecks.contains(check.name) {
                    lose(.check, draft, check.name, check.text)
                } else if !check.isValid {
                    lose(.notValidated, draft, check.name)
                }
            }
            for column in table.columns {
                if column.filling == .serial { lose(.serial, draft, column.name) }
                if let type = unsayableType(of: column) { lose(.type, draft, column.name, type) }
            }
            if notes.tableComments[table.name] != nil { lose(.comment, draft) }
            for column in table.columns
            where notes.columnComments[.init(table: table.name, column: column.name)] != nil {
                lose(.comment, draft, column.name)
            }
        }
        for other in notes.others {
            guard let draft = drafts.firstIndex(where: { $0.table.name == other.table && !$0.model.isView }) else {
                continue
            }
            lose(other.kind, draft, other.name, other.detail)
        }
    }

    /// The type that a column stands on and models only name; nil where they say all of it.
    private func unsayableType(of column: TableCatalog.Column) -> String? {
        switch userType(column.type) {
        case nil, .enumeration?: return nil
        case .other?: return column.type
        case .domain(let domain)?:
            switch userType(domain.type) {
            case nil, .enumeration?: return nil
            case .domain?, .other?: return domain.type
            }
        }
    }

    /// A type of the database's own or of an extension; nil for the server's.
    private func userType(_ type: String) -> TableCatalog.UserType? {
        // Types of extensions are known by their first word: geometry(Point,4326).
        let word = String(type.prefix { $0 != "(" && $0 != "[" })
        return catalog.types[Catalog.TableName(type: type) ?? Catalog.TableName("public", word)]
    }
}
