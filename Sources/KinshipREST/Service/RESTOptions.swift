// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import CoreMetrics
public import Kinship
public import Logging

/// How a ``RESTService`` answers.
public struct RESTOptions: Sendable {
    /// The path of all routes.
    public var basePath = "/api"
    /// How access rules (`acls`) are kept; nil for as LoopBack does where a model has some.
    public var access: AccessControl?
    /// Whether access rules are kept where ``access`` doesn't say how, and ``policy`` is nil or one of the program's own.
    public var keepsAccessRules = true
    /// Keeps the passwords of users; nil where nobody can log in or set one.
    public var passwords: (any PasswordHasher)?
    /// Who may do what, beside access rules; nil for what these say, and for reading only where no model has any. ``OpenPolicy``,
    /// ``ReadOnlyPolicy`` and ``ClosedPolicy`` stand in the place of rules, unless ``access`` is there too.
    public var policy: (any RESTPolicy)?
    /// Where a request's tenant comes from, of models whose records are a tenant's (`tenant`); nil where the database that the service is
    /// made of has one, or none.
    public var tenant: TenantSource?
    /// Whether whole graphs may be written (`POST /Orders/graph`): their bodies change records of several models, and a policy hears of
    /// the one whose route it is. nil for yes where everybody may do everything (``OpenPolicy``).
    public var graphs: Bool?
    /// Whether deleted records may be asked for (`"withDeleted": true`), of models that keep them.
    public var showsDeleted = false
    /// What caches are told of answers to GET; nil for nothing. It holds for errors too.
    public var cacheControl: String? = "private, no-cache"
    /// The header in which a proxy says for whom it asks, such as `X-Forwarded-For`: its last address is the client that the policy and the limit
    /// of rates hear of. nil for none: anybody can send one where no proxy is in front.
    public var clientHeader: String?
    /// Which pages of other origins may ask; nil for none.
    public var cors: CORSOptions?
    /// How much a request may ask for.
    public var limits = RESTLimits()
    /// How often a client may ask; nil for any number of times.
    public var rateLimiter: (any RateLimiter)?
    /// Says that the process runs; nil for no such path.
    public var healthPath: String? = "/health"
    /// Says whether the database answers; nil for no such path.
    public var readinessPath: String? = "/ready"
    /// The path of the page that explores the routes, and of their descriptions (`openapi.json`, and `swagger.json` as LoopBack has it), which
    /// everybody may read; nil for no such path.
    public var explorerPath: String? = "/explorer"
    /// Whether the explorer shows how requests are planned, their statements with them; nil for yes where everybody may do everything
    /// (``OpenPolicy``). Nothing is sent to the database for it.
    public var explorerShowsPlans: Bool?
    /// A record by the name of its model, which descriptions show beside its schema, for everybody to read: nothing is taken from the database for
    /// it. Hidden properties are left out.
    public var examples: [String: JSONValue] = [:]
    /// How many bytes of an answer are held so that its length and its `ETag` are known; longer ones are sent as they are made.
    public var bufferedBytes = 1 << 20
    /// How many records of a long list are read at a time.
    public var batchSize = 1_000
    /// Whether answers to GET have an `ETag`.
    public var hasEntityTags = true
    /// What makes answers smaller for clients that take them so; nil for nothing.
    public var compressor: (any ResponseCompressor)?
    /// From how many bytes on an answer is compressed.
    public var compressedBytes = 1_024
    /// Whether there is a span for each request; not needed where the server makes them.
    public var hasSpans = true
    /// Where metrics go; nil for the factory that `MetricsSystem` was bootstrapped with when the service is made.
    public var metricsFactory: (any MetricsFactory)?
    /// Takes a line for each request, at debug level, and what goes wrong in the server, at error level.
    public var logger = Logger(label: "kinship.rest")

    /// The usual options.
    public init() {}
}
