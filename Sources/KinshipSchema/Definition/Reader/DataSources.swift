// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What an application's `datasources.json` tells about its models' places: which of them are in PostgreSQL.
///
/// ```swift
/// let sources = try DataSources(json: Array(#"{"db": {"connector": "postgresql"}, "post": {"connector": "mail"}}"#.utf8))
/// ```
///
/// Addresses and passwords are not read. Where no data source is PostgreSQL, the databases among them are taken for it:
/// the application was written for another one, or its environment has other data sources than the file.
public struct DataSources: Sendable, Hashable {
    private var connectors: [String: String] = [:]

    /// No data sources are known: every model that names one is in PostgreSQL.
    public init() {}

    /// Reads the file.
    ///
    /// - Throws: ``SchemaError`` when it isn't a JSON object.
    public init(json: [UInt8], file: String? = nil) throws(SchemaError) {
        let value = try JSONValue(file: file, parsing: json)
        guard case .object(let members) = value else {
            throw SchemaError([
                PlannerError(
                    .invalidDefinition, "Data sources are an object of names, not \(value.kindName).", file: file)
            ])
        }
        for member in members {
            guard let connector = member.value["connector"]?.text else { continue }
            connectors[member.key] = Self.name(connector)
        }
    }

    /// Whether records of the data source are in tables of the database.
    func isPostgreSQL(_ source: String) -> Bool {
        guard let connector = connectors[source] else { return true }
        if Self.isPostgreSQL(connector: connector) { return true }
        return Self.databases.contains(connector) && !connectors.values.contains(where: Self.isPostgreSQL(connector:))
    }

    private static func isPostgreSQL(connector: String) -> Bool { connector.contains("postgres") }

    /// `loopback-connector-mysql`, `./connectors/mysql` and `MySQL` are mysql.
    private static func name(_ connector: String) -> String {
        let name = connector.lowercased().split(separator: "/").last.map(String.init) ?? ""
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }

    private static let prefix = "loopback-connector-"

    private static let databases: Set<String> = [
        "arangodb", "cassandra", "cloudant", "couchdb", "couchdb2", "dashdb", "db2", "db2iseries", "db2z", "dynamodb",
        "firestore", "informix", "memory", "mongo", "mongodb", "mssql", "mysql", "neo4j", "oracle", "rethinkdb",
        "sqlite", "sqlite3",
    ]
}
