// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship
import KinshipGzip
import KinshipREST
import Logging

/// The options of the server.
struct ServerOptions: ParsableArguments {
    /// Who may do what.
    enum AccessLevel: String, CaseIterable {
        case rules, read, open, none

        /// nil where rules decide.
        var policy: (any RESTPolicy)? {
            switch self {
            case .rules: nil
            case .read: ReadOnlyPolicy()
            case .open: OpenPolicy()
            case .none: ClosedPolicy()
            }
        }
    }

    @Option(
        name: .long,
        help: ArgumentHelp("The address to listen at; 0.0.0.0 for all of the machine's.", valueName: "host"))
    var host = "127.0.0.1"

    @Option(name: .long, help: ArgumentHelp("The port; 0 for one that is free.", valueName: "port"))
    var port = 3000

    @Option(name: .long, help: ArgumentHelp("The path of all routes.", valueName: "path"))
    var basePath = "/api"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "rules: what the models' access rules say. read: everybody may read. open: everybody may read and write. none: nobody may do anything. Default: rules where a model has any, else read.",
            valueName: "level"), completion: .list(Choice.words(of: AccessLevel.self)), transform: Choice.value)
    var access: AccessLevel?

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "An origin whose pages may ask, with credentials, such as https://app.example; * for all; may be repeated.",
            valueName: "origin"))
    var cors: [String] = []

    @Option(name: .long, help: ArgumentHelp("How many connections to the database there may be.", valueName: "n"))
    var connections = 10

    @Option(name: .long, help: ArgumentHelp("How many bytes a request's body may have.", valueName: "bytes"))
    var maximumBody = RESTLimits().bodyBytes

    @Option(name: .long, help: ArgumentHelp("How many rows may be read for an answer.", valueName: "n"))
    var maximumRows = RESTLimits().rows ?? 100_000

    @Option(name: .long, help: ArgumentHelp("How many requests may be under way.", valueName: "n"))
    var maximumRequests = RESTLimits().requestsInFlight

    @Option(
        name: .long, help: ArgumentHelp("How long a request may take until its answer begins.", valueName: "seconds"))
    var requestTime = 30.0

    @Option(
        name: .long, help: ArgumentHelp("How long requests may go on once the server is to end.", valueName: "seconds"))
    var grace = 20.0

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A JSON file with an example of a record for each model, for openapi.json, which everybody may read: {\"Customer\": {\"id\": 1}}.",
            valueName: "file"), completion: .file(extensions: ["json"]))
    var examples: String?

    @Flag(name: .long, help: "Don't compress answers.")
    var uncompressed = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "trace, debug (a line for each request), info, notice, warning or error.", valueName: "level"))
    var logLevel = "notice"

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is a number from 0 to 65535.") }
        guard basePath.hasPrefix("/"), !basePath.contains("?") else {
            throw ValidationError("--base-path begins with a slash, such as /api.")
        }
        for (name, value) in [
            ("connections", connections), ("maximum-body", maximumBody), ("maximum-rows", maximumRows),
            ("maximum-requests", maximumRequests),
        ] where value < 1 { throw ValidationError("--\(name) is a number of at least 1.") }
        guard requestTime > 0, grace > 0, max(requestTime, grace) <= 86_400 else {
            throw ValidationError("--request-time and --grace are numbers of seconds, more than 0 and at most 86400.")
        }
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("--log-level is trace, debug, info, notice, warning, error or critical.")
        }
    }

    /// Where it says what it does: standard error.
    var logger: Logger {
        var logger = Logger(label: "kinship") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .notice
        return logger
    }

    /// Who may do what where no rules are kept, in a line.
    func accessLine(_ schema: Schema) -> String {
        let ignored = schema.hasAccessRules ? "; the models' access rules aren't kept" : ""
        switch access {
        case .open: return "everyone: reads and writes all models (--access open)\(ignored)"
        case .none?: return "nobody may do anything (--access none)\(ignored)"
        case .read: return "everyone: reads all models; nobody writes (--access read)\(ignored)"
        case .rules, nil: return "everyone: reads all models; nobody writes, for no model has access rules"
        }
    }

    /// How it answers.
    ///
    /// - Throws: what the keys of tokens throw.
    func options(
        _ logger: Logger, _ rules: RuleOptions, _ tokens: TokenOptions, _ schema: Schema
    ) throws -> RESTOptions {
        var options = RESTOptions()
        options.basePath = basePath
        options.policy = access?.policy
        if access == .rules || (access == nil && (schema.hasAccessRules || tokens.areTaken)) {
            options.access = try tokens.applied(to: rules.control, schema, logger)
        }
        options.tenant = tokens.tenantClaim.map { .claim($0) }
        options.passwords = rules.passwords
        options.cors = cors.isEmpty ? nil : CORSOptions(origins: Set(cors))
        options.limits.bodyBytes = maximumBody
        options.limits.rows = maximumRows
        options.limits.requestsInFlight = maximumRequests
        options.limits.time = .seconds(requestTime)
        options.compressor = uncompressed ? nil : GzipCompressor()
        options.logger = logger
        return options
    }
}
