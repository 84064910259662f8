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
    private let paths: [String]

    /// A middleware of a service.
    public init(_ service: RESTService) {
        responder = KinshipResponder(service)
        paths = [service.options.basePath, service.options.healthPath, service.options.readinessPath].compactMap(\.self)
    }

    /// Answers a request, or passes it on.
    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path.lowercased()
        guard paths.contains(where: { path == $0.lowercased() || path.hasPrefix($0.lowercased() + "/") }) else {
            return try await next(request, context)
        }
        return try await responder.respond(to: request, context: context)
    }
}
#endif
