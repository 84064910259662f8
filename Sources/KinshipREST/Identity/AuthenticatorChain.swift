// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import HTTPTypes
public import Kinship

/// Several authenticators, of which the first one that knows who asks counts.
///
/// ```swift
/// var access = AccessControl()
/// access.authenticator = AuthenticatorChain(Badge(), AccessTokenAuthenticator(database.schema))
/// ```
///
/// What one of them refuses with `INVALID_TOKEN` another may know; where none does, the request ends with the first such error.
public struct AuthenticatorChain: Authenticator {
    /// Those that are asked, one after the other.
    public let authenticators: [any Authenticator]

    /// - Parameter authenticators: in the order they are asked in; nil for one that there isn't.
    public init(_ authenticators: (any Authenticator)?...) { self.authenticators = authenticators.compactMap(\.self) }

    private init(all authenticators: [any Authenticator]) { self.authenticators = authenticators }

    /// Those of all of them.
    public var userModels: Set<String> { Set(authenticators.flatMap(\.userModels)) }

    /// The same ones, each for users of the model.
    public func takingUsers(of model: String, in schema: Schema) -> any Authenticator {
        AuthenticatorChain(all: authenticators.map { $0.takingUsers(of: model, in: schema) })
    }

    /// The first challenge there is.
    public var challenge: String? { authenticators.lazy.compactMap(\.challenge).first }

    /// Who asks, as the first says that knows.
    ///
    /// - Throws: ``RESTError`` `INVALID_TOKEN` where one refused the token and none knows it; what an authenticator throws besides.
    /// - Note: The statements of those that are asked.
    public func identity(of request: HTTPRequest, query: QueryString?, in database: Database) async throws -> Identity?
    {
        var refusal: RESTError?
        for authenticator in authenticators {
            do {
                if let identity = try await authenticator.identity(of: request, query: query, in: database) {
                    return identity
                }
            } catch let error as RESTError where error.code == .invalidToken {
                refusal = refusal ?? error
            }
        }
        if let refusal { throw refusal }
        return nil
    }
}
