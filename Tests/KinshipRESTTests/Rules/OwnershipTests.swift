// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Testing

@testable import KinshipREST

/// Whose records are, whatever the keys of people are made of.
@Suite struct OwnershipTests {
    private func schema(_ type: String) throws -> Schema {
        let key: JSONValue = ["type": "string", "id": true, "postgresql": ["dataType": .string(type)]]
        let reference: JSONValue = ["type": "string", "postgresql": ["dataType": .string(type)]]
        let models: [JSONValue] = [
            ["name": "Account", "base": "User", "properties": ["id": key]],
            [
                "name": "Note", "properties": ["id": ["type": "number", "id": true], "accountId": reference],
                "relations": ["account": ["type": "belongsTo", "model": "Account", "foreignKey": "accountId"]],
            ],
            ["name": "Fact", "properties": ["id": ["type": "number", "id": true]]],
        ]
        return try Schema(definitions: models.map { try ModelDefinition($0, file: nil) })
    }

    @Test(arguments: ["uuid", "text", "integer", "bigint"])
    func recordsCanBeOwnedByPeopleWithKeysOfAnyType(type: String) throws {
        let schema = try schema(type)
        let ownership = Ownership(schema, userModel: "Account")
        for (name, isOwned) in [("Account", true), ("Note", true), ("Fact", false)] {
            #expect(ownership.canBeOwned(try #require(schema.model(name))) == isOwned, "\(name)")
        }
    }
}
