// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

extension RESTService {
    /// What is served beside the routes: their descriptions, and the page that explores them; nil for other paths.
    func explorerResponse(_ request: HTTPRequest) async -> RESTResponse? {
        guard let base = options.explorerPath, request.method == .get || request.method == .head,
            let target = request.path, target.hasPrefix(base)
        else { return nil }
        let parts = target.dropFirst(base.count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.first.map(String.init) ?? ""
        guard path.isEmpty || path.hasPrefix("/") else { return nil }
        switch path {
        case "":
            // What the page refers to is beside it.
            var head = HTTPResponse(status: .movedPermanently)
            head.headerFields[.location] = base + "/"
            return RESTResponse(head)
        case "/swagger.json":
            return document(explorer.swagger, "application/json; charset=utf-8", request, name: "swagger.json")
        case "/openapi.json":
            return document(explorer.openAPI, "application/json; charset=utf-8", request, name: "openapi.json")
        case _ where path.hasPrefix("/plan/"):
            guard options.explorerShowsPlans ?? (options.policy is OpenPolicy) else { return nil }
            return await picture(
                String(path.dropFirst("/plan/".count)), parts.count > 1 ? String(parts[1]) : "", request)
        default:
            let name = path == "/" ? "index.html" : String(path.dropFirst())
            guard let file = explorer.file(name) else { return nil }
            return document(file.bytes, file.type, request, name: name)
        }
    }

    /// How a list would be read.
    private func picture(_ name: String, _ query: String, _ request: HTTPRequest) async -> RESTResponse {
        do {
            guard let name = try RoutePath(name).segments.first, let model = database.schema.model(name),
                model.isPersisted
            else {
                throw RESTError(.routeNotFound, "There is no such model.")
            }
            let arguments = try RequestArguments(
                query, request.headerFields, settings.limits.filter, takesOthers: false,
                showsDeleted: options.showsDeleted)
            let tree = try await database.explain(model.name, filter: try arguments.filter, analyze: .none).tree
            var bytes: [UInt8] = []
            JSONValue.object([.init("svg", .string(tree.svg())), .init("text", .string(tree.text()))]).write(
                into: &bytes)
            return document(bytes, "application/json; charset=utf-8", request)
        } catch {
            return response(of: error)
        }
    }

    /// - Parameter name: what it is known by where it is always the same, so that it is compressed once.
    private func document(
        _ bytes: [UInt8], _ type: String, _ request: HTTPRequest, name: String? = nil
    ) -> RESTResponse {
        var head = HTTPResponse(status: .ok)
        head.headerFields[.contentType] = type
        head.headerFields[.xContentTypeOptions] = "nosniff"
        head.headerFields[.contentSecurityPolicy] =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        head.headerFields[.cacheControl] = "no-cache"
        addCoding(to: &head.headerFields)
        let tag = EntityTag.weak(bytes)
        head.headerFields[.eTag] = tag
        let asked = request.headerFields[values: .ifNoneMatch]
        if !asked.isEmpty, EntityTags(asked).matchesWeakly(tag) {
            head.status = .notModified
            return RESTResponse(head)
        }
        var sent = bytes
        if let compressor = compressor(for: request, length: bytes.count, head.headerFields),
            let smaller = explorer.compressed(name, { compressed(bytes, by: compressor) })
        {
            sent = smaller
            head.headerFields[.contentEncoding] = compressor.coding
        }
        head.headerFields[.contentLength] = String(sent.count)
        return RESTResponse(head, RESTResponseBody(request.method == .head ? [] : sent))
    }
}
