// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import HTTPTypes
public import Kinship

/// Says who asks, from what a request carries.
///
/// ```swift
/// struct Badge: Authenticator {
///     func identity(of request: HTTPRequest, query: QueryString?, in database: Database) async throws -> Identity? {
///         request.headerFields[HTTPField.Name("X-Badge")!].map { Identity(user: $0) }
///     }
/// }
/// ```
public protocol Authenticator: Sendable {
    /// Who asks; nil for nobody in particular.
    ///
    /// - Parameters:
    ///   - query: the parameters of the request's path; nil where they can't be read.
    ///   - database: to look up what was sent, free of all rules.
    /// - Throws: what the answer is to be where the request is to end here: ``RESTError`` `INVALID_TOKEN`, for one.
    func identity(of request: HTTPRequest, query: QueryString?, in database: Database) async throws -> Identity?

    /// What an answer of 401 asks clients for (`WWW-Authenticate`): one scheme with its parameters, such as `Bearer` or `Bearer realm="shop"`; nil
    /// for nothing, as in LoopBack. Where a token is no good, `error="invalid_token"` is added.
    var challenge: String? { get }

    /// The models whose records it takes users for, as far as it was told; none where it takes the service's, or knows of none. A service whose users
    /// are another model's offers nothing: one's key would be another's.
    var userModels: Set<String> { get }

    /// The same for users who are records of a model, where it wasn't told of one itself: a service tells it its own as it begins.
    func takingUsers(of model: String, in schema: Schema) -> any Authenticator
}

extension Authenticator {
    /// nil.
    public var challenge: String? { nil }

    /// None.
    public var userModels: Set<String> { [] }

    /// Itself.
    public func takingUsers(of model: String, in schema: Schema) -> any Authenticator { self }
}

/// Says whether somebody has a role that only code can tell.
///
/// ```swift
/// struct ProjectMember: RoleResolver {
///     func holds(_ role: String, _ identity: Identity?, model: Model, id: JSONValue?, in database: Database) async throws -> Bool {
///         guard let user = identity?.user, let id else { return false }
///         return try await database.count("Membership", where: ["accountId": .string(user), "projectId": id]).count > 0
///     }
/// }
/// ```
public protocol RoleResolver: Sendable {
    /// Whether somebody has the role.
    ///
    /// - Parameters:
    ///   - identity: who asks; nil for nobody in particular.
    ///   - id: the key of the record that the request is about; nil where it is about no single one. Of records that are reached through
    ///     relations nobody asks: there rules for such a role allow nothing, and deny.
    func holds(
        _ role: String, _ identity: Identity?, model: Model, id: JSONValue?, in database: Database
    ) async throws -> Bool
}
