// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A domain: a type of the database's own that stands on another one, and takes fewer values.
///
/// ```swift
/// var mail = PropertyDefinition("mail", .string, dataType: "email")
/// mail.domain = DomainDefinition("text", checks: ["VALUE ~ '^[^@]+@[^@]+$'"])
/// ```
///
/// In a model file it is `postgresql.domain` of a property: `{"type": "text", "check": "VALUE <> ''"}`.
public struct DomainDefinition: Sendable, Hashable {
    /// The type that it stands on.
    public var type: String
    /// What its values have to fulfil, in SQL, where they are called `VALUE`.
    public var checks: [String]
    /// What columns without a default of their own have, in SQL.
    public var databaseDefault: String?
    /// Whether its columns may hold NULL.
    public var isNullable: Bool

    /// A domain.
    public init(_ type: String, checks: [String] = [], databaseDefault: String? = nil, isNullable: Bool = true) {
        self.type = type
        self.checks = checks
        self.databaseDefault = databaseDefault
        self.isNullable = isNullable
    }
}

extension DomainDefinition {
    /// The domain as a model file has it.
    package var json: JSONValue {
        var members: [JSONValue.Member] = [.init("type", .string(type))]
        if !checks.isEmpty {
            let texts = checks.map { JSONValue.string($0) }
            members.append(.init("check", texts.count == 1 ? texts[0] : .array(texts)))
        }
        if let databaseDefault { members.append(.init("dbDefault", .string(databaseDefault))) }
        if !isNullable { members.append(.init("nullable", "N")) }
        return .object(members)
    }
}
