// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if os(Linux)
import HTTPTypes
import Kinship
import KinshipBcrypt
import KinshipREST
import TestSupport

/// People with books: shelves that are somebody's, books on them that everybody may see but for their price, and secrets that are
/// their owner's alone.
enum RuleWorld {
    private static let tables = """
        DROP TABLE IF EXISTS "group", role, rolemapping, person, accesstoken, shelf, book, secret, label, booklabel CASCADE;
        CREATE TABLE person (id serial PRIMARY KEY, email text, username text, password text, realm text, groupid integer,
            emailverified boolean, verificationtoken text);
        INSERT INTO person (email, groupid) VALUES ('ada@example.org', 1), ('bob@example.org', 2);
        CREATE TABLE "group" (id serial PRIMARY KEY);
        INSERT INTO "group" VALUES (1), (2);
        CREATE TABLE accesstoken (id text PRIMARY KEY, ttl integer, scopes text, created timestamptz, userid integer);
        INSERT INTO accesstoken VALUES ('ada', 3600, NULL, now(), 1), ('bob', 3600, NULL, now(), 2);
        CREATE TABLE shelf (id serial PRIMARY KEY, name text, personid integer);
        INSERT INTO shelf (name, personid) VALUES ('first', 1), ('second', 2);
        CREATE TABLE book (id serial PRIMARY KEY, title text, price integer, shelfid integer, pages integer DEFAULT 100);
        CREATE TABLE role (id serial PRIMARY KEY, name text, description text, created timestamptz, modified timestamptz);
        INSERT INTO role (name) VALUES ('admin');
        CREATE TABLE rolemapping (id serial PRIMARY KEY, principaltype text, principalid text, roleid integer);
        INSERT INTO book (title, price, shelfid) VALUES ('first', 10, 1), ('second', 20, 1), ('third', 30, 2);
        CREATE TABLE secret (id serial PRIMARY KEY, text text, bookid integer, personid integer);
        INSERT INTO secret (text, bookid, personid) VALUES ('of ada', 1, 1), ('of bob', 1, 2), ('of both', 3, 2);
        CREATE TABLE label (id serial PRIMARY KEY, name text);
        INSERT INTO label (name) VALUES ('old'), ('new');
        CREATE TABLE booklabel (id serial PRIMARY KEY, bookid integer, labelid integer, note text);
        INSERT INTO booklabel (bookid, labelid, note) VALUES (1, 1, 'private'), (2, 2, 'private');
        """

    static func rule(
        _ permission: String, _ principal: String, _ property: JSONValue? = nil, _ type: String? = nil
    ) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("permission", .string(permission)), .init("principalType", "ROLE"),
            .init("principalId", .string(principal)),
        ]
        if let property { members.append(.init("property", property)) }
        if let type { members.append(.init("accessType", .string(type))) }
        return .object(members)
    }

    private static func model(_ json: JSONValue) throws -> ModelDefinition { try ModelDefinition(json, file: nil) }

    private static func models() throws -> [ModelDefinition] {
        let everybodyReads = rule("ALLOW", "$everyone", nil, "READ")
        let closed = rule("DENY", "$everyone")
        return [
            try model([
                "name": "Person", "base": "User", "plural": "People",
                "properties": ["id": ["type": "number", "id": true, "generated": true], "groupId": "number"],
                "relations": [
                    "shelves": ["type": "hasMany", "model": "Shelf", "foreignKey": "personId"],
                    "secrets": ["type": "hasMany", "model": "Secret", "foreignKey": "personId"],
                    "roles": [
                        "type": "hasMany", "model": "Role", "through": "RoleMapping", "foreignKey": "principalId",
                        "keyThrough": "roleId",
                    ],
                ],
                "acls": [
                    rule("ALLOW", "$owner", ["__get__shelves", "__get__secrets", "__link__roles", "__create__roles"])
                ],
            ]),
            try model([
                "name": "Group", "properties": ["id": ["type": "number", "id": true, "generated": true]],
                "relations": ["people": ["type": "hasMany", "model": "Person", "foreignKey": "groupId"]],
                "acls": [rule("ALLOW", "$authenticated")],
            ]),
            try model([
                "name": "Shelf", "plural": "Shelves",
                "properties": [
                    "id": ["type": "number", "id": true, "generated": true], "name": "string", "personId": "number",
                ],
                "relations": [
                    "person": ["type": "belongsTo", "model": "Person", "foreignKey": "personId"],
                    "books": ["type": "hasMany", "model": "Book", "foreignKey": "shelfId"],
                ],
                "scopes": ["withSecrets": ["include": ["books": "secrets"]]],
                "acls": [closed, everybodyReads, rule("ALLOW", "$owner")],
            ]),
            try model([
                "name": "Book",
                "properties": [
                    "id": ["type": "number", "id": true, "generated": true], "title": "string",
                    "price": ["type": "number", "acls": [rule("DENY", "$unauthenticated")]],
                    "shelfId": "number",
                    "pages": ["type": "number", "acls": [rule("DENY", "$everyone", nil, "WRITE")]],
                ],
                "relations": [
                    "shelf": ["type": "belongsTo", "model": "Shelf", "foreignKey": "shelfId"],
                    "secrets": ["type": "hasMany", "model": "Secret", "foreignKey": "bookId"],
                    "secret": ["type": "hasOne", "model": "Secret", "foreignKey": "bookId"],
                    "labels": [
                        "type": "hasMany", "model": "Label", "through": "BookLabel", "foreignKey": "bookId",
                        "keyThrough": "labelId",
                    ],
                ], "scopes": ["dear": ["order": "price DESC"]],
                "acls": [closed, everybodyReads, rule("ALLOW", "$authenticated", nil, "WRITE")],
            ]),
            try model([
                "name": "Secret",
                "properties": [
                    "id": ["type": "number", "id": true, "generated": true], "text": "string", "bookId": "number",
                    "personId": "number",
                ],
                "relations": [
                    "person": ["type": "belongsTo", "model": "Person", "foreignKey": "personId"],
                    "book": ["type": "belongsTo", "model": "Book", "foreignKey": "bookId"],
                ], "acls": [closed, rule("ALLOW", "$owner")],
            ]),
            try model([
                "name": "Label",
                "properties": ["id": ["type": "number", "id": true, "generated": true], "name": "string"],
                "acls": [everybodyReads],
            ]),
            try model([
                "name": "BookLabel", "options": ["postgresql": ["table": "booklabel"]],
                "properties": [
                    "id": ["type": "number", "id": true, "generated": true], "bookId": "number", "labelId": "number",
                    "note": "string",
                ],
                "relations": [
                    "book": ["type": "belongsTo", "model": "Book", "foreignKey": "bookId"],
                    "label": ["type": "belongsTo", "model": "Label", "foreignKey": "labelId"],
                ], "acls": [closed],
            ]),
        ]
    }

    static func withService(
        _ name: String, _ configure: (inout RESTOptions) -> Void = { _ in },
        _ body: (RESTService, Database, TestDatabase) async throws -> Void
    ) async throws {
        let made = try await TestDatabase.named("rules-\(name)")
        try await made.run(tables)
        let schema = try Schema(definitions: try models()).addingAccessModels()
        try await Database.withDatabase(
            schema: schema, connection: ConnectionConfiguration(url: made.url),
            pool: PoolConfiguration(minimumConnections: 1, maximumConnections: 4)
        ) { database in
            var options = RESTOptions()
            options.access = AccessControl()
            options.passwords = BcryptHasher(cost: 4)
            configure(&options)
            try await body(RESTService(database, options), database, made)
        }
    }
}

extension RESTService {
    /// Asks as somebody.
    func ask(
        as token: String?, _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil
    ) async throws -> Answered {
        var fields = HTTPFields()
        if let token { fields[.authorization] = token }
        return try await ask(method, path, fields, body)
    }
}
#endif
