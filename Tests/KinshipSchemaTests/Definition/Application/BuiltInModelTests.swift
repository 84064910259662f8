// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import KinshipSchema

/// LoopBack's own models (D38).
@Suite struct BuiltInModelTests {
    private func schema(_ json: String...) throws -> Schema {
        try Schema(uncheckedScopes: json.map { try ModelDefinition(json: Array($0.utf8)) })
    }

    @Test func allOfThemMakeASchema() throws {
        let names = BuiltInModels.names
        #expect(names.count == 14)
        let schema = try Schema(uncheckedScopes: names.compactMap { BuiltInModels.definition($0) })
        #expect(schema.warnings.isEmpty)
        #expect(schema.models.filter { !$0.isPersisted }.map(\.name).sorted() == ["Email", "KeyValueModel"])
        let user = try #require(schema.model("User"))
        #expect(
            user.properties.map(\.name) == [
                "id", "realm", "username", "password", "email", "emailVerified", "verificationToken",
            ])
        #expect(user.properties.filter(\.isHidden).map(\.name) == ["password", "verificationToken"])
        #expect(user.relation("accessTokens")?.includeDisabled == true)
        #expect(schema.model("UserIdentity")?.plural == "UserIdentities")
        #expect(schema.model("AccessToken")?.property("userId")?.columnType == .int4)
        #expect(schema.model("RoleMapping")?.property("roleId")?.columnType == .int4)
        #expect(schema.model("Application")?.property("pushSettings")?.kind == .object)
        #expect(schema.model("ApplicationCredential")?.property("appId")?.columnType == .text)
    }

    @Test func theyAreThereWhereOneIsReferredTo() throws {
        #expect(try schema(#"{"name": "Page"}"#).models.map(\.name) == ["Page"])
        let member = try schema(#"{"name": "Member", "base": "User", "hidden": ["realm"]}"#)
        #expect(member.models.map(\.name).sorted() == ["AccessToken", "Member", "User"])
        #expect(
            member.model("Member")?.properties.filter(\.isHidden).map(\.name) == [
                "realm", "password", "verificationToken",
            ])
        let owned = try schema(
            #"{"name": "Page", "relations": {"owner": {"type": "belongsTo", "model": "User"}, "roles": {"type": "hasMany", "model": "Role", "through": "RoleMapping", "foreignKey": "principalId"}}}"#
        )
        #expect(owned.models.map(\.name).sorted() == ["AccessToken", "Page", "Role", "RoleMapping", "User"])
        let embedded = try schema(#"{"name": "Page", "properties": {"mails": ["Email"], "key": "KeyValueModel"}}"#)
        #expect(embedded.models.map(\.name).sorted() == ["Email", "KeyValueModel", "Page"])
    }

    @Test func aFileOfTheNameComesFirst() throws {
        let schema = try schema(
            #"{"name": "User", "properties": {"login": "string"}}"#, #"{"name": "Member", "base": "User"}"#)
        #expect(schema.models.map(\.name).sorted() == ["Member", "User"])
        #expect(schema.model("Member")?.properties.map(\.name) == ["id", "login"])
    }

    @Test func aModelOfTheNameInOtherLettersMayExtendIt() throws {
        let schema = try schema(
            #"{"name": "user", "base": "User", "properties": {"nick": "string"}}"#,
            #"{"name": "Page", "relations": {"writer": {"type": "belongsTo", "model": "user"}, "tokens": {"type": "hasMany", "model": "accessToken"}}}"#
        )
        #expect(schema.model("user")?.property("email") != nil)
        let page = try #require(schema.model("Page"))
        #expect(page.relation("writer")?.target.map { schema[$0].name } == "user")
        #expect(page.relation("tokens")?.target.map { schema[$0].name } == "AccessToken")
    }
}
