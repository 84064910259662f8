// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Who may do what.
///
/// ```swift
/// struct Staff: RESTPolicy {
///     func authorize(_ access: Access) async throws {
///         guard access.request.headerFields[.authorization] == "Bearer staff" else {
///             throw RESTError(.authorizationRequired, "Only the staff may do that.")
///         }
///     }
/// }
/// var options = RESTOptions()
/// options.policy = Staff()
/// ```
///
/// It is asked after the route was found and before anything of the request is read or sent to the database; and once more, before
/// anything is sent, where filter, condition or data reach more models than the route does: ``Access/models`` has all of them then.
public protocol RESTPolicy: Sendable {
    /// Returns when it may be done.
    ///
    /// - Throws: what the answer is to be otherwise: a ``RESTError`` `AUTHORIZATION_REQUIRED`, or a `ReportableError` of the
    ///   program's own.
    func authorize(_ access: Access) async throws
}

/// Everybody may do everything: for tests, and behind something else that decides.
public struct OpenPolicy: RESTPolicy {
    /// The policy.
    public init() {}

    /// Returns.
    public func authorize(_ access: Access) {}
}

/// Everybody may read, nobody may write: what holds where nothing is said.
public struct ReadOnlyPolicy: RESTPolicy {
    /// The policy.
    public init() {}

    /// Returns where records are only shown.
    ///
    /// - Throws: ``RESTError`` `AUTHORIZATION_REQUIRED`.
    public func authorize(_ access: Access) throws {
        guard access.route.accessType == .read else {
            throw RESTError(
                .authorizationRequired,
                "\(access.route.model) can be read here, not changed: the server was not told who may.")
        }
    }
}

/// Nobody may do anything.
public struct ClosedPolicy: RESTPolicy {
    /// The policy.
    public init() {}

    /// - Throws: ``RESTError`` `AUTHORIZATION_REQUIRED`.
    public func authorize(_ access: Access) throws {
        throw RESTError(.authorizationRequired, "\(access.route.model) is closed.")
    }
}
