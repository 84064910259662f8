// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes

/// Which pages of other origins may ask, as browsers want to hear it.
///
/// ```swift
/// var options = RESTOptions()
/// options.cors = CORSOptions(origins: ["https://app.example"])
/// ```
public struct CORSOptions: Sendable, Hashable {
    /// The origins that may ask; `*` for all of them.
    public var origins: Set<String>
    /// Whether those that are named may send cookies and tokens along; `*` names none.
    public var allowsCredentials: Bool
    /// How long a browser may remember what it was told.
    public var maximumAge: Duration
    /// The response headers that pages may read besides those that they always may.
    public var exposedHeaders: [String]

    /// Origins that may ask.
    public init(
        origins: Set<String>, allowsCredentials: Bool = true, maximumAge: Duration = .seconds(86_400),
        exposedHeaders: [String] = ["ETag", "Link", "Retry-After"]
    ) {
        self.origins = origins
        self.allowsCredentials = allowsCredentials
        self.maximumAge = maximumAge
        self.exposedHeaders = exposedHeaders
    }

    private static let methods = "GET,HEAD,PUT,PATCH,POST,DELETE"

    /// Whether pages of an origin may ask.
    func allows(_ origin: String) -> Bool { origins.contains("*") || origins.contains(origin) }

    /// Adds what the answer to a request of a page says.
    func add(to fields: inout HTTPFields, for request: HTTPRequest) {
        fields.append(HTTPField(name: .vary, value: "Origin"))
        guard let origin = request.headerFields[.origin], allows(origin) else { return }
        fields[.accessControlAllowOrigin] = origin
        if allowsCredentials, origins.contains(origin) { fields[.accessControlAllowCredentials] = "true" }
        if !exposedHeaders.isEmpty {
            fields[.accessControlExposeHeaders] = exposedHeaders.joined(separator: ",")
        }
    }

    /// The answer to a browser that asks first; nil for other requests.
    func preflight(_ request: HTTPRequest) -> HTTPResponse? {
        guard request.method == .options, let origin = request.headerFields[.origin],
            request.headerFields[.accessControlRequestMethod] != nil
        else { return nil }
        var fields = HTTPFields()
        add(to: &fields, for: request)
        if allows(origin) {
            fields[.accessControlAllowMethods] = Self.methods
            fields[.accessControlExposeHeaders] = nil
            if let asked = request.headerFields[.accessControlRequestHeaders] {
                fields[.accessControlAllowHeaders] = asked
                fields.append(HTTPField(name: .vary, value: "Access-Control-Request-Headers"))
            }
            fields[.accessControlMaxAge] = String(maximumAge.components.seconds)
        }
        return HTTPResponse(status: .noContent, headerFields: fields)
    }
}
