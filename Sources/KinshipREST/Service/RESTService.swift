// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import HTTPTypes
public import Kinship
import Logging

/// Answers HTTP requests for the records of a database, with LoopBack 3's routes, statuses and error bodies: a function from request
/// to response, for any server.
///
/// ```swift
/// let service = RESTService(database)
/// let response = await service.respond(
///     to: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/api/Customers?filter[limit]=3"))
/// print(response.head.status, String(decoding: response.body.whole ?? [], as: UTF8.self))
/// ```
///
/// Where nothing is said everybody may read and nobody may write: see ``RESTPolicy``. The task that calls ``respond(to:body:client:)`` is
/// to be cancelled when the client goes away; the statement is cancelled with it.
public final class RESTService: Sendable {
    /// What there is to ask for.
    public let routes: RouteTable
    /// How it answers.
    public let options: RESTOptions
    let database: Database
    let policy: any RESTPolicy
    let keeper: RuleKeeper?
    private let base: [String]
    let settings: AnswerSettings
    private let requests: InFlight
    /// Long answers on their way.
    let streams: InFlight
    let readiness: Readiness
    private let observer: RequestObserver
    let outages = OutageLog()
    let explorer: ExplorerFiles

    /// A service of a database.
    ///
    /// - Complexity: linear in the models' relations.
    public init(_ database: Database, _ options: RESTOptions = RESTOptions()) {
        let schema = database.schema
        routes = RouteTable(schema, graphs: options.graphs ?? (options.policy is OpenPolicy))
        self.options = options
        self.database = database.with(trees: options.limits.trees(database.trees))
        base = options.basePath.split(separator: "/").map(String.init)
        let keeper = Self.keeper(schema, options)
        self.keeper = keeper
        ruleProblems = (keeper?.problems ?? []) + (options.tenant?.problem.map { [$0] } ?? [])
        // Rules that can't be read keep nobody out.
        let usual: any RESTPolicy = keeper == nil ? ReadOnlyPolicy() : OpenPolicy()
        policy = ruleProblems.isEmpty ? options.policy ?? usual : ClosedPolicy()
        settings = AnswerSettings(
            limits: options.limits.bounded, bufferedBytes: options.bufferedBytes, batchSize: options.batchSize,
            held: HeldBytes(options.limits.streamBytes), changes: ChangeStreams(options.limits), tenant: options.tenant,
            logger: options.logger,
            passwords: Passwords(
                ownership: keeper?.ownership ?? Ownership(schema, userModel: nil), schema: schema,
                hasher: options.passwords))
        requests = InFlight(options.limits.requestsInFlight)
        streams = InFlight(options.limits.streams, perClient: options.limits.streamsPerClient)
        readiness = Readiness(database.pool)
        observer = RequestObserver(options)
        explorer = ExplorerFiles(
            schema, routes, basePath: options.basePath,
            showsPlans: options.explorerShowsPlans ?? (options.policy is OpenPolicy),
            rules: DescribedRules(policy, keeper), examples: options.examples)
        for problem in ruleProblems {
            options.logger.error("Who may do what can't be told, so that nothing is offered: \(problem)")
        }
        for (route, known) in routes.tree.taken {
            options.logger.warning(
                "\(route) of \(route.methodName) of \(route.model) isn't there: \(known.methodName) of \(known.model) has its path. Give one of them another."
            )
        }
    }

    /// Keeps the rules, beside a policy of the program's own too; the ready ones stand in their place.
    private static func keeper(_ schema: Schema, _ options: RESTOptions) -> RuleKeeper? {
        if let access = options.access { return RuleKeeper(schema, access) }
        let policy = options.policy
        guard options.keepsAccessRules, !(policy is OpenPolicy || policy is ReadOnlyPolicy || policy is ClosedPolicy),
            schema.hasAccessRules
        else { return nil }
        return RuleKeeper(schema, AccessControl())
    }

    /// What is wrong with the models' access rules, with who asks, or with the tenant's claim; nothing is offered then.
    public let ruleProblems: [String]

    /// How many requests are under way, answers that are still being sent included.
    public var requestsInFlight: Int { requests.current + streams.current + changeStreams }

    /// Answers a request. What goes wrong is an answer too.
    ///
    /// - Parameters:
    ///   - request: method, path with its query, and headers.
    ///   - body: its body, which is read by routes that need it.
    ///   - client: where it came from, for the policy and the limit of rates; an address, say.
    /// - Returns: the head, and a body that is there or is made as it is pulled.
    /// - Note: The statements are those of the operation: see each method of `Session`.
    public func respond(
        to request: HTTPRequest, body: RESTRequestBody = .empty, client: String? = nil
    ) async -> RESTResponse {
        if let preflight = options.cors?.preflight(request) { return RESTResponse(preflight) }
        if let status = await statusResponse(request) { return status }
        if let page = await explorerResponse(request) { return page }
        let client = self.client(of: request) ?? client
        if let allowed = allowed(request) { return allowed }
        var response: RESTResponse
        do {
            let match = try match(request)
            response = await observer.observe(request, match.route) {
                await self.respond(to: request, match, body: body, client: client)
            }
        } catch {
            response = await observer.observe(request, nil) {
                do {
                    try await self.requireRate(request, client)
                    return self.response(of: error)
                } catch {
                    return self.response(of: error)
                }
            }
        }
        if request.method == .get || request.method == .head { addCaching(to: &response.head.headerFields) }
        if request.method == .head { response.body = RESTResponseBody() }
        options.cors?.add(to: &response.head.headerFields, for: request)
        return response
    }

    // MARK: The way of a request

    private struct Match: Sendable {
        let route: Route
        let parameters: [String: String]
        let query: String?
    }

    /// The route of a request.
    private func match(_ request: HTTPRequest) throws(RESTError) -> Match {
        let path = try RoutePath(request.path ?? "/")
        guard let segments = path.below(base) else { throw Self.noRoute(request) }
        guard let (route, keys) = routes.tree.route(request.method, segments) else {
            throw Self.noRoute(request)
        }
        return Match(route: route, parameters: route.parameters(keys), query: path.query)
    }

    /// The methods that a path has, which OPTIONS asks for.
    private func allowed(_ request: HTTPRequest) -> RESTResponse? {
        guard request.method == .options, let path = try? RoutePath(request.path ?? "/"),
            let segments = path.below(base), case let methods = routes.tree.methods(segments), !methods.isEmpty
        else { return nil }
        var response = RESTResponse(HTTPResponse(status: .noContent))
        response.head.headerFields[.allow] = (methods + ["OPTIONS"]).joined(separator: ", ")
        options.cors?.add(to: &response.head.headerFields, for: request)
        return response
    }

    private static func noRoute(_ request: HTTPRequest) -> RESTError {
        let path = (request.path ?? "/").prefix { $0 != "?" }
        return RESTError(.routeNotFound, "Nothing answers \(request.method.rawValue) \(path).")
    }

    private func respond(
        to request: HTTPRequest, _ match: Match, body: RESTRequestBody, client: String?
    ) async -> RESTResponse {
        do {
            let place = try requests.enter()
            try await requireRate(request, client)
            return try await Deadline.run(
                settings.limits.time,
                RESTError(.requestTimeout, "The request took longer than it may; ask for less at once.")
            ) {
                try await self.answer(request, match, body, client, place)
            }
        } catch {
            return response(of: error)
        }
    }

    /// - Throws: ``RESTError`` `TOO_MANY_REQUESTS` for who asks too often, be it for what isn't there.
    private func requireRate(_ request: HTTPRequest, _ client: String?) async throws(RESTError) {
        guard let wait = await options.rateLimiter?.wait(request, client: client) else { return }
        throw RESTError(
            .tooManyRequests, "That is more often than one client may ask; wait a little.", retryAfter: wait)
    }

    /// For whom a proxy asks, as it says itself: what stands ahead of that anybody may have written.
    private func client(of request: HTTPRequest) -> String? {
        guard let name = options.clientHeader.flatMap({ HTTPField.Name($0) }) else { return nil }
        let address = request.headerFields[values: name].last?.split(separator: ",").last?.filter { $0 != " " }
        return address?.isEmpty == false ? address : nil
    }

    private func answer(
        _ request: HTTPRequest, _ match: Match, _ body: RESTRequestBody, _ client: String?, _ place: InFlight.Place
    ) async throws -> RESTResponse {
        let route = match.route
        let session = database.with(logger: observer.logger(of: request))
        guard let model = session.schema.model(route.model) else { throw Self.noRoute(request) }
        let gate = Gate(
            policy, route, model, match.parameters, request, client, in: session.scopedSchema)
        try await gate.enter()
        let isSafe = route.accessType == .read
        // What changes something is refused before it does.
        if !isSafe {
            try Self.requireJSON(request)
            try requireOrigin(request)
        }
        var exchange = Exchange(
            request: request, body: body, route: route, model: model, parameters: match.parameters,
            arguments: try RequestArguments(
                match.query, request.headerFields, settings.limits.filter, takesOthers: route.operation.takesOthers,
                showsDeleted: options.showsDeleted),
            session: session, database: session, client: client, settings: settings, gate: gate, graphs: routes.graphs)
        if let keeper {
            exchange.rules = try await keeper.rules(for: request, query: exchange.arguments.query, in: database)
        }
        try await exchange.reachTenant()
        let answer = try await exchange.answer()
        if answer.isOfEvents { return response(ofEvents: answer) }
        if isSafe { try Self.requireJSON(request) }
        return try response(answer, to: request, place, client)
    }

    /// Browsers send forms, and bodies of no type, for pages of any origin, and ask nobody first.
    ///
    /// - Throws: ``RESTError`` `FOREIGN_ORIGIN` for such a body of a page that is neither the service's own nor one that may ask.
    private func requireOrigin(_ request: HTTPRequest) throws(RESTError) {
        // A picture's address is asked for without an origin; browsers say that it is another site's.
        if request.method == .get,
            HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headerFields[$0] }) == "cross-site",
            request.headerFields[.origin].map({ options.cors?.allows($0) == true }) != true
        {
            throw RESTError(.foreignOrigin, "Pages of other origins may not call this; let them ask by CORS.")
        }
        guard request.method == .post, let origin = request.headerFields[.origin] else { return }
        let type = MediaType(request.headerFields[.contentType] ?? "").name
        guard !type.hasSuffix("json"), options.cors?.allows(origin) != true else { return }
        let host = origin.split(separator: "/", omittingEmptySubsequences: true).last.map(String.init)
        guard host == nil || host != request.authority else { return }
        throw RESTError(
            .foreignOrigin, "Pages of \(origin.prefix(100)) may not send this; let them ask by CORS, or send JSON.")
    }

    /// - Throws: ``RESTError`` `NOT_ACCEPTABLE` where the caller takes no JSON.
    private static func requireJSON(_ request: HTTPRequest) throws(RESTError) {
        let values = request.headerFields[values: .accept]
        guard values.isEmpty || values.contains(where: MediaType.acceptsJSON) else {
            throw RESTError(.notAcceptable, "Answers are JSON; send Accept: application/json, or leave it out.")
        }
    }
}

extension Route {
    /// The keys of a path, by the names that the route has for them.
    fileprivate func parameters(_ keys: [String]) -> [String: String] {
        let names = segments.compactMap { segment in
            if case .parameter(let name) = segment { name } else { nil }
        }
        return Dictionary(zip(names, keys)) { first, _ in first }
    }
}

extension RouteOperation {
    /// Whether it takes parameters of the query besides `filter` and `where`.
    fileprivate var takesOthers: Bool {
        switch self {
        case .scope, .method, .records(.createChangeStream): true
        case .records, .relation, .nested, .user: false
        }
    }
}

extension Schema {
    /// Whether models have access rules, also those without routes of their own: relations of others lead to them. LoopBack's own count where
    /// they do.
    package var hasAccessRules: Bool {
        let own = models.filter { $0.definition.attachment != .implied }
        let reached = Set(own.flatMap { $0.relations.compactMap(\.target) })
        return models.contains { model in
            (model.definition.attachment != .implied || reached.contains(model.id))
                && model.hasAccessRules
        }
    }
}

extension Model {
    /// Whether anything is said of who may do what, be it of a property, and be it in vain.
    fileprivate var hasAccessRules: Bool {
        func says(_ settings: [JSONValue.Member]) -> Bool {
            settings.contains { $0.key == "acls" && ![.null, .array([])].contains($0.value) }
        }
        return says(definition.settings) || definition.settings.contains { $0.key == "defaultPermission" }
            || definition.properties.contains { says($0.settings) }
    }
}
