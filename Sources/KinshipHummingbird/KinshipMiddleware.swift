// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
public import Hummingbird
public import KinshipREST

/// Answers what is below the service's path, and leaves everything else to the application's own routes.
///
/// ```swift
/// let router = Router()
/// router.add(middleware: KinshipMiddleware(service))
/// router.get("hello") { _, _ in "Hello" }
/// ```
public struct KinshipMiddleware<Context: RequestContext>: RouterMiddleware {
    private let responder: KinshipResponder<Context>
    private let base: String
    private let statusPaths: [String]

    /// A middleware of a service.
    public init(_ service: RESTService) {
        responder = KinshipResponder(service)
        let options = service.options
        // A slash at the end says nothing; of a service at the root everything is its own.
        base = options.basePath.split(separator: "/").reduce(into: "") { $0 += "/" + $1.lowercased() }
        statusPaths = [options.healthPath, options.readinessPath].compactMap(\.self)
    }

    /// Answers a request, or passes it on.
    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path.lowercased()
        // What is below those of its status is the application's.
        guard path == base || path.hasPrefix(base + "/") || statusPaths.contains(request.uri.path) else {
            return try await next(request, context)
        }
        return try await responder.respond(to: request, context: context)
    }
}
#endif
