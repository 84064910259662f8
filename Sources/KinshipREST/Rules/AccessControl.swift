// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How access rules (`acls`) are kept: who asks, which roles there are, and what holds where nothing is said.
///
/// ```swift
/// var options = RESTOptions()
/// options.access = AccessControl(userModel: "Account", roles: ["projectMember": ProjectMember()])
/// let service = RESTService(database, options)
/// ```
///
/// The rules of the models, of their bases and of `model-config.json` decide, with rows of the table of rules where the schema has the model `ACL`,
/// in the order that LoopBack 3 has; where LoopBack lets somebody see or change what rules keep from them, they are kept (D40): rules of
/// the *target* hold in includes, on relation routes, and in conditions and orders through relations; silence is no permission to write.
public struct AccessControl: Sendable {
    /// What may stand for a target's permission on the way of a relation.
    public enum RelationRules: Sendable, Hashable {
        /// Nothing: source and target have to allow.
        case target
        /// A rule of the source that names the relation's method and allows it, as some applications of LoopBack rely on.
        case source
    }

    /// What holds for a method of a model that nothing is said about.
    public enum Permission: Sendable, Hashable {
        /// It may be called.
        case allow
        /// It may not.
        case deny
    }

    /// Says who asks; nil for LoopBack's access tokens, where the schema has the model `AccessToken`, and else for nobody in particular.
    public var authenticator: (any Authenticator)?
    /// The model whose records are people, besides `User` and the models made of it. The ``authenticator`` takes it too, and needn't be told.
    public var userModel: String?
    /// Roles that code decides, by name.
    public var roles: [String: any RoleResolver]
    /// The status of what is refused to somebody who is known, where the model has no `aclErrorStatus`: 401, 403 or 404.
    public var errorStatus = 401
    /// What holds where no rule applies and the model has no `defaultPermission`; nil for D40: reading, of models without any rules.
    public var defaultPermission: Permission?
    /// What may stand for the target's permission.
    public var relationRules = RelationRules.target
    /// What stands in a path for the key of the user who asks; nil for nothing.
    public var currentUserLiteral: String? = "me"
    /// What cookies with tokens are signed with, as Express does it; nil where cookies count for nothing. It is for LoopBack's access tokens.
    public var cookieSecret: String?
    /// Whether the tables of LoopBack's models `ACL`, `Role` and `RoleMapping` count, where the schema has them.
    public var usesTables = true

    /// - Parameters:
    ///   - userModel: the model whose records are people; nil where `User` or a model made of it is.
    ///   - roles: roles that code decides, by name.
    ///   - authenticator: says who asks; nil for LoopBack's access tokens.
    public init(
        userModel: String? = nil, roles: [String: any RoleResolver] = [:], authenticator: (any Authenticator)? = nil
    ) {
        self.userModel = userModel
        self.roles = roles
        self.authenticator = authenticator
    }
}
