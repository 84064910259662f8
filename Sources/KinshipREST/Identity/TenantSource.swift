// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import HTTPTypes
public import Kinship

/// Where a request's tenant comes from, of models whose records are a tenant's.
///
/// ```swift
/// var options = RESTOptions()
/// options.tenant = .claim("org")
/// ```
///
/// A request of which it says nothing has no tenant, and is refused where it comes to such a model: `TENANT_REQUIRED`, 403.
public struct TenantSource: Sendable {
    /// Finds the tenant; nil for none. What it throws is the answer.
    public typealias Find =
        @Sendable (_ request: HTTPRequest, _ identity: Identity?, _ database: Database) async throws -> JSONValue?

    private let find: Find
    /// The header that answers depend on.
    let header: HTTPField.Name?
    /// What is wrong with it: a service offers nothing then.
    let problem: String?

    /// One of a program's own.
    ///
    /// ```swift
    /// options.tenant = TenantSource { request, identity, database in
    ///     request.authority == "acme.example" ? "acme" : identity?.claims["org"]
    /// }
    /// ```
    public init(_ find: @escaping Find) {
        self.init(header: nil, find)
    }

    private init(header: HTTPField.Name?, problem: String? = nil, _ find: @escaping Find) {
        self.find = find
        self.header = header
        self.problem = problem
    }

    /// A claim of who asks, as ``Identity/claims`` has it: a text or a number.
    ///
    /// ```swift
    /// options.access = AccessControl(authenticator: Gateway())
    /// options.tenant = .claim("org")
    /// ```
    ///
    /// With a slash ahead it is the way to one through objects, a JSON Pointer (RFC 6901): `"/app/org"`, with `~1` for a slash in a name and `~0` for a
    /// `~`. One that leads nowhere, such as `"/app//org"`, is a problem of the service's rules (``RESTService/ruleProblems``), which offers nothing then.
    ///
    /// An ``Authenticator`` says it, which takes ``RESTOptions/access``: LoopBack's tokens have no claims.
    public static func claim(_ name: String) -> TenantSource {
        guard let path = ClaimPath(name) else {
            return TenantSource(
                header: nil,
                problem:
                    "The tenant's claim \"\(name)\" is neither a name nor the way to one, such as /app/org: ~1 stands for a slash, and ~0 for a ~."
            ) { _, _, _ in .none }
        }
        return TenantSource { _, identity, _ in
            switch identity.flatMap({ path.value(in: $0.claims) }) {
            case .string(let text)?: .string(text)
            case .number(let text)?: .number(text)
            default: nil
            }
        }
    }

    /// A header of the request: for services that only a gateway reaches which sets it, for anybody can send one otherwise. One that is there
    /// twice is none.
    public static func header(_ name: HTTPField.Name) -> TenantSource {
        TenantSource(header: name) { request, _, _ in
            let values = request.headerFields[values: name]
            return values.count == 1 ? .string(values[0]) : nil
        }
    }

    /// The tenant of a request.
    func tenant(_ request: HTTPRequest, _ identity: Identity?, _ database: Database) async throws -> JSONValue? {
        try await find(request, identity, database)
    }
}
