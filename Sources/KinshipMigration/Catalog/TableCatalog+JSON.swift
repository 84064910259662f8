// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension TableCatalog {
    /// Reads the JSON that ``CatalogStatement/text`` gives.
    ///
    /// What isn't known in it is left out: a catalog of a newer server is read like one of an older.
    public init(_ json: JSONValue) {
        self.init()
        schemas.formUnion((json["schemas"]?.elements ?? []).compactMap(\.text))
        for view in json["views"]?.elements ?? [] {
            guard let schema = view["schema"]?.text, let name = view["name"]?.text else { continue }
            views.insert(Catalog.TableName(schema, name))
        }
        for type in json["types"]?.elements ?? [] {
            guard let schema = type["schema"]?.text, let name = type["name"]?.text else { continue }
            types[Catalog.TableName(schema, name)] = UserType(type)
        }
        for member in json["tables"]?.members ?? [] {
            // A table that isn't in `public` has its schema in front, or says it.
            let name: Catalog.TableName
            if let schema = member.value["schema"]?.text, let table = member.value["name"]?.text {
                name = Catalog.TableName(schema, table)
            } else {
                let parts = member.key.split(separator: ".", maxSplits: 1).map(String.init)
                name =
                    parts.count == 2 ? Catalog.TableName(parts[0], parts[1]) : Catalog.TableName("public", member.key)
            }
            tables[name] = Table(name, member.value)
            schemas.insert(name.schema)
        }
    }
}

extension TableCatalog.Table {
    init(_ name: Catalog.TableName, _ json: JSONValue) {
        self.init(name)
        func list(_ key: String) -> [JSONValue] { json[key]?.elements ?? [] }
        columns = list("columns").map { TableCatalog.Column($0) }
        isPartitioned = json["kind"]?.text == "partitioned"
        primaryKey = list("primaryKey").compactMap(\.text)
        uniques = list("unique").map {
            .init(name: $0["name"]?.text ?? "", columns: $0.texts("columns"), isSpecial: $0["special"] == .bool(true))
        }
        indexes = list("indexes").map { TableCatalog.Index($0) }
        foreignKeys = list("foreignKeys").map { TableCatalog.ForeignKey($0) }
        checks = list("checks").map { TableCatalog.Check($0) }
    }
}

extension TableCatalog.Column {
    init(_ json: JSONValue) {
        self.init(
            json["name"]?.text ?? "", json["type"]?.text ?? "", isNullable: json["nullable"] != .bool(false))
        if json["serial"] == .bool(true) {
            filling = .serial
        } else if let identity = json["identity"]?.text {
            filling = .identity(always: identity == "always")
        } else if let expression = json["generated"]?.text {
            filling = .generated(expression)
        } else if let expression = json["default"]?.text {
            filling = .expression(expression)
        }
    }
}

extension TableCatalog.Index {
    init(_ json: JSONValue) {
        let expressions = Set(json.texts("expressions"))
        let columns = json.texts("columns").map { text in
            let isDescending = text.hasSuffix(" DESC")
            let name = isDescending ? String(text.dropLast(5)) : text
            // An expression has a parenthesis; the statement tells those of both.
            return Column(
                name: name, isDescending: isDescending,
                isExpression: json["expressions"] == nil ? name.contains("(") : expressions.contains(name))
        }
        self.init(
            name: json["name"]?.text ?? "", columns: columns, isUnique: json["unique"] == .bool(true),
            method: json["method"]?.text ?? "btree", condition: json["where"]?.text,
            isValid: json["invalid"] != .bool(true), isExtended: json["extended"] == .bool(true),
            isSpecial: json["special"] == .bool(true))
        if case .number(let text)? = json["builder"] { builder = Int(text) }
        isAdvised = json["advised"] == .bool(true)
    }
}

extension TableCatalog.ForeignKey {
    init(_ json: JSONValue) {
        let target = json["references"]
        let table = target?["table"]?.text ?? ""
        var name = Catalog.TableName(target?["schema"]?.text ?? "public", table)
        if target?["schema"] == nil, let dot = table.firstIndex(of: ".") {
            name = Catalog.TableName(String(table[..<dot]), String(table[table.index(after: dot)...]))
        }
        self.init(
            name: json["name"]?.text ?? "", columns: json.texts("columns"), target: name,
            targetColumns: target?.texts("columns") ?? [], onDelete: json["onDelete"]?.text ?? "NO ACTION",
            onUpdate: json["onUpdate"]?.text ?? "NO ACTION", isValid: json["notValid"] != .bool(true),
            isSpecial: json["special"] == .bool(true))
    }
}

extension TableCatalog.Check {
    init(_ json: JSONValue) {
        let expression = json["expression"]?.text ?? ""
        var rule = Rule.expression(expression)
        if let column = json["values"]?["column"]?.text {
            let values = json["values"]?["oneOf"]?.elements ?? []
            rule = .oneOf(
                column: column, values: Set(values.map { $0.text ?? $0.description }),
                areNumbers: values.contains { $0.text == nil })
        } else if let read = CheckReader.rule(of: expression) {
            rule = read
        }
        self.init(name: json["name"]?.text ?? "", rule: rule, isValid: json["notValid"] != .bool(true))
    }
}

extension JSONValue {
    fileprivate func texts(_ key: String) -> [String] { (self[key]?.elements ?? []).compactMap(\.text) }
}
