// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

extension RESTService {
    /// Whether the process runs, and whether the database answers; nil for other paths.
    func statusResponse(_ request: HTTPRequest) async -> RESTResponse? {
        guard request.method == .get || request.method == .head, let target = request.path else { return nil }
        let path = target.prefix { $0 != "?" }
        if let health = options.healthPath, path == health { return Self.status(.ok, "ok", request) }
        guard let readinessPath = options.readinessPath, path == readinessPath else { return nil }
        return await readiness.isReady
            ? Self.status(.ok, "ready", request) : Self.status(.serviceUnavailable, "unavailable", request)
    }

    private static func status(_ status: HTTPResponse.Status, _ word: String, _ request: HTTPRequest) -> RESTResponse {
        let bytes = Array("{\"status\":\"\(word)\"}".utf8)
        var head = HTTPResponse(status: status)
        head.headerFields[.contentType] = "application/json; charset=utf-8"
        head.headerFields[.cacheControl] = "no-store"
        head.headerFields[.contentLength] = String(bytes.count)
        if status == .serviceUnavailable { head.headerFields[.retryAfter] = "1" }
        return RESTResponse(head, RESTResponseBody(request.method == .head ? [] : bytes))
    }
}
