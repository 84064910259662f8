// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension TableCatalog {
    /// A type of the database's own.
    public enum UserType: Sendable, Hashable {
        /// An enumeration, with its values in their order.
        case enumeration([String])
        /// A domain.
        case domain(DomainDefinition)
        /// Another one, that models can't describe.
        case other
    }

    /// Whether a column has a type already: then it is there, whatever is known of it.
    func uses(_ type: Catalog.TableName) -> Bool {
        tables.values.contains { $0.columns.contains { Catalog.TableName(type: $0.type) == type } }
    }
}

extension Catalog.TableName {
    /// The name of a type as SQL writes it, of its elements where it is a list; nil for the server's own types, and for what is more than a name.
    init?(type written: String) {
        var text = written.trimmingSpace
        while text.hasSuffix("[]") { text = String(text.dropLast(2)).trimmingSpace }
        var (parts, isOpen) = ([""], false)
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "\"" {
                if isOpen, rest.first == "\"" {
                    parts[parts.count - 1].append("\"")
                    rest.removeFirst()
                } else {
                    isOpen.toggle()
                }
            } else if isOpen {
                parts[parts.count - 1].append(character)
            } else if character == "." {
                parts.append("")
            } else if character.isLetter || character.isNumber || "_$".contains(character) {
                parts[parts.count - 1] += character.lowercased()
            } else {
                return nil
            }
        }
        guard !isOpen, (1...2).contains(parts.count), !parts.contains("") else { return nil }
        if parts.count == 2 {
            guard parts[0] != "pg_catalog" else { return nil }
            self.init(parts[0], parts[1])
        } else {
            let isKnown = Self.common.contains(parts[0]) && !text.hasPrefix("\"")
            let isOwn = ColumnType(named: text).oid == 0 && !isKnown
            guard isOwn else { return nil }
            self.init("public", parts[0])
        }
    }

    /// Types of the server and of extensions that people use, which are nobody's own.
    private static let common: Set<String> = [
        "macaddr8", "jsonpath", "pg_lsn", "txid_snapshot", "pg_snapshot", "xid", "xid8", "cid", "tid", "regclass",
        "regtype", "regproc", "regcollation", "regoper", "regoperator", "refcursor", "aclitem", "regprocedure",
        "regrole", "regnamespace", "regconfig", "regdictionary", "varbit",
        "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange", "int4multirange", "int8multirange",
        "nummultirange", "tsmultirange", "tstzmultirange", "datemultirange", "citext", "hstore", "ltree",
        "lquery", "ltxtquery", "cube", "seg", "isbn", "isbn13", "ean13", "issn", "upc", "geometry",
        "geography", "box2d", "box3d", "raster", "vector", "halfvec", "sparsevec",
    ]
}

extension TableCatalog.UserType {
    init(_ json: JSONValue) {
        if let values = json["values"]?.elements {
            self = .enumeration(values.compactMap(\.text))
        } else if let domain = json["domain"].flatMap({ DomainDefinition(json: $0) }) {
            self = .domain(domain)
        } else {
            self = .other
        }
    }

    /// The type as ``init(_:)`` reads it.
    func json(_ name: Catalog.TableName) -> JSONValue {
        var members: [JSONValue.Member] = [.init("schema", .string(name.schema)), .init("name", .string(name.name))]
        switch self {
        case .enumeration(let values): members.append(.init("values", .array(values.map { .string($0) })))
        case .domain(let domain): members.append(.init("domain", domain.json))
        case .other: break
        }
        return .object(members)
    }
}

extension DomainDefinition {
    /// Reads a domain as ``json`` and ``CatalogStatement/domain`` write it.
    package init?(json: JSONValue) {
        guard let type = json["type"]?.text else { return nil }
        let checks = json["check"]?.text.map { [$0] } ?? (json["check"]?.elements ?? []).compactMap(\.text)
        self.init(
            type, checks: checks, databaseDefault: json["dbDefault"]?.text,
            isNullable: json["nullable"]?.text != "N")
    }

    /// The statement that makes it.
    package func sql(named name: String) -> String {
        var words = ["CREATE DOMAIN \(name) AS \(type)"]
        if let databaseDefault { words.append("DEFAULT (\(databaseDefault))") }
        if !isNullable { words.append("NOT NULL") }
        words += checks.map { "CHECK (\($0))" }
        return words.joined(separator: " ")
    }

    /// Whether it is the same as far as spelling can say.
    func isSame(as other: DomainDefinition) -> Bool {
        TypeConversion.isSame(type, other.type) && isNullable == other.isNullable
            && Set(checks.map(Spelling.plain)) == Set(other.checks.map(Spelling.plain))
            && databaseDefault.map(Spelling.plain) == other.databaseDefault.map(Spelling.plain)
    }
}
