// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Discovery {
    /// What isn't unique by one column, and indexes that keys don't have anyway.
    mutating func makeIndexes(of draft: Int) {
        let table = drafts[draft].table
        for unique in table.uniques {
            if unique.isSpecial { lose(.specialConstraint, draft, unique.name) }
            guard unique.columns.count > 1 else { continue }
            let options: [JSONValue.Member] = [.init("unique", .bool(true)), .init("constraint", .bool(true))]
            let columns = unique.columns.map { (name: $0, isDescending: false) }
            drafts[draft].model.indexes.append(.init(unique.name, entry(columns, of: draft, options)))
        }
        for index in table.indexes {
            if let loss = Self.loss(of: index) {
                lose(loss, draft, index.name, index.condition.map { "WHERE \($0)" })
                // What it covers is no part of what it is found by.
                guard loss == .specialIndex, index.isPlain else { continue }
            }
            guard !isImplied(index, in: table) else { continue }
            let options: [JSONValue.Member] = index.isUnique ? [.init("unique", .bool(true))] : []
            let type = index.method == "btree" ? nil : index.method
            let columns = index.columns.map { (name: $0.name, isDescending: $0.isDescending) }
            drafts[draft].model.indexes.append(.init(index.name, entry(columns, of: draft, options, type: type)))
        }
    }

    /// An index as models say it.
    func entry(
        _ columns: [(name: String, isDescending: Bool)], of draft: Int, _ options: [JSONValue.Member] = [],
        type: String? = nil
    ) -> JSONValue {
        let keys = columns.map { column in
            JSONValue.Member(property(column.name, of: draft), .number(column.isDescending ? "-1" : "1"))
        }
        var members: [JSONValue.Member] = [.init("keys", .object(keys))]
        if !options.isEmpty { members.append(.init("options", .object(options))) }
        if let type { members.append(.init("type", .string(type))) }
        return .object(members)
    }

    private static func loss(of index: TableCatalog.Index) -> DiscoveryLoss.Kind? {
        if !index.isValid { return .invalidIndex }
        if index.condition != nil { return .partialIndex }
        if index.columns.contains(where: \.isExpression) { return .expressionIndex }
        return index.isSpecial || index.isExtended ? .specialIndex : nil
    }

    /// Whether a migration makes the index for a foreign key, where nothing else begins with its columns.
    private func isImplied(_ index: TableCatalog.Index, in table: TableCatalog.Table) -> Bool {
        let columns = index.columns.map(\.name)
        guard !index.isUnique, index.method == "btree", !index.columns.contains(where: \.isDescending) else {
            return false
        }
        let isKey = table.foreignKeys.contains { key in
            key.columns == columns && drafts.contains { $0.table.name == key.target }
        }
        var rest = table
        rest.indexes.removeAll { $0.name == index.name }
        return isKey && !rest.hasIndex(on: columns)
    }

    // MARK: Foreign keys

    /// What a relation doesn't say of its constraint: what happens when the other record goes or gets another key, and a name that somebody chose.
    mutating func makeForeignKey(_ key: TableCatalog.ForeignKey, of source: Int, to target: Int) {
        let usual = "\(drafts[source].table.name.name)_\(key.columns.joined(separator: "_"))_fkey".identifier
        let actions = [("onDelete", key.onDelete), ("onUpdate", key.onUpdate)].filter { $0.1 != "NO ACTION" }
        guard key.name != usual || !actions.isEmpty else { return }
        var members: [JSONValue.Member] = [
            .init("entity", .string(drafts[target].model.name)),
            .init("foreignKey", properties(key.columns, of: source)),
        ]
        if key.targetColumns != drafts[target].table.primaryKey {
            members.append(.init("entityKey", properties(key.targetColumns, of: target)))
        }
        members += actions.map { .init($0.0, .string($0.1)) }
        drafts[source].model.foreignKeys.append(.init(key.name, .object(members)))
    }
}
