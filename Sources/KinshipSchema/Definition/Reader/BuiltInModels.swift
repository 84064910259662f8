// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The models that every LoopBack 3 application has without a file, and the three of its passport component (D38).
package enum BuiltInModels {
    /// The definition called `name`, nil when LoopBack has none of the name.
    package static func definition(_ name: String, ignoringCase: Bool = false) -> ModelDefinition? {
        byName[name] ?? (ignoringCase ? byName.values.first { $0.name.lowercased() == name.lowercased() } : nil)
    }

    /// Their names.
    package static var names: [String] { byName.keys.sorted() }

    private static let byName = Dictionary(
        uniqueKeysWithValues: (core + passport).map { definition in
            var definition = definition
            definition.attachment = .implied
            // As in LoopBack, where `model-config.json` has to offer them.
            definition.isPublic = false
            return (definition.name, definition)
        })

    private static var core: [ModelDefinition] {
        [
            user, accessToken, acl, role, roleMapping, scope, application, email, change, checkpoint,
            ModelDefinition("KeyValueModel", base: "Model"),
        ]
    }

    private static var user: ModelDefinition {
        var user = ModelDefinition(
            "User",
            properties: [
                .string("realm"), .string("username"), required(.string("password")), required(.string("email")),
                .boolean("emailVerified"), .string("verificationToken"),
            ],
            relations: [disablingInclude(.hasMany("accessTokens", "AccessToken", foreignKey: "userId"))],
            hidden: ["password", "verificationToken"])
        user.settings = [
            .init("caseSensitiveEmail", true),
            .init(
                "acls",
                .array(
                    [rule("$everyone", "DENY")]
                        + ["create", "login", "logout"].map { rule("$everyone", "ALLOW", $0) }
                        + ["deleteById", "findById", "patchAttributes", "replaceById"].map {
                            rule("$owner", "ALLOW", $0)
                        }
                        + [
                            rule("$everyone", "ALLOW", "verify", "EXECUTE"), rule("$everyone", "ALLOW", "confirm"),
                            rule("$everyone", "ALLOW", "resetPassword", "EXECUTE"),
                            rule("$authenticated", "ALLOW", "changePassword", "EXECUTE"),
                            rule("$authenticated", "ALLOW", "setPassword", "EXECUTE"),
                        ])),
        ]
        return user
    }

    private static var accessToken: ModelDefinition {
        var ttl = PropertyDefinition("ttl", .number, defaultValue: 1_209_600)
        ttl.summary = "Seconds for which the token is good."
        var token = ModelDefinition(
            "AccessToken",
            properties: [
                key(.string("id")), ttl, PropertyDefinition("scopes", .array(of: .string)), now(.date("created")),
            ],
            relations: [.belongsTo("user", "User", foreignKey: "userId")])
        token.settings = [.init("acls", .array([rule("$everyone", "DENY")]))]
        return token
    }

    private static var acl: ModelDefinition {
        ModelDefinition(
            "ACL",
            properties: ["model", "property", "accessType", "permission", "principalType", "principalId"].map {
                .string($0)
            })
    }

    private static var role: ModelDefinition {
        ModelDefinition(
            "Role",
            properties: [
                .id("id"), required(.string("name")), .string("description"), now(.date("created")),
                now(.date("modified")),
            ],
            relations: [.hasMany("principals", "RoleMapping", foreignKey: "roleId")])
    }

    private static var roleMapping: ModelDefinition {
        var principal = PropertyDefinition.string("principalId")
        principal.isIndexed = true
        return ModelDefinition(
            "RoleMapping", properties: [.id("id"), .string("principalType"), principal],
            relations: [.belongsTo("role", "Role", foreignKey: "roleId")])
    }

    private static var scope: ModelDefinition {
        ModelDefinition("Scope", properties: [required(.string("name")), .string("description")])
    }

    private static var application: ModelDefinition {
        ModelDefinition(
            "Application",
            properties: [key(.string("id")), .string("realm"), required(.string("name"))]
                + ["description", "icon", "owner"].map { .string($0) }
                + [PropertyDefinition("collaborators", .array(of: .string)), .string("email")]
                + [.boolean("emailVerified"), .string("url")]
                + ["callbackUrls", "permissions"].map { PropertyDefinition($0, .array(of: .string)) }
                + ["clientKey", "javaScriptKey", "restApiKey", "windowsKey", "masterKey"].map { .string($0) }
                + [
                    PropertyDefinition("pushSettings", .object),
                    PropertyDefinition("authenticationEnabled", .boolean, defaultValue: true),
                    PropertyDefinition("anonymousAllowed", .boolean, defaultValue: true),
                    PropertyDefinition("authenticationSchemes", .array(of: .object)),
                    PropertyDefinition("status", .string, defaultValue: "sandbox"),
                    now(.date("created")), now(.date("modified")),
                ])
    }

    private static var email: ModelDefinition {
        ModelDefinition(
            "Email", base: "Model",
            properties: ["to", "from", "subject"].map { required(.string($0)) } + [.string("text"), .string("html")])
    }

    private static var change: ModelDefinition {
        ModelDefinition(
            "Change",
            properties: [
                key(.string("id")), .string("rev"), .string("prev"), .number("checkpoint"), .string("modelName"),
                .string("modelId"),
            ])
    }

    private static var checkpoint: ModelDefinition {
        ModelDefinition("Checkpoint", properties: [.number("seq"), .date("time"), .string("sourceId")])
    }

    // MARK: Passport

    private static var passport: [ModelDefinition] {
        let acls = JSONValue.array([rule("$everyone", "DENY"), rule("$owner", "ALLOW")])
        let models = ["UserIdentity", "UserCredential"].map { name in
            var model = ModelDefinition(
                name, properties: identity, relations: [.belongsTo("user", "User", foreignKey: "userId")])
            model.settings = [.init("acls", acls)]
            return model
        }
        let application = ModelDefinition(
            "ApplicationCredential",
            properties: [
                required(.string("provider")), .string("authScheme"), PropertyDefinition("credentials", .object),
                .date("created"), .date("modified"),
            ],
            relations: [.belongsTo("application", "Application", foreignKey: "appId")])
        return models + [application]
    }

    private static var identity: [PropertyDefinition] {
        ["provider", "authScheme", "externalId"].map { .string($0) }
            + ["profile", "credentials"].map { PropertyDefinition($0, .object) } + [
                .date("created"), .date("modified"),
            ]
    }

    // MARK: Pieces

    private static func required(_ property: PropertyDefinition) -> PropertyDefinition {
        var property = property
        property.isRequired = true
        return property
    }

    private static func key(_ property: PropertyDefinition) -> PropertyDefinition {
        var property = property
        property.keyPosition = 1
        return property
    }

    private static func now(_ property: PropertyDefinition) -> PropertyDefinition {
        var property = property
        property.defaultFunction = "now"
        return property
    }

    private static func disablingInclude(_ relation: RelationDefinition) -> RelationDefinition {
        var relation = relation
        relation.includeDisabled = true
        return relation
    }

    private static func rule(
        _ principal: String, _ permission: String, _ property: String? = nil, _ accessType: String? = nil
    ) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("principalType", "ROLE"), .init("principalId", .string(principal)),
            .init("permission", .string(permission)),
        ]
        if let property { members.append(.init("property", .string(property))) }
        if let accessType { members.append(.init("accessType", .string(accessType))) }
        return .object(members)
    }
}
